/** Which thread this is, in words. */
import { isMainThread, threadId } from "node:worker_threads";

/** "the main thread", "worker thread 3". */
export function threadName(): string {
  return isMainThread ? "the main thread" : `worker thread ${threadId}`;
}
