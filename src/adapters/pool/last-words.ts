/** The death of a worker of tinypool's, told when everything that the worker has said before has been heard. */
import type { Worker } from "../../thread/ports.js";
import type { EndableWorker } from "./worker-link.js";

/** What a pool of tinypool's has of a thread. */
export interface PooledThread extends EndableWorker {
  readonly thread?: Worker;
}

type Listener = (...args: any[]) => void;

/**
 * A worker whose death is news after its last words.
 *
 * Answers, the hello and the death of a thread come on ports of their own, and when this thread was busy the death comes
 * first: tinypool then rejects tasks that were answered, takes the answers for errors, and gives a dead worker more tasks
 * with each of them.
 */
export class MournedWorker implements EndableWorker {
  readonly threadId: number;
  /** Resolves with the exit code. */
  readonly exited: Promise<number>;
  readonly #worker: PooledThread;
  readonly #listeners: readonly Listener[];

  /** @param onError hears what nobody caught in the thread, before tinypool does */
  constructor(worker: PooledThread, onError: (error: unknown) => void) {
    this.threadId = worker.threadId;
    this.#worker = worker;
    const { thread } = worker;
    this.#listeners = thread === undefined ? [] : takeListeners(thread);
    thread?.on("error", (error) =>
      afterLastWords(() => {
        onError(error);
        this.tellOfError(error);
      }),
    );
    this.exited = new Promise((resolve) => {
      const exit = (code: number) => afterLastWords(() => resolve(code));
      // Nobody may have looked at it until now.
      if (thread?.threadId === -1) exit(1);
      else worker.once("exit", exit);
    });
  }

  /** Has tinypool drop it. */
  tellOfError(error: unknown): void {
    for (const listener of this.#listeners) listener(error);
  }

  once(_: "exit", listener: (code: number) => void): void {
    void this.exited.then(listener);
  }

  terminate(): Promise<unknown> {
    return this.#worker.terminate();
  }

  ref(): void {
    this.#worker.ref?.();
  }
}

/** Those who listen to errors do not hear of them any more. */
function takeListeners(thread: Worker): readonly Listener[] {
  const listeners = thread.listeners("error") as Listener[];
  for (const listener of listeners) thread.off("error", listener);
  return listeners;
}

/** What was said before is on its way: it is heard in this turn of the event loop, or in the next. */
function afterLastWords(listener: () => void): void {
  setImmediate(() => setImmediate(listener));
}
