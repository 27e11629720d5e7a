/** A file of known problems, which may only become shorter. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Problem } from "../insight/problem.js";
import { CommandFailure } from "./failure.js";

/** What a baseline says of the problems of today. */
export interface Compared {
  /** Not in the file: these fail the check. */
  readonly fresh: readonly Problem[];
  readonly known: readonly Problem[];
  /** In the file, and nowhere else: these fail the check until they are taken out. */
  readonly gone: readonly string[];
}

/** Two problems may have one id, and are in the file twice. */
export function compare(problems: readonly Problem[], ids: readonly string[]): Compared {
  const left = [...ids];
  const isKnown = ({ id }: Problem) => {
    const index = left.indexOf(id);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  };
  const verdicts = problems.map((problem) => ({ problem, known: isKnown(problem) }));
  const those = (known: boolean) => verdicts.filter((each) => each.known === known).map(({ problem }) => problem);
  return { fresh: those(false), known: those(true), gone: left };
}

/**
 * The ids in a file.
 *
 * @throws CommandFailure when it is not there, or no baseline
 */
export function readBaseline(file: string): readonly string[] {
  if (!existsSync(file))
    throw new CommandFailure(`There is no baseline ${file}.`, "add --update-baseline to write it.");
  const { problems } = parsed(file);
  if (Array.isArray(problems) && problems.every((id) => typeof id === "string")) return problems;
  throw new CommandFailure(`${file} is no baseline: it has no list of problems.`, REWRITE);
}

const REWRITE = "remove the file, and have it written with --update-baseline.";

function parsed(file: string): { readonly problems?: unknown } {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) ?? {}) as { problems?: unknown };
  } catch (cause) {
    throw new CommandFailure(`Cannot read the baseline ${file}: ${(cause as Error).message}`, REWRITE, { cause });
  }
}

/** Writes what is known; where there was a file before, only what was in it. */
export function updateBaseline(file: string, problems: readonly Problem[]): void {
  const before = existsSync(file) ? readBaseline(file) : problems.map(({ id }) => id);
  const ids = compare(problems, before)
    .known.map(({ id }) => id)
    .sort();
  try {
    writeFileSync(file, `${JSON.stringify({ problems: ids }, undefined, 2)}\n`);
  } catch (cause) {
    throw new CommandFailure(`Cannot write ${file}: ${(cause as Error).message}`, undefined, { cause });
  }
}
