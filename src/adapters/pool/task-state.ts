/** How far a task has come: two numbers in memory that both sides see. */

/** Of the two numbers, the one that says whether what the task answers is a failure. */
const ANSWER = 1;

/** What is in the first number when no thread is to begin the task any more. */
const NOBODY = 0;

/**
 * Two numbers of a board, for one task after the other. Each change is made only if they are still this task's: who comes
 * late cannot touch the task that has the place now.
 *
 * The first is minus the number of the task while it waits, then the id of the thread that has begun it. The second is
 * the number of the task, and minus that when its answer is a failure, and not a result that only looks like one.
 */
export class TaskState {
  readonly board: Int32Array;
  readonly place: number;
  readonly #task: number;

  /** @param task a positive number, of this task alone */
  constructor(board: Int32Array, place: number, task: number) {
    this.board = board;
    this.place = place;
    this.#task = task;
  }

  /** Has one thread begin the task, whichever comes first. */
  enqueue(): void {
    Atomics.store(this.board, this.place, -this.#task);
  }

  /** Whether no thread has begun it, and one still may. */
  get isQueued(): boolean {
    return Atomics.load(this.board, this.place) === -this.#task;
  }

  /** Whether that thread is the one to run it. */
  begin(threadId: number): boolean {
    return Atomics.compareExchange(this.board, this.place, -this.#task, threadId) === -this.#task;
  }

  /** Whether no thread had begun it; none will, then. */
  cancel(): boolean {
    return Atomics.compareExchange(this.board, this.place, -this.#task, NOBODY) === -this.#task;
  }

  /** The thread that has begun it; 0 while it waits. */
  get threadId(): number {
    return Math.max(Atomics.load(this.board, this.place), NOBODY);
  }

  /** Its next answer is a result, unless a worker says otherwise. */
  expectResult(): void {
    Atomics.store(this.board, this.place + ANSWER, this.#task);
  }

  /** Says that its answer is a failure. */
  fail(): void {
    Atomics.compareExchange(this.board, this.place + ANSWER, this.#task, -this.#task);
  }

  get hasFailed(): boolean {
    return Atomics.load(this.board, this.place + ANSWER) === -this.#task;
  }
}
