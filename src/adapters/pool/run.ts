/** One task on its way: what goes along with it, how it is cancelled, and what becomes of its answer. */
import { currentCell } from "../../context/cell.js";
import { type Luggage, pack } from "../../context/travel.js";
import type { Lifespan } from "../../scope/lifespan.js";
import type { MessagePort } from "../../thread/ports.js";
import { unscopedError } from "./errors.js";
import { type PackedError, packError, unpackError } from "./packed-error.js";
import { firstBoard, leavePlace, takePlace } from "./places.js";
import { type Command, type Envelope, isFailed } from "./protocol.js";
import { TaskState } from "./task-state.js";

/** What the numbers in shared memory can hold; no task is under way for as long as it takes to count to that. */
const GREATEST = 0x7fff_ffff;

let lastId = 0;

/** A task that was given to a pool and has not been answered. */
export class Run {
  readonly id = (lastId = (lastId % GREATEST) + 1);
  readonly promise: Promise<any>;
  readonly #luggage: Luggage = pack();
  readonly #parentId = (currentCell().scope as Lifespan | undefined)?.id;
  readonly #place = takePlace();
  readonly #state = new TaskState(this.#place.board, this.#place.at, this.id);
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
    this.#state.enqueue();
  }

  /** @param isForWelcomed whether a worker knows of the first board that gets it */
  envelope(task: unknown, deadline: number, isForWelcomed: boolean, port?: MessagePort): Envelope {
    // Another worker may have refused it.
    this.#state.expectResult();
    const { board, at: place } = this.#place;
    const envelope = {
      "ambit.task": this.id,
      task,
      luggage: this.#luggage,
      parentId: this.#parentId,
      place,
      deadline,
    };
    if (isForWelcomed && board === firstBoard) return envelope;
    return port === undefined ? { ...envelope, board } : { ...envelope, board, port };
  }

  /** The thread that has begun it; 0 while it waits. */
  get threadId(): number {
    return this.#state.threadId;
  }

  /** Whether no thread has begun it, and one still may. */
  get isQueued(): boolean {
    return this.#state.isQueued;
  }

  /** Has it never begin, or tells the thread that runs it; `tell` is asked for a way to that thread. */
  cancel(reason: unknown, tell: (threadId: number, command: Command) => void): void {
    this.#cancelled ??= { reason };
    if (this.#state.cancel()) this.#reject(reason);
    else this.cancelAgain(tell);
  }

  /** For a thread that can be reached only now. */
  cancelAgain(tell: (threadId: number, command: Command) => void): void {
    if (this.#cancelled === undefined) return;
    tell(this.threadId, { kind: "cancel", task: this.id, reason: packError(this.#cancelled.reason) });
  }

  answer(answer: unknown): void {
    if (!this.#state.hasFailed || !isFailed(answer))
      return this.isQueued ? this.#reject(unscopedError()) : this.#resolve(answer);
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

  /** The pool is done with it: where it was in shared memory there will be another task. */
  leave(): void {
    leavePlace(this.#place);
  }

  get #stack(): string {
    const frames = (this.#asked.stack ?? "").split("\n").slice(1).join("\n");
    return `\n    --- in worker thread ${this.threadId}, for: ---\n${frames}`;
  }
}
