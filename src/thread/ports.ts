/** How threads reach each other: the channels, and the thread that started this one. */
import {
  isMainThread,
  MessageChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  threadId,
  type Worker,
} from "node:worker_threads";

export { isMainThread, type MessagePort, threadId, type Worker };

/** What can be moved to another thread. The types of Node have had several names for it. */
export type TransferListItem = NonNullable<Parameters<Worker["postMessage"]>[1]>[number];

/** Two ports that hear each other. Neither keeps its thread alive before somebody listens to it. */
export function openChannel(): readonly [MessagePort, MessagePort] {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2];
}

/** Tells the thread that started this one, on the channel that it shares with the program. */
export function tellParent(message: object, transfer: readonly MessagePort[]): void {
  parentPort?.postMessage(message, transfer);
}

/** What has arrived and nobody has heard yet: of a thread that is gone, its last words. */
export function lastWordsOn(port: MessagePort): unknown[] {
  const words: unknown[] = [];
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    words.push(next.message);
  }
  return words;
}
