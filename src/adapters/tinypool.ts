/** ambit in tinypool: a scope for each task, and workers that end politely. @module ambit/tinypool */
import type { Tinypool } from "tinypool";
import { ScopeStateError } from "../errors.js";
import { endedHard, lostError } from "./pool/errors.js";
import { MournedWorker, type PooledThread } from "./pool/last-words.js";
import type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./pool/options.js";
import { Tasks } from "./pool/tasks.js";
import { TOO_LATE, within } from "./pool/within.js";
import { type EndableWorker, type LinkOwner, type WorkerLink } from "./pool/worker-link.js";

export type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./pool/options.js";

/** What `run` may be told: tinypool's options, with a signal that does not end the worker. */
export interface TinypoolRunOptions extends ScopedRunOptions {
  readonly filename?: string | URL | null | undefined;
  /** The export of the worker's file to call. */
  readonly name?: string | null | undefined;
}

/**
 * Runs tasks in this pool, whose worker file exports `scopePerTask(...)` and `teardown` from "ambit/worker".
 *
 * Its workers dispose their threads before they end: idle timeout, recycling, `close()`, `destroy()`, also when it is
 * called on the pool itself. Do not call `recycleWorkers()` while several tasks run in one worker: tinypool loses answers.
 *
 * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE for a pool without `teardown: "teardown"`, one of processes, and one
 *   that has several tasks in one worker and lets workers go after each
 */
export function scopedPool<T = any, R = any>(
  pool: Tinypool,
  options: ScopedPoolOptions = {},
): ScopedPool<T, R, TinypoolRunOptions> {
  assertTearsDown(pool);
  assertKeepsAnswers(pool);
  const linked = new Map<number, WorkerLink>();
  const workers = new Map<number, MournedWorker>();
  let isEnded = false;
  const awaitsAnswers = (worker: PooledThread) =>
    pool.options.concurrentTasksPerWorker > 1 && tasks.runsIn(worker.threadId);
  /** What tasks are rejected with when their worker dies; those that it has not begun, another can. */
  const deaths = new WeakSet<object>();
  const died = (threadId: number, error: unknown) => {
    // A worker that never ran a task may well die as it starts, and so would the next one.
    const hasWorked = linked.get(threadId)?.hasWorked === true || tasks.runsIn(threadId);
    if (hasWorked && error instanceof Error) deaths.add(error);
  };
  const attend = () => {
    for (const worker of pool.threads) {
      const { threadId } = worker;
      if (workers.has(threadId)) continue;
      stopAside(worker, awaitsAnswers);
      const mourned = new MournedWorker(worker, (error) => died(threadId, error));
      workers.set(threadId, mourned);
      mourned.once("exit", () => {
        workers.delete(threadId);
        const lost = lostError(threadId);
        died(threadId, lost);
        dropDead(pool, mourned, lost);
        attend();
      });
    }
  };
  // What runs is aborted by the end of the pool, and not when a worker is let go: the worker cannot tell them apart.
  onDestroy(pool, () => {
    isEnded = true;
    for (const link of linked.values()) link.askToEnd();
  });
  pool.on("error", (error: Error) => {
    if (!isLate(error) && pool.listenerCount("error") === 1) throw error;
  });
  const tasks: Tasks<T, R, TinypoolRunOptions> = new Tasks(
    {
      post: (envelope, { transferList = [], filename = null, name = null }) => {
        const ports = envelope.port === undefined ? [] : [envelope.port];
        const answer = pool.run(envelope, { transferList: [...transferList, ...ports], filename, name });
        attend();
        return answer;
      },
      find(threadId) {
        attend();
        return workers.get(threadId);
      },
      needsPort: (links, underWay, { transferList }) =>
        transferList !== undefined || mayBeUnlinked(pool, links, underWay),
      postsAgain: (error) => !isEnded && (error === undefined || isTerminated(error) || deaths.has(error as object)),
      standsStill: () => pool.queueSize > 0 && pool.threads.length < pool.options.maxThreads,
      linked: (link) => linked.set(link.threadId, link),
      gone: ({ threadId }) => void linked.delete(threadId),
      end: (links) => end(pool, links, tasks),
    },
    options,
  );
  attend();
  return tasks;
}

/** Without an idle one a worker is made for the task. Those that the pool has let go, and that still stop, get none. */
function mayBeUnlinked(
  { threads, options }: Tinypool,
  links: ReadonlyMap<number, WorkerLink>,
  underWay: number,
): boolean {
  if (options.isolateWorkers || threads.length < Math.min(underWay, options.maxThreads)) return true;
  return threads.some(({ threadId }) => !links.has(threadId));
}

function assertTearsDown({ options: { teardown, runtime } }: Tinypool): void {
  if (runtime === "child_process") {
    throw new ScopeStateError("Cannot wrap a pool of processes.", 'new Tinypool({ runtime: "worker_threads", ... }).');
  }
  if (teardown !== undefined) return;
  throw new ScopeStateError(
    "Cannot wrap a pool without teardown: its workers would not be asked to end.",
    'new Tinypool({ teardown: "teardown", ... }), and export { teardown } from "ambit/worker" in the worker\'s file.',
  );
}

/** tinypool has a worker end once for each task that runs there, and rejects the answers that come with the last. */
function assertKeepsAnswers({ options }: Tinypool): void {
  const { concurrentTasksPerWorker, isolateWorkers, maxMemoryLimitBeforeRecycle } = options;
  if (concurrentTasksPerWorker === 1 || (!isolateWorkers && maxMemoryLimitBeforeRecycle === undefined)) return;
  throw new ScopeStateError(
    `Cannot wrap a pool that runs ${concurrentTasksPerWorker} tasks in one worker and recycles workers: tinypool loses answers.`,
    "leave out concurrentTasksPerWorker, or isolateWorkers and maxMemoryLimitBeforeRecycle.",
  );
}

const stoppedAside = new WeakSet<PooledThread>();

/**
 * Has tinypool not wait while the thread of a worker stops that it has torn down: the worker counts as idle then, would
 * be torn down again, and a promise would be rejected that nobody has.
 *
 * @param awaitsAnswers whether tinypool must wait, because tasks of the worker are still to be answered
 */
function stopAside(worker: PooledThread, awaitsAnswers: (worker: PooledThread) => boolean): void {
  if (stoppedAside.has(worker)) return;
  stoppedAside.add(worker);
  const terminate = worker.terminate.bind(worker);
  worker.terminate = async () => {
    const stopped = terminate();
    if (awaitsAnswers(worker)) await stopped;
    else stopped.catch(() => {});
  };
}

/** Before the pool is destroyed, by whomever. */
function onDestroy(pool: Tinypool, listener: () => void): void {
  const destroy = pool.destroy.bind(pool);
  pool.destroy = () => {
    listener();
    return destroy();
  };
}

/** tinypool gives tasks to a worker that it tears down, and rejects them with this when the worker is no more. */
function isTerminated(error: unknown): boolean {
  return error instanceof Error && error.message === "Terminating worker thread";
}

/**
 * What such a worker answers to a task that it has not begun, because it is ending or the task was cancelled, may come when
 * tinypool has forgotten the task, and so may its answer to a teardown: tinypool takes that for an error of the pool, and
 * it would end the process.
 */
function isLate({ message }: Error): boolean {
  return /^Unexpected message from Worker: [^]*('ambit\.failed'[^]*(refused: |byCancel: true)|result: 'ambit\.ended')/.test(
    message,
  );
}

/** tinypool does not notice a worker that exits: it would wait for its answers, and give it tasks, for ever. */
function dropDead(pool: Tinypool, worker: MournedWorker, lost: Error): void {
  if (!pool.threads.some(({ threadId }) => threadId === worker.threadId)) return;
  const ignore = () => {};
  // Without a task that fails with it, an error would be thrown here; onForced has been told of it.
  pool.on("error", ignore);
  worker.tellOfError(lost);
  pool.off("error", ignore);
}

/** tinypool waits for a teardown for ever. */
async function end(pool: Tinypool, links: readonly WorkerLink[], owner: LinkOwner): Promise<void> {
  const linked = new Set(links.map(({ threadId }) => threadId));
  const silent = pool.threads.filter(({ threadId }) => !linked.has(threadId));
  const ends = links.map((link) => link.expectEnd());
  const ended = pool.destroy();
  if ((await within(ended, owner.deadline)) === TOO_LATE) await Promise.all(silent.map((each) => force(each, owner)));
  await Promise.all(ends);
  await ended;
}

/** A worker that never had a task, and is busy with something else. */
async function force(worker: EndableWorker, owner: LinkOwner): Promise<void> {
  owner.forced(worker.threadId, endedHard(worker.threadId, owner.deadline));
  await worker.terminate();
}
