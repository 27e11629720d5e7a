/** The end of a worker thread: its tasks first, then all that lives as long as the thread. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { DisposalError } from "../../errors.js";
import { threadId } from "../../thread/ports.js";
import { disposeThread } from "../../thread/thread-scope.js";
import { within } from "../pool/within.js";
import { abortTasks, untilIdle } from "./running-tasks.js";

let ending: Promise<readonly unknown[]> | undefined;

/** Whether this thread takes no more tasks. */
export function isEnding(): boolean {
  return ending !== undefined;
}

/**
 * Ends this thread: fires the signals of its tasks, gives them `grace` milliseconds, then closes scopes and disposes
 * containers and WorkerLocals, awaited. Gives what failed. Asked again, it gives the same end.
 */
export function endThread(grace: number): Promise<readonly unknown[]> {
  return (ending ??= end(grace));
}

async function end(grace: number): Promise<readonly unknown[]> {
  abortTasks(new DOMException(`Worker thread ${threadId} is ending.`, "AbortError"));
  await within(untilIdle(), grace);
  const errors = await disposeThread().then(() => [], failuresIn);
  // The last answers are on their way a few microtasks after their tasks.
  await nextTurn();
  return errors;
}

function failuresIn(error: unknown): readonly unknown[] {
  return error instanceof DisposalError ? error.errors : [error];
}
