/** The Context of an emitter's listeners. */
import type { EventEmitter } from "node:events";
import { type ContextCell, enter } from "../../context/cell.js";

/**
 * Makes everything that listens to `emitter` run in `cell`.
 *
 * The server emits a request's events in no Context, and those of a pipelined one in another's.
 */
export function bindEvents(emitter: EventEmitter, cell: ContextCell): void {
  const { emit } = emitter;
  emitter.emit = function (...args) {
    return enter(cell, () => emit.apply(this, args));
  };
}
