/** Why a module could not be imported, and what to do about it. */
import { isNodes, isOwn } from "../plan/stack.js";
import { stackOf, textOf } from "../thrown.js";
import { CommandFailure } from "./failure.js";

/** @param module as it was named on the command line */
export function importFailure(module: string, cause: unknown): CommandFailure {
  return new CommandFailure(`Cannot import ${module}: ${reasonOf(cause)}`, fixFor(module, cause), { cause });
}

/** The stack, without the frames of those who have only loaded the module. */
function reasonOf(error: unknown): string {
  const lines = stackOf(error).split("\n");
  return lines.filter((line) => !/^ +at /.test(line) || !(isNodes(line) || isOwn(line))).join("\n");
}

function fixFor(module: string, error: unknown): string {
  if (/\.[cm]?tsx?\b/.test(`${module} ${textOf(error)}`))
    return `build it and name what was built; or, where every parameter names its token: NODE_OPTIONS='--import tsx' npx ambit check ${module}.`;
  if (error instanceof SyntaxError) return `mend it until \`node ${module}\` runs.`;
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND")
    return `have it built, and what it imports installed, until \`node ${module}\` runs.`;
  return "a module that is checked must be importable without its database and its settings: register there, and start elsewhere.";
}
