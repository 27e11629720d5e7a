/** `ambit graph`: what can be built, as text or as a page. */
import { writeFileSync } from "node:fs";
import { type Answer, counted } from "./check.js";
import { CommandFailure } from "./failure.js";
import type { Loaded } from "./load.js";
import type { Command } from "./options.js";
import { pageOf } from "./page.js";

export function drawGraph(
  { container, tokens }: Loaded,
  { format, html, module }: Extract<Command, { name: "graph" }>,
): Answer {
  const graph = container.graph(...tokens);
  if (html === undefined) {
    const text =
      format === "dot"
        ? graph.toDot()
        : format === "json"
          ? `${JSON.stringify(graph, undefined, 2)}\n`
          : graph.toMermaid();
    return { text, code: 0 };
  }
  try {
    writeFileSync(html, pageOf(graph, module));
  } catch (cause) {
    throw new CommandFailure(`Cannot write ${html}: ${(cause as Error).message}`, undefined, { cause });
  }
  const problems = graph.problems.filter(({ severity }) => severity === "error").length;
  const sizes = [
    counted(graph.nodes.length, "node"),
    counted(graph.edges.length, "edge"),
    counted(problems, "problem"),
  ];
  return { text: `Wrote ${html}: ${sizes.join(", ")}.\n`, code: 0 };
}
