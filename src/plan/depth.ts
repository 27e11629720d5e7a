/** Graphs that are nested more deeply than the call stack goes. */
import { RegistrationError } from "../errors.js";

/** From how many levels on an overflow of the stack is the graph's doing, and not that of somebody's constructor. */
export const DEEP = 200;

/** What V8 throws when the call stack is full. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Maximum call stack size exceeded";
}

/** Why it cannot be built. `cause` is what V8 threw: it may have been a constructor's own recursion after all. */
export function nestedTooDeeply(name: string, cause: unknown): RegistrationError {
  return new RegistrationError(
    `Cannot build ${name}: its dependencies are nested more deeply than the call stack goes.`,
    "resolve some of the deeper ones first, so that they are there; or give Node a larger --stack-size.",
    cause,
  );
}
