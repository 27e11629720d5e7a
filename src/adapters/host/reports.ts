/** What is said when there is nobody left to throw to. */
import { inspect } from "node:util";
import { ScopeStateError } from "../../errors.js";

/**
 * Says that a scope outlives its response by far.
 *
 * @param missing what it waits for
 * @param hasFired whether its signal has: that of an answer which was sent in full has not
 */
export function overdueError(
  request: string,
  missing: readonly string[],
  milliseconds: number,
  hasFired: boolean,
): ScopeStateError {
  return new ScopeStateError(
    `The scope of ${request} is still open ${milliseconds / 1000} s after its response was over: ${missing.join(", ")}.`,
    hasFired
      ? "give scope.signal, which has fired, to what they wait for."
      : "end it with the answer, or give work that goes on a scope of its own: runInScope({ parent: null }, fn).",
  );
}

/** What a request is called: without the query, which may be anything that a user has sent. */
export function titleOf(method: string | undefined, url = ""): string {
  return `${method} ${url.split("?", 1)[0]}`;
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

/** A process warning of what was thrown at a request. */
export function warnOf(thrown: unknown, request: string, host: string): void {
  warn(`${request}: ${asError(thrown).stack}`, host);
}

/** Tells somebody of an error. When that throws, a warning tells of both: a request has to end all the same. */
export function tellOf(error: unknown, tell: (error: unknown) => void, request: string, host: string): void {
  try {
    tell(error);
  } catch (thrown) {
    for (const each of new Set([error, thrown])) warnOf(each, request, host);
  }
}
