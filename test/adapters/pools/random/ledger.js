/** What the threads of one play write down, in memory that they share: numbers that only ever grow. */

/** What is known of a task. */
export const BEGUN = 0;
export const OPENED = 1;
export const CLOSED = 2;
/** How its scope was told that it ended: 1 success, 2 error, 3 aborted. */
export const TOLD = 3;
/** How often it met what is another's. */
export const LEAKS = 4;
const OF_A_TASK = 5;

/** What is known of a thread's instance. */
const THREAD_ID = 0;
const DISPOSED = 1;
const OF_AN_INSTANCE = 2;
const MOST_INSTANCES = 1_000;

export class Ledger {
  /** @param {SharedArrayBuffer} buffer */
  constructor(buffer) {
    this.buffer = buffer;
    this.numbers = new Int32Array(buffer);
  }

  /** @param {number} tasks */
  static of(tasks) {
    const length = 1 + MOST_INSTANCES * OF_AN_INSTANCE + tasks * OF_A_TASK;
    return new Ledger(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
  }

  /** @param {number} task @param {number} what */
  add(task, what, count = 1) {
    Atomics.add(this.numbers, this.#of(task) + what, count);
  }

  /** @param {number} task @param {number} what */
  read(task, what) {
    return Atomics.load(this.numbers, this.#of(task) + what);
  }

  /** @param {number} threadId @returns the number of the instance */
  built(threadId) {
    const instance = Atomics.add(this.numbers, 0, 1);
    Atomics.store(this.numbers, 1 + instance * OF_AN_INSTANCE + THREAD_ID, threadId);
    return instance;
  }

  /** @param {number} instance */
  disposed(instance) {
    Atomics.add(this.numbers, 1 + instance * OF_AN_INSTANCE + DISPOSED, 1);
  }

  /** The instances of all threads. */
  instances() {
    return Array.from({ length: Atomics.load(this.numbers, 0) }, (_, instance) => ({
      threadId: Atomics.load(this.numbers, 1 + instance * OF_AN_INSTANCE + THREAD_ID),
      disposed: Atomics.load(this.numbers, 1 + instance * OF_AN_INSTANCE + DISPOSED),
    }));
  }

  /** @param {number} task */
  #of(task) {
    return 1 + MOST_INSTANCES * OF_AN_INSTANCE + task * OF_A_TASK;
  }
}
