/** What the pools of ambit can be told, and what they offer. */
import type { TransferListItem } from "../../thread/ports.js";

/** What `scopedPool` and `scopedWorker` may be told. */
export interface ScopedPoolOptions {
  /** How long the polite end of one worker may take, in milliseconds. Default: 5,000. */
  readonly deadline?: number | undefined;
  /** Hears of a worker that ended without having disposed its thread, and why. Default: a process warning. */
  readonly onForced?: ((threadId: number, reason: Error) => void) | undefined;
}

/** What `run` may be told. */
export interface ScopedRunOptions {
  /** Cancels the task: its `scope.signal` fires, and its worker stays. In the queue it is never begun. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What goes to the worker instead of being copied. It goes once: where the pool gives such a task to a worker that is
   * ending, the task is rejected, and not given to another as others are.
   */
  readonly transferList?: readonly TransferListItem[] | undefined;
}

/** A pool whose tasks have scopes and whose workers end politely. */
export interface ScopedPool<T = any, R = any, O extends ScopedRunOptions = ScopedRunOptions> extends AsyncDisposable {
  /**
   * Runs a task in a worker. Travelling context variables go along.
   *
   * Rejects with what the task threw: its stack goes on with the one of this call. A cancelled task that ended by its
   * signal rejects with the reason of `signal`.
   *
   * @throws TravelError ERR_AMBIT_TRAVEL for a context variable that would not arrive as it is
   * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE after `close`, and when the worker ended before the task did
   */
  run(task: T, options?: O): Promise<R>;
  /**
   * Takes no more tasks, waits for those that were given, then has every worker dispose its thread, and ends it.
   *
   * @throws DisposalError ERR_AMBIT_DISPOSAL when two or more disposers failed; a single failure as it is
   */
  close(): Promise<void>;
  /** As `close`, but aborts the tasks: those that run are given half of the deadline, those in the queue never begin. */
  destroy(): Promise<void>;
}
