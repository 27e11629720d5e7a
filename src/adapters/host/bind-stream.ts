/** The Context of a stream. */
import { Transform } from "node:stream";
import { type ContextCell, enter } from "../../context/cell.js";
import type { NodeStream } from "./node-stream.js";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** `_write` calls `_transform`. */
const METHODS = ["_read", "_write", "_flush"] as const;

/**
 * Makes a stream work in `cell`, whoever reads from it or writes to it, and tells when it has been destroyed.
 *
 * The host, or what it pipes to, would call these methods in a Context of its own.
 */
export function bindStream(stream: NodeStream, cell: ContextCell, destroyed: () => void): void {
  const methods = stream as unknown as Record<string, Method | undefined | null>;
  for (const name of METHODS) {
    const method = methods[name];
    if (typeof method === "function") methods[name] = bound(method, cell);
  }
  const { _final: final, _destroy: destroy } = methods;
  if (typeof final === "function" && !isDefaultFinal(stream, final)) methods._final = bound(final, cell);
  if (typeof destroy === "function") methods._destroy = bound(announcing(destroy, destroyed), cell);
}

function bound(method: Method, cell: ContextCell): Method {
  return function (...args) {
    return enter(cell, () => method.apply(this, args));
  };
}

/** A transform that finds another function than its own in this place flushes twice. */
function isDefaultFinal(stream: NodeStream, final: Method): boolean {
  return stream instanceof Transform ? final === Transform.prototype._final : "_transform" in stream;
}

/** A stream made with `emitClose: false` tells of its end in no other way. */
function announcing(destroy: Method, destroyed: () => void): Method {
  return function (error, done) {
    return destroy.call(this, error, (failure: unknown) => {
      (done as (failure: unknown) => void)(failure);
      // After its listeners have heard of "close".
      process.nextTick(destroyed);
    });
  };
}
