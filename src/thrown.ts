/** What was thrown, in words. Anything can be thrown, also what no text can be made of: `Object.create(null)`. */
import { inspect } from "node:util";

/** Its message, where it is an error. Never throws. */
export function messageOf(thrown: unknown): string {
  return inWords(thrown, (error) => error.message);
}

/** As `String` has it: the name of its class and its message, where it is an error. Never throws. */
export function textOf(thrown: unknown): string {
  return inWords(thrown, String);
}

/** Its stack, where it is an error with one. Never throws. */
export function stackOf(thrown: unknown): string {
  return inWords(thrown, (error) => error.stack ?? error.message);
}

function inWords(thrown: unknown, ofError: (error: Error) => string): string {
  try {
    return String(thrown instanceof Error ? ofError(thrown) : thrown);
  } catch {
    return inspect(thrown, { customInspect: false });
  }
}
