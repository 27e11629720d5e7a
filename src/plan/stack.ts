/** What the call stack shows of who calls ambit. */
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** How much of the stack is looked at: middleware are many, and a default of 10 ends in them. */
const DEPTH = 40;

/** The folders of this package's code. With source maps, frames of what was built name its sources. */
const OWN = foldersAround((import.meta as Partial<ImportMeta>).url);

/** @param url `undefined` where a bundler has made it CommonJS, and the code one file with the program's */
function foldersAround(url: string | undefined): readonly string[] {
  if (url === undefined) return [];
  const root = dirname(dirname(dirname(fileURLToPath(url))));
  return [join(root, "dist", sep), join(root, "src", sep)];
}

/** The frames of the call stack, the innermost first, without their "at"; whatever limit the program has set. */
export function framesHere(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  try {
    return framesOf(new Error().stack ?? "");
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function framesOf(stack: string): string[] {
  const lines = stack.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("at ")).map((line) => line.slice("at ".length));
}

/** Whether it is a frame of this package. */
export function isOwn(frame: string): boolean {
  return OWN.some((folder) => frame.includes(folder));
}

/** Whether it is a frame of Node itself. */
export function isNodes(frame: string): boolean {
  return /(?:^|[( ])node:/.test(frame);
}

/** The package that a frame is in; `undefined` for the user's own code. */
export function packageOf(frame: string): string | undefined {
  return /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(frame)?.[1];
}
