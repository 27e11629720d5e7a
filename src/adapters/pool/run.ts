/** One task on its way: what goes along with it, how it is cancelled, and what becomes of its answer. */
import { currentCell } from "../../context/cell.js";
import { type Luggage, pack } from "../../context/travel.js";
import type { Lifespan } from "../../scope/lifespan.js";
import type { MessagePort } from "../../thread/ports.js";
import { type PackedError, packError, unpackError } from "./packed-error.js";
import { CANCELLED, type Command, type Envelope, FAILED, isFailed, QUEUED } from "./protocol.js";

let lastId = 0;

/** A task that was given to a pool and has not been answered. */
export class Run {
  readonly id = ++lastId;
  readonly promise: Promise<any>;
  /** Resolves when the pool is done with it. */
  delivered: Promise<void> = Promise.resolve();
  readonly #luggage: Luggage = pack();
  readonly #parentId = (currentCell().scope as Lifespan | undefined)?.id;
  readonly #state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #asked: { readonly stack?: string } = {};
  #resolve!: (value: any) => void;
  #reject!: (reason: unknown) => void;
  #cancelled: { readonly reason: unknown } | undefined;

  /** @param caller whose frames, and those above, are no news in a stack */
  constructor(caller: (...args: any[]) => unknown) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    Error.captureStackTrace(this.#asked, caller);
  }

  envelope(task: unknown, deadline: number, port?: MessagePort): Envelope {
    // Another worker may have refused it.
    Atomics.store(this.#state, 1, 0);
    const envelope = {
      "ambit.task": this.id,
      task,
      luggage: this.#luggage,
      parentId: this.#parentId,
      state: this.#state,
      deadline,
    };
    return port === undefined ? envelope : { ...envelope, port };
  }

  /** The thread that has begun it; 0 while it waits. */
  get threadId(): number {
    return Math.max(Atomics.load(this.#state, 0), 0);
  }

  /** Whether no thread has begun it, and one still may. */
  get isQueued(): boolean {
    return Atomics.load(this.#state, 0) === QUEUED;
  }

  /** Has it never begin, or tells the thread that runs it; `tell` is asked for a way to that thread. */
  cancel(reason: unknown, tell: (threadId: number, command: Command) => void): void {
    this.#cancelled ??= { reason };
    const before = Atomics.compareExchange(this.#state, 0, QUEUED, CANCELLED);
    if (before === QUEUED) this.#reject(reason);
    else this.cancelAgain(tell);
  }

  /** For a thread that can be reached only now. */
  cancelAgain(tell: (threadId: number, command: Command) => void): void {
    if (this.#cancelled === undefined) return;
    tell(this.threadId, { kind: "cancel", task: this.id, reason: packError(this.#cancelled.reason) });
  }

  answer(answer: unknown): void {
    if (Atomics.load(this.#state, 1) !== FAILED || !isFailed(answer)) return this.#resolve(answer);
    const byCancel = answer.byCancel && this.#cancelled !== undefined;
    if (byCancel) this.#reject(this.#cancelled?.reason);
    else this.crashed(answer["ambit.failed"]);
  }

  /** The task has failed, or its worker has, with this. */
  crashed(error: PackedError): void {
    this.#reject(unpackError(error, this.#stack));
  }

  /** The pool has failed, and not the task. */
  fail(error: unknown): void {
    this.#reject(this.#cancelled === undefined ? error : this.#cancelled.reason);
  }

  get #stack(): string {
    const frames = (this.#asked.stack ?? "").split("\n").slice(1).join("\n");
    return `\n    --- in worker thread ${this.threadId}, for: ---\n${frames}`;
  }
}
