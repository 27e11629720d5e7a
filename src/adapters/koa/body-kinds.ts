/** What a body is, in Koa's terms. */
import { Stream } from "node:stream";

/** A stream of Node's, or one of a userland package that looks like it. */
export interface NodeStream extends NodeJS.EventEmitter {
  pipe: unknown;
  destroy?(error?: unknown): unknown;
  readonly destroyed?: boolean;
  readonly closed?: boolean;
  readonly errored?: unknown;
}

/** Whether Koa's `respond` reads from it, which is after the middleware have settled. */
export function isStreamed(body: unknown): boolean {
  return !isPlain(body) && (isNodeStream(body) || webStreamOf(body) !== undefined);
}

export function isNodeStream(body: unknown): body is NodeStream {
  if (typeof body !== "object" || body === null) return false;
  const { pipe, on } = body as { pipe?: unknown; on?: unknown };
  return body instanceof Stream || (typeof pipe === "function" && typeof on === "function");
}

/** The web stream that a body is, or has. */
export function webStreamOf(body: unknown): ReadableStream<Uint8Array> | undefined {
  if (body instanceof ReadableStream) return body;
  return body instanceof Response ? (body.body ?? undefined) : undefined;
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
