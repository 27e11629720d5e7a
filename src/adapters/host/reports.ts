/** What is said when there is nobody left to throw to. */
import { inspect } from "node:util";
import { ScopeStateError } from "../../errors.js";

/** Says that a scope outlives its response by far, and what it waits for. */
export function overdueError(request: string, missing: string, milliseconds: number): ScopeStateError {
  return new ScopeStateError(
    `The scope of ${request} is still open ${milliseconds / 1000} s after its response was over: ${missing}.`,
    "give scope.signal, which has fired, to what they wait for.",
  );
}

/** An error, whatever was thrown: some hosts refuse what is none. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(`Not an error was thrown: ${inspect(thrown)}`, { cause: thrown });
}

/** A process warning of the adapter for `host`. */
export function warn(message: string, host: string): void {
  process.emitWarning(message, { type: `Ambit${host}Warning` });
}
