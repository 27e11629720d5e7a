/** How the work of a request ended. */
import type { Scope } from "../../registry/api.js";
import { type Outcome, outcomeOfThrow } from "../../scope/outcome.js";

/** The error of a request that was answered with a status of 400 or more, and where nothing was thrown. */
class ErrorStatus extends Error {
  constructor(readonly status: number) {
    super(`The request was answered with status ${status}.`);
    this.name = "ErrorStatus";
  }
}

/** What something threw; `undefined` can be thrown too. */
export interface Thrown {
  readonly error: unknown;
}

/**
 * The outcome of work that has settled: what it threw; else what `scope.fail` said; else an error if the answer is one,
 * as most apps catch inside; else a success.
 */
export function outcomeOfWork(status: number, scope: Scope, thrown: Thrown | undefined): Outcome {
  if (thrown !== undefined) return outcomeOfThrow(thrown.error, scope.abortState);
  const { returned } = scope;
  if (returned.status !== "success" || status < 400) return returned;
  return { status: "error", error: new ErrorStatus(status) };
}

/** The outcome of work that went well, and whose answer was cut while it was being sent. */
export function outcomeOfCut(scope: Scope, failure: Thrown | undefined): Outcome {
  if (failure !== undefined) return { status: "error", error: failure.error };
  return { status: "aborted", reason: scope.abortState.reason };
}

/** What the app itself `said` of the outcome; `outcome` where it said nothing. */
export function overruled(outcome: Outcome, said: Outcome | undefined, scope: Scope): Outcome {
  if (said === undefined) return outcome;
  // Else the scope would say so again.
  if (scope.extras !== undefined) scope.extras.failure = undefined;
  return said;
}

/** Why `scope.signal` fires when a client goes away. */
export function clientLeft(): DOMException {
  return new DOMException("The client closed the connection before it had the whole answer.", "AbortError");
}
