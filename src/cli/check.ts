/** `ambit check`: what is wrong, for people and for programs. */
import type { Problem } from "../insight/problem.js";
import { type Compared, compare, readBaseline, updateBaseline } from "./baseline.js";
import type { Loaded } from "./load.js";
import type { Command } from "./options.js";

/** What to print, and the exit code. */
export interface Answer {
  readonly text: string;
  readonly code: number;
}

type CheckOptions = Extract<Command, { name: "check" }>;

export function check({ container, tokens }: Loaded, options: CheckOptions): Answer {
  const found = container.diagnose(...tokens);
  const problems = found.filter(({ severity }) => severity === "error");
  const notes = found.filter(({ severity }) => severity === "note");
  const { baseline } = options;
  if (baseline !== undefined && options.updateBaseline) updateBaseline(baseline, problems);
  const compared = compare(problems, baseline === undefined ? [] : readBaseline(baseline));
  const code = compared.fresh.length + compared.gone.length > 0 ? 1 : 0;
  const text = options.json ? asJson(compared, notes, code) : asText(compared, notes, options);
  return { text: `${text}\n`, code };
}

function asJson({ fresh, known, gone }: Compared, notes: readonly Problem[], code: number): string {
  return JSON.stringify({ ok: code === 0, problems: fresh, known, gone, notes }, undefined, 2);
}

function asText(
  { fresh, known, gone }: Compared,
  notes: readonly Problem[],
  { module, baseline }: CheckOptions,
): string {
  return [
    headline(fresh.length, known.length, module),
    ...fresh.map((problem, index) => `${index + 1}. ${problem.toString()}`),
    ...(gone.length === 0 ? [] : [solved(gone, baseline)]),
    ...(notes.length === 0 ? [] : [unseen(notes)]),
  ].join("\n\n");
}

function headline(fresh: number, known: number, module: string): string {
  const beside = known === 0 ? "" : `, and ${counted(known, "known one")} in the baseline`;
  return `${module}: ${fresh === 0 ? "no problems" : counted(fresh, "problem")}${beside}.`;
}

/** "1 problem", "2 problems". */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function solved(gone: readonly string[], baseline: string | undefined): string {
  const lines = gone.map((id) => `  ${id}`);
  const what = gone.length === 1 ? "A known problem is gone" : `${gone.length} known problems are gone`;
  return [`${what}:`, ...lines, `Fix: take it out of ${baseline}, with --update-baseline.`].join("\n");
}

function unseen(notes: readonly Problem[]): string {
  const names = notes.map(({ path }) => path[0].name);
  return `Not seen: what ${names.join(", ")} ask${names.length === 1 ? "s" : ""} for. With deps: [...] it can be seen.`;
}
