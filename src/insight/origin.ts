/** Where something happened in the user's code. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** How much of the stack is looked at: middleware are many, and a default of 10 ends in them. */
const DEPTH = 40;

/** The folder of this package's code: frames in there are nobody's origin. */
const OWN = dirname(dirname(fileURLToPath(import.meta.url)));

/** Who called ambit just now: the frames of the user's code and of other packages, the innermost first. */
export function callers(): readonly string[] {
  return framesOf(stackHere()).filter((frame) => !frame.includes(OWN) && !/[(\s]node:/.test(frame));
}

/** The stack at this moment, whatever limit the program has set. */
export function stackHere(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  try {
    return new Error().stack ?? "";
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The lines of a stack that are frames, without their "at". */
export function framesOf(stack: string): string[] {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim().slice("at ".length));
}

/** The frame that tells most: the user's own, before that of a package. */
export function placeIn(frames: readonly string[]): string | undefined {
  return frames.find((frame) => !frame.includes("node_modules")) ?? frames[0];
}
