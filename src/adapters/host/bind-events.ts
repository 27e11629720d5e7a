/** The Context of an emitter's listeners. */
import type { EventEmitter } from "node:events";
import { enter } from "../../context/cell.js";
import { openRequestOf } from "./live-scope.js";

/**
 * Makes everything that listens to `emitter` run in the scope of the request of `given`: the innermost, where several
 * containers have one.
 *
 * The server emits a request's events in no Context, and those of a pipelined one in another's.
 */
export function bindEvents(emitter: EventEmitter, given: object): void {
  const { emit } = emitter;
  emitter.emit = function (...args) {
    return enter(openRequestOf(given)!.scope, () => emit.apply(this, args));
  };
}
