/** One page that shows a graph: everything is in it, and it loads nothing. */
import { readFileSync } from "node:fs";
import { whyOf } from "../insight/explain.js";
import type { GraphData } from "../insight/graph-data.js";
import { LAYERS, layerOf } from "../insight/layers.js";

/** In the order in which they need each other. */
const SCRIPTS = ["layout.js", "picture.js", "panel.js", "page.js"];

const part = (name: string): string => readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8");

/** The page; `title` says whose graph it is. */
export function pageOf(graph: GraphData, title: string): string {
  const { nodes, edges, problems } = graph;
  const layered = nodes.map((node) => ({ ...node, layer: layerOf(node), why: whyOf(node, graph) }));
  const told = problems.map((problem) => ({ ...problem, text: problem.toString() }));
  const data = { title, layers: LAYERS, nodes: layered, edges, problems: told };
  const parts: Record<string, string> = {
    title: escaped(title),
    style: part("page.css"),
    data: JSON.stringify(data).replaceAll("<", "\\u003c"),
    script: SCRIPTS.map(part).join("\n"),
  };
  return part("page.html").replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? "");
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
