/** What a body is, in Koa's terms. */
import { isNodeStream, webStreamOf } from "../host/node-stream.js";

/** Whether Koa's `respond` reads from it, which is after the middleware have settled. */
export function isStreamed(body: unknown): boolean {
  return !isPlain(body) && (isNodeStream(body) || webStreamOf(body) !== undefined);
}

/** Whether Koa turns it into JSON. */
export function isJson(body: unknown): boolean {
  if (typeof body === "string" || body === null || body === undefined) return false;
  if (isPlain(body)) return true;
  return !(Buffer.isBuffer(body) || body instanceof Blob || body instanceof Response || isStreamed(body));
}

/** What most bodies are: told apart here, they are spared four times 50 ns of `instanceof`. */
function isPlain(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return true;
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === Array.prototype;
}
