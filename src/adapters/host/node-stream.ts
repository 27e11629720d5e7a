/** Streams of Node's, and what looks like them. */
import { Stream } from "node:stream";

/** A stream of Node's, or one of a userland package that looks like it. */
export interface NodeStream extends NodeJS.EventEmitter {
  pipe: unknown;
  destroy?(error?: unknown): unknown;
  readonly destroyed?: boolean;
  readonly closed?: boolean;
  readonly errored?: unknown;
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
