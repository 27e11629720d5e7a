/** ambit in Piscina: a scope for each task, and workers that end politely. @module ambit/piscina */
import type { Piscina } from "piscina";
import { ScopeStateError } from "../errors.js";
import type { TransferListItem } from "../thread/ports.js";
import type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./pool/options.js";
import { type Envelope, isHello } from "./pool/protocol.js";
import { Tasks } from "./pool/tasks.js";
import type { WorkerLink } from "./pool/worker-link.js";

export type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./pool/options.js";

/** What `run` may be told: Piscina's options, with a signal that does not end the worker. */
export interface PiscinaRunOptions extends ScopedRunOptions {
  readonly filename?: string | null | undefined;
  /** The export of the worker's file to call. */
  readonly name?: string | null | undefined;
}

/** What `Piscina.move` and its task queues look for. */
const TRANSFERABLE = Symbol.for("Piscina.transferable");
const VALUE = Symbol.for("Piscina.valueOf");
const QUEUE_OPTIONS = Symbol.for("Piscina.queueOptions");

/**
 * Runs tasks in this pool, whose worker file exports `scopePerTask(...)` from "ambit/worker".
 *
 * From now on its workers dispose their threads before they end, for whatever reason Piscina ends them: idle timeout,
 * abort, `close()`, `destroy()`, also when they are called on the pool itself.
 *
 * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE for a pool without `atomics: "disabled"`
 */
export function scopedPool<T = any, R = any>(
  pool: Piscina<T, R>,
  options: ScopedPoolOptions = {},
): ScopedPool<T, R, PiscinaRunOptions> {
  assertHears(pool);
  let hasJustEnded = false;
  const find = (threadId: number) => pool.threads.find((worker) => worker.threadId === threadId);
  const tasks = new Tasks<T, R, PiscinaRunOptions>(
    {
      welcomesAll: true,
      post: (envelope, { transferList = [], filename = null, name = null }) => {
        const [posted, transfer] = movable(envelope, transferList);
        return pool.run(posted as T, { transferList: transfer, filename, name });
      },
      find,
      // Those whose hello came before anybody listened.
      needsPort: (links) => pool.threads.some(({ threadId }) => !links.has(threadId)),
      standsStill: () => pool.queueSize > 0 && pool.threads.length < pool.options.maxThreads,
      // What it gives a worker that is ending is refused, or rejected with the worker's exit.
      postsAgain: (error) => error === undefined || (hasJustEnded && isExit(error)),
      linked: (link) => link.replaceTerminate(),
      gone({ isPolite }) {
        // One that exits by itself may do so whenever it is given a task.
        hasJustEnded = isPolite;
        setImmediate(() => (hasJustEnded = false));
      },
      end: (links, hurried) => end(pool, links, hurried),
    },
    options,
  );
  pool.on("message", (message) => {
    if (isHello(message)) tasks.adopt(message.threadId, message.port);
  });
  return tasks;
}

async function end(pool: Piscina, links: readonly WorkerLink[], hurried: boolean): Promise<void> {
  await (hurried ? pool.destroy() : pool.close());
  await Promise.all(links.map(({ exited }) => exited));
  // One that Piscina had forgotten, and that ends after it, is replaced by a new one.
  if (pool.threads.length > 0) await pool.destroy();
}

function isExit(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("worker exited with code: ");
}

function assertHears({ options: { atomics } }: Piscina): void {
  if (atomics === "disabled") return;
  throw new ScopeStateError(
    `Cannot wrap a pool with atomics "${atomics}": its idle workers sleep, and would not hear that they are to end.`,
    'new Piscina({ atomics: "disabled", ... }).',
  );
}

/** A task from `Piscina.move` is in the envelope what it was without; queue options are read off the outside. */
function movable(envelope: Envelope, transferList: readonly TransferListItem[]): [Envelope, TransferListItem[]] {
  const task = envelope.task as { readonly [key: symbol]: unknown } | null;
  const transfer = [...transferList, ...(envelope.port === undefined ? [] : [envelope.port])];
  if (typeof task !== "object" || task === null) return [envelope, transfer];
  if (QUEUE_OPTIONS in task) Object.assign(envelope, { [QUEUE_OPTIONS]: task[QUEUE_OPTIONS] });
  if (!(TRANSFERABLE in task && VALUE in task)) return [envelope, transfer];
  return [{ ...envelope, task: task[VALUE] }, [...transfer, task[TRANSFERABLE] as TransferListItem]];
}
