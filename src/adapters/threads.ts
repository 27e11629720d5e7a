/** ambit in a plain Worker: a scope for each task, and a polite end. @module ambit/threads */
import type { Worker } from "../thread/ports.js";
import type { Driver } from "./pool/driver.js";
import { endedHard, lostError } from "./pool/errors.js";
import type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./pool/options.js";
import { type Envelope, isHello } from "./pool/protocol.js";
import { DEADLINE, Tasks } from "./pool/tasks.js";
import { TOO_LATE, within } from "./pool/within.js";
import type { WorkerLink } from "./pool/worker-link.js";

export type { ScopedPool, ScopedPoolOptions, ScopedRunOptions } from "./pool/options.js";

/**
 * Runs tasks in this worker, whose file calls `scopePerTask(...)` from "ambit/worker", all at the same time.
 *
 * To be called in the turn in which the worker was made: its first message would be lost otherwise. From then on
 * `worker.terminate()` ends it politely, too.
 */
export function scopedWorker<T = any, R = any>(worker: Worker, options: ScopedPoolOptions = {}): ScopedPool<T, R> {
  const driver = new WorkerDriver(worker, options.deadline ?? DEADLINE, (reason) =>
    tasks.forced(driver.threadId, reason),
  );
  const tasks: Tasks<T, R, ScopedRunOptions> = new Tasks(driver, options);
  worker.on("message", (message) => {
    if (isHello(message)) tasks.adopt(message.threadId, message.port);
  });
  return tasks;
}

/** A task that the worker has, or will have. */
interface Pending {
  readonly post: (link: WorkerLink) => void;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

class WorkerDriver implements Driver<ScopedRunOptions> {
  readonly welcomesAll = true;
  readonly #worker: Worker;
  readonly threadId: number;
  readonly #deadline: number;
  readonly #forced: (reason: Error) => void;
  readonly #pending = new Map<number, Pending>();
  #link: WorkerLink | undefined;
  #started!: () => void;
  readonly #hasStarted = new Promise<void>((resolve) => (this.#started = resolve));
  #exited = false;

  /** @param forced hears that the worker was ended before it had said hello */
  constructor(worker: Worker, deadline: number, forced: (reason: Error) => void) {
    this.#worker = worker;
    this.#deadline = deadline;
    this.#forced = forced;
    this.threadId = worker.threadId;
    worker.on("error", (error) => this.#crashed(error));
    worker.once("exit", () => this.#exit());
  }

  post(envelope: Envelope, { transferList = [] }: ScopedRunOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#exited) throw lostError(this.threadId);
      const post = (link: WorkerLink) => link.tell({ kind: "task", envelope }, transferList);
      if (this.#link !== undefined) post(this.#link);
      this.#pending.set(envelope["ambit.task"], { post, resolve, reject });
      this.#link?.keepAlive(true);
    });
  }

  needsPort(): boolean {
    return false;
  }

  find(): Worker {
    return this.#worker;
  }

  linked(link: WorkerLink): void {
    link.replaceTerminate();
    this.#link = link;
    this.#started();
    for (const [task, { post, reject }] of this.#pending) {
      try {
        post(link);
      } catch (error) {
        this.#pending.delete(task);
        reject(error);
      }
    }
    link.keepAlive(this.#pending.size > 0);
  }

  answered(task: number, answer: unknown): void {
    this.#pending.get(task)?.resolve(answer);
    this.#pending.delete(task);
    this.#link?.keepAlive(this.#pending.size > 0);
  }

  /** Before its hello it can be told nothing, and may have begun something already. */
  async end(): Promise<void> {
    const deadline = this.#deadline;
    if ((await within(this.#hasStarted, deadline)) === TOO_LATE) this.#forced(endedHard(this.threadId, deadline));
    await this.#worker.terminate();
  }

  /** Without a task that could fail, and without another listener, it is as uncaught as it would be without ambit. */
  #crashed(error: unknown): void {
    if (this.#pending.size === 0 && this.#worker.listenerCount("error") === 1) throw error;
    this.#fail(error);
  }

  /** Its last answers are heard before that. */
  #exit(): void {
    this.#exited = true;
    this.#started();
    setImmediate(() => this.#fail(lostError(this.threadId)));
  }

  #fail(reason: unknown): void {
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}
