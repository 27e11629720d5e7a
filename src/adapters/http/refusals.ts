/** What Node says of calls that send nothing. */
import { OutgoingMessage } from "node:http";
import { isUint8Array } from "node:util/types";

type Callback = (error?: Error) => void;

/** The callback among the arguments of `write` or `end`. */
export function callbackIn(args: readonly unknown[]): Callback | undefined {
  return args.find((arg): arg is Callback => typeof arg === "function");
}

/** Throws where `end` cannot send its first argument. */
export function checkContent(content: unknown): void {
  const isSendable = !content || typeof content === "string" || typeof content === "function" || isUint8Array(content);
  // A response of nobody's says in Node's words what is wrong.
  if (!isSendable) new OutgoingMessage().end(content);
}

/** Refuses content that comes after the end, and tells the callback alone. */
export function refuseContent(args: readonly unknown[]): false {
  const callback = callbackIn(args);
  const error = Object.assign(new Error("write after end"), { code: "ERR_STREAM_WRITE_AFTER_END" });
  if (callback !== undefined) process.nextTick(callback, error);
  return false;
}

/** @param what was to be done to headers that have left */
export function headersSentError(what: string): Error {
  const error = new Error(`Cannot ${what} headers after they are sent to the client`);
  return Object.assign(error, { code: "ERR_HTTP_HEADERS_SENT" });
}
