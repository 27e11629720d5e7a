/** What goes wrong with pools, in words. */
import { ScopeStateError } from "../../errors.js";

const NOT_DISPOSED = "what lives as long as the thread has not been disposed";

/** For a task that comes after the end of its pool has begun. */
export function closedError(): ScopeStateError {
  return new ScopeStateError("Cannot run a task: its pool is closed, or closing.");
}

/** For a task whose worker is no more. */
export function lostError(threadId: number): ScopeStateError {
  return new ScopeStateError(`The task has no result: worker thread ${threadId} ended before it did.`);
}

/** For a task that was answered, and that no `scopePerTask` has begun: what answered was given the envelope. */
export function unscopedError(): ScopeStateError {
  return new ScopeStateError(
    "The task has no result: what its worker's file exports is not scopePerTask(...), and was not given the task as it is.",
    'export default scopePerTask(container, (task, scope) => ...) from "ambit/worker" there, or give the task to the pool itself.',
  );
}

/** Why a worker was ended hard. */
export function endedHard(threadId: number, deadline: number): ScopeStateError {
  return new ScopeStateError(
    `Worker thread ${threadId} did not end within ${deadline} ms and was terminated: ${NOT_DISPOSED}.`,
    "find the task or the disposer that took so long, or raise deadline.",
  );
}

/** Of a worker that nobody has ended. */
export function endedItself(threadId: number, code: number): ScopeStateError {
  return new ScopeStateError(`Worker thread ${threadId} ended by itself, with exit code ${code}: ${NOT_DISPOSED}.`);
}
