/** What all posting sides share: the tasks that are under way, the workers they run in, and the end of both. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { enter, rootCell } from "../../context/cell.js";
import { ScopeStateError } from "../../errors.js";
import { Failure } from "../../scope/disposal.js";
import type { MessagePort } from "../../thread/ports.js";
import { Delivery } from "./delivery.js";
import type { Driver } from "./driver.js";
import type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./options.js";
import { forgetPool, rememberPool } from "./parent-end.js";
import type { Command } from "./protocol.js";
import { Run } from "./run.js";
import { warn } from "./warn.js";
import { within } from "./within.js";
import { type LinkOwner, WorkerLink } from "./worker-link.js";

/** How long the polite end of a worker may take when nobody says otherwise, in milliseconds. */
export const DEADLINE = 5_000;

/** A pool, as its tasks see it. */
export class Tasks<T, R, O extends ScopedRunOptions> implements ScopedPool<T, R, O>, LinkOwner {
  readonly deadline: number;
  readonly #driver: Driver<O>;
  readonly #onForced: (threadId: number, reason: Error) => void;
  readonly #runs = new Map<Run, O>();
  readonly #links = new Map<number, WorkerLink>();
  /** Those that have ended in this turn, and may have left a last word. */
  readonly #gone = new Map<number, WorkerLink>();
  readonly #delivery: Delivery<O>;
  readonly #hurry = new Hurry();
  #closing: Promise<void> | undefined;
  /** What disposers threw, while there is somebody who waits for the end. */
  #failures: unknown[] | undefined;

  constructor(driver: Driver<O>, { deadline = DEADLINE, onForced = warnOfForced }: ScopedPoolOptions) {
    this.#driver = driver;
    this.deadline = deadline;
    this.#onForced = onForced;
    this.#delivery = new Delivery(driver, deadline, this);
  }

  // Tasks

  async run(task: T, options: O = {} as O): Promise<R> {
    if (this.#closing !== undefined) throw closedError();
    const { signal } = options;
    signal?.throwIfAborted();
    const run = new Run(this.run);
    const cancel = () => run.cancel(signal?.reason, this.#tell);
    signal?.addEventListener("abort", cancel);
    this.#runs.set(run, options);
    // Its answer may be here before the hello of its worker.
    rememberPool(this);
    run.delivered = this.#post(run, task, options).finally(() => signal?.removeEventListener("abort", cancel));
    return run.promise;
  }

  /** Never rejects. The run is under way until the pool is done with it, even if nobody waits for it any more. */
  async #post(run: Run, task: T, options: O): Promise<void> {
    try {
      // A worker or a port that is made for this task must not keep the request that posted it.
      run.answer(await enter(rootCell, () => this.#deliver(run, task, options)));
    } catch (error) {
      const crash = this.#linkOf(run)?.crash;
      if (crash === undefined) run.fail(error);
      else run.crashed(crash);
    } finally {
      this.#runs.delete(run);
      const link = this.#linkOf(run);
      if (link !== undefined) link.hasWorked = true;
      this.#forgetWhenIdle();
    }
  }

  #linkOf({ threadId }: Run): WorkerLink | undefined {
    return this.#links.get(threadId) ?? this.#gone.get(threadId);
  }

  #deliver(run: Run, task: T, options: O): Promise<unknown> {
    return this.#delivery.deliver(run, task, options, this.#links, this.#runs.size);
  }

  readonly #tell = (threadId: number, command: Command): void => this.#links.get(threadId)?.tell(command);

  // Workers

  /** A worker has said hello. */
  adopt(threadId: number, port: MessagePort): void {
    const worker = this.#driver.find(threadId);
    if (worker === undefined || this.#links.has(threadId)) return port.close();
    const link = enter(rootCell, () => new WorkerLink(worker, port, this));
    this.#links.set(threadId, link);
    rememberPool(this);
    this.#driver.linked(link);
    for (const run of this.#runs.keys()) if (run.threadId === threadId) run.cancelAgain(this.#tell);
  }

  answered(task: number, answer: unknown): void {
    this.#driver.answered?.(task, answer);
  }

  failed(errors: readonly unknown[]): void {
    if (this.#failures !== undefined) this.#failures.push(...errors);
    else for (const error of errors) warn(`A disposer failed at the end of a worker thread: ${textOf(error)}`);
  }

  forced(threadId: number, reason: Error): void {
    this.#onForced(threadId, reason);
  }

  gone(link: WorkerLink): void {
    const { threadId } = link;
    this.#links.delete(threadId);
    this.#gone.set(threadId, link);
    this.#forgetWhenIdle();
    this.#driver.gone?.(threadId);
    // The pool may have a better word for it, and says it in this turn.
    setImmediate(() => {
      this.#gone.delete(threadId);
      for (const run of this.#runs.keys()) {
        if (run.threadId !== threadId) continue;
        link.hasWorked = true;
        run.fail(lostError(threadId));
      }
      // A worker that never ran a task may well fail as it starts, and so would the next one.
      if (link.hasWorked) this.#nudge();
    });
  }

  #nudge(): void {
    const waiting = [...this.#runs].find(([run]) => run.isQueued);
    if (waiting !== undefined) void enter(rootCell, () => this.#delivery.nudge(waiting[1]));
  }

  /** Whichever of the two is known last: the end of a worker, or that of the task in it. */
  #forgetWhenIdle(): void {
    if (this.#links.size === 0 && this.#runs.size === 0) forgetPool(this);
  }

  // The end

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  destroy(): Promise<void> {
    const reason = new DOMException("The pool was destroyed.", "AbortError");
    for (const run of this.#runs.keys()) run.cancel(reason, this.#tell);
    this.#hurry.after(this.#runs.size === 0 ? 0 : this.deadline / 2);
    return this.close();
  }

  /** Its end with the process: tasks have as long as the end of a worker may take. */
  async shutDown(): Promise<void> {
    const closing = this.close();
    await within(Promise.allSettled([closing]), this.deadline);
    await this.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const delivered = Promise.allSettled([...this.#runs.keys()].map((run) => run.delivered));
    await Promise.race([delivered, this.#hurry.over]);
    // A worker whose hello has arrived is known after this, and one that was given a port says it there.
    await nextTurn();
    await within(this.#delivery.answered(), this.deadline);
    this.#failures = [];
    const links = [...this.#links.values()];
    await this.#driver.end(links, this.#hurry.hasBegun);
    await Promise.all(links.map(({ exited }) => exited));
    this.#hurry.stop();
    forgetPool(this);
    this.#delivery.end();
    for (const run of this.#runs.keys()) run.fail(lostError(run.threadId));
    const failure = Failure.of(this.#failures);
    if (failure !== undefined) throw failure.error;
  }
}

/** How long tasks are waited for by an end that does not wait for all of them. */
class Hurry {
  #timer: NodeJS.Timeout | undefined;
  #resolve!: () => void;
  hasBegun = false;
  readonly over = new Promise<void>((resolve) => (this.#resolve = resolve));

  after(milliseconds: number): void {
    this.hasBegun = true;
    this.#timer ??= setTimeout(this.#resolve, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function closedError(): ScopeStateError {
  return new ScopeStateError("Cannot run a task: its pool is closed, or closing.");
}

/** For a task whose worker is no more. */
export function lostError(threadId: number): ScopeStateError {
  return new ScopeStateError(`The task has no result: worker thread ${threadId} ended before it did.`);
}

function warnOfForced(_: number, { message }: Error): void {
  warn(message);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
