/** What all posting sides share: the tasks that are under way, the workers they run in, and the end of both. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { enter, rootCell } from "../../context/cell.js";
import { Failure } from "../../scope/disposal.js";
import type { MessagePort } from "../../thread/ports.js";
import { Delivery } from "./delivery.js";
import type { Driver } from "./driver.js";
import { closedError, lostError } from "./errors.js";
import { Hurry } from "./hurry.js";
import type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./options.js";
import { forgetPool, rememberPool } from "./parent-end.js";
import { Run } from "./run.js";
import { warn, warnOf } from "./warn.js";
import { within } from "./within.js";
import { type LinkOwner, WorkerLink } from "./worker-link.js";
import { WorkerLinks } from "./worker-links.js";

/** How long the polite end of a worker may take when nobody says otherwise, in milliseconds. */
export const DEADLINE = 5_000;

/** A pool, as its tasks see it. */
export class Tasks<T, R, O extends ScopedRunOptions> implements ScopedPool<T, R, O>, LinkOwner {
  readonly deadline: number;
  readonly #driver: Driver<O>;
  readonly #onForced: (threadId: number, reason: Error) => void;
  readonly #runs = new Map<Run, O>();
  readonly #links = new WorkerLinks();
  readonly #delivery: Delivery<O>;
  readonly #hurry = new Hurry();
  #closing: Promise<void> | undefined;
  /** Hears that the pool is done with the last task. */
  #wasLast = () => {};
  /** What disposers threw, while there is somebody who waits for the end. */
  #failures: unknown[] | undefined;

  constructor(driver: Driver<O>, { deadline = DEADLINE, onForced = warnOfForced }: ScopedPoolOptions) {
    this.#driver = driver;
    this.deadline = deadline;
    this.#onForced = onForced;
    this.#delivery = new Delivery(driver, deadline, this);
  }

  // Tasks

  // Few functions from here to the pool are async: each would add a promise and a microtask to every task.
  run(task: T, options: O = {} as O): Promise<R> {
    try {
      if (this.#closing !== undefined) throw closedError();
      options.signal?.throwIfAborted();
      const run = new Run(this.run);
      this.#runs.set(run, options);
      // Before its worker has said hello: the process may be told to end at any time.
      rememberPool(this);
      void this.#post(run, task, options);
      return run.promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Never rejects. The run is under way until the pool is done with it, even if nobody waits for it any more. */
  async #post(run: Run, task: T, options: O): Promise<void> {
    const { signal } = options;
    const cancel = () => run.cancel(signal?.reason, this.#links.tell);
    signal?.addEventListener("abort", cancel);
    try {
      // A worker or a port that is made for this task must not keep the request that posted it.
      run.answer(await enter(rootCell, () => this.#deliver(run, task, options)));
    } catch (error) {
      const crash = this.#links.at(run.threadId)?.crash;
      if (crash === undefined) run.fail(error);
      else run.crashed(crash);
    } finally {
      this.#runs.delete(run);
      const link = this.#links.at(run.threadId);
      if (link !== undefined) link.hasWorked = true;
      signal?.removeEventListener("abort", cancel);
      run.leave();
      if (this.#runs.size === 0) this.#becameIdle();
    }
  }

  #deliver(run: Run, task: T, options: O): Promise<unknown> {
    return this.#delivery.deliver(run, task, options, this.#links.live, this.#runs.size);
  }

  /** Whether the pool is to answer a task that this thread has begun. */
  runsIn(threadId: number): boolean {
    return [...this.#runs.keys()].some((run) => run.threadId === threadId);
  }

  // Workers

  /** A worker has said hello. */
  adopt(threadId: number, port: MessagePort): void {
    const worker = this.#driver.find(threadId);
    if (worker === undefined || this.#links.live.has(threadId)) return port.close();
    const link = enter(rootCell, () => new WorkerLink(worker, port, this));
    this.#links.add(link);
    rememberPool(this);
    this.#driver.linked(link);
    for (const run of this.#runs.keys()) if (run.threadId === threadId) run.cancelAgain(this.#links.tell);
  }

  async outlived(threadId: number): Promise<boolean> {
    const link = this.#links.live.get(threadId);
    await link?.exited;
    return link === undefined || link.hasWorked || link.crash === undefined;
  }

  answered(task: number, answer: unknown): void {
    this.#driver.answered?.(task, answer);
  }

  failed(errors: readonly unknown[]): void {
    if (this.#failures !== undefined) this.#failures.push(...errors);
    else for (const error of errors) warnOf("A disposer failed at the end of a worker thread", error);
  }

  forced(threadId: number, reason: Error): void {
    this.#onForced(threadId, reason);
  }

  gone(link: WorkerLink): void {
    const { threadId } = link;
    this.#links.leave(link);
    void this.#forgetWhenIdle();
    this.#driver.gone?.(link);
    // The pool may have a better word for it, and says it in this turn.
    setImmediate(() => {
      this.#links.forget(link);
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
    // One that is cancelled waits too: the pool is not done with it.
    const waiting = [...this.#runs].find(([run]) => run.threadId === 0);
    if (waiting !== undefined) void enter(rootCell, () => this.#delivery.nudge(waiting[1]));
  }

  #becameIdle(): void {
    this.#wasLast();
    void this.#forgetWhenIdle();
  }

  /** Whichever of the two is known last: the end of a worker, or that of the task in it. */
  async #forgetWhenIdle(): Promise<void> {
    if (this.#links.live.size > 0) return;
    // An answer may be here before the hello of its worker.
    await this.#delivery.answered();
    if (this.#links.live.size === 0 && this.#runs.size === 0) forgetPool(this);
  }

  // The end

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  destroy(): Promise<void> {
    const reason = new DOMException("The pool was destroyed.", "AbortError");
    for (const run of this.#runs.keys()) run.cancel(reason, this.#links.tell);
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

  /** Resolves when the pool is done with all tasks that it was given. */
  async #untilIdle(): Promise<void> {
    if (this.#runs.size > 0) await new Promise<void>((resolve) => (this.#wasLast = resolve));
  }

  async #close(): Promise<void> {
    await Promise.race([this.#untilIdle(), this.#hurry.over]);
    // A worker whose hello has arrived is known after this, and one that was given a port says it there.
    await nextTurn();
    await within(this.#delivery.answered(), this.deadline);
    this.#failures = [];
    await this.#endWorkers(this.#failures);
    this.#hurry.stop();
    forgetPool(this);
    this.#delivery.end();
    for (const run of this.#runs.keys()) run.fail(lostError(run.threadId));
    const failure = Failure.of(this.#failures);
    if (failure !== undefined) throw failure.error;
  }

  /** What a pool throws that does not end well is one failure more: its workers have ended after this, all the same. */
  async #endWorkers(failures: unknown[]): Promise<void> {
    const links = [...this.#links.live.values()];
    try {
      await this.#driver.end(links, this.#hurry.hasBegun);
      await Promise.all(links.map(({ exited }) => exited));
    } catch (error) {
      // The pool may have left some of them.
      await Promise.allSettled(links.map((link) => link.end()));
      failures.push(error);
    }
  }
}

function warnOfForced(_: number, { message }: Error): void {
  warn(message);
}
