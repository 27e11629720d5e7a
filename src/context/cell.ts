/**
 * What follows an async flow: a cell, the store of the process's only AsyncLocalStorage.
 *
 * A cell holds immutable variables and the current scope. `Context` is a cell with a public face; a scope is its own
 * cell, which saves an allocation per request.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { NO_VARIABLES, type Variables } from "./variables.js";

export class ContextCell {
  /** What was set here. Replaced as a whole and never changed, so a fork copies one reference. */
  vars: Variables = NO_VARIABLES;
  /** The current scope. This layer only copies it. */
  scope: object | undefined = undefined;
  /** The async build in whose flow this is. This layer only copies it. */
  flight: object | undefined = undefined;
  /** The cell from which this one was entered, while its `run` is on the call stack; no longer, so no chain can grow. */
  outer: ContextCell | undefined = undefined;
}

/** More than one AsyncLocalStorage would slow down every await, so the whole process has this one. */
const storage = new AsyncLocalStorage<ContextCell>();

/** Outside every `run`: this thread's root. */
export const rootCell = new ContextCell();

/** What the synchronous code on the call stack is building, or `undefined`. Entering a Context hides it. */
export const callStack: { frame: object | undefined } = { frame: undefined };

export function currentCell(): ContextCell {
  return storage.getStore() ?? rootCell;
}

/** Calls `fn` with `cell` as the current one. The caller has made sure that it is not entered already. */
export function enter<A extends unknown[], R>(cell: ContextCell, fn: (...args: A) => R, ...args: A): R {
  const { frame } = callStack;
  cell.outer = currentCell();
  callStack.frame = undefined;
  try {
    return storage.run(cell, fn, ...args);
  } finally {
    cell.outer = undefined;
    callStack.frame = frame;
  }
}

/** A new cell with the variables and the scope of `from`. O(1), however many variables there are. */
export function fork<C extends ContextCell>(from: ContextCell, into: C): C {
  into.vars = from.vars;
  into.scope = from.scope;
  into.flight = from.flight;
  return into;
}
