/**
 * What follows an async flow: a cell, the store of the process's only AsyncLocalStorage.
 *
 * A cell holds immutable variables and the current scope. `Context` is a cell with a public face; a scope is its own
 * cell, which saves an allocation per request.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { NO_VARIABLES, type Variables } from "./variables.js";

/** The variables and the scope of one flow. */
export class ContextCell {
  // Declared, then assigned once: initialisers that a fork overwrites cost 8 ns of its 30.
  /** What was set here. Replaced as a whole and never changed, so a fork copies one reference. @internal */
  declare vars: Variables;
  /** The current scope. This layer only copies it. @internal */
  declare scope: object | undefined;
  /** The async build in whose flow this is. This layer only copies it. @internal */
  declare flight: object | undefined;
  /** Code further down the call stack runs here and goes on when what it entered returns. @internal */
  declare suspended: boolean;

  /** @internal */
  constructor(vars: Variables = NO_VARIABLES, scope?: object, flight?: object) {
    this.vars = vars;
    this.scope = scope;
    this.flight = flight;
    this.suspended = false;
  }
}

/** More than one AsyncLocalStorage would slow down every await, so the whole process has this one. */
const storage = new AsyncLocalStorage<ContextCell>();

/** Outside every `run`: this thread's root. */
export const rootCell = new ContextCell();

/** What the synchronous code on the call stack is building. */
export const callStack: {
  /** `undefined` where nothing is being built. Entering a Context hides it. */
  frame: object | undefined;
  /** Where it is being built: what Node itself runs in another Context meanwhile, such as a bound listener, is no part of it. */
  cell: ContextCell;
} = { frame: undefined, cell: rootCell };

/** The cell of the running code. */
export function currentCell(): ContextCell {
  return storage.getStore() ?? rootCell;
}

/** Calls `fn` with `cell` as the current one, also when it is entered already. */
export function enter<A extends unknown[], R>(cell: ContextCell, fn: (...args: A) => R, ...args: A): R {
  return enterFrom(currentCell(), cell, fn, args);
}

/** As `enter`, for a caller who has the current cell at hand. */
export function enterFrom<A extends unknown[], R>(
  from: ContextCell,
  cell: ContextCell,
  fn: (...args: A) => R,
  args: A,
): R {
  const { frame } = callStack;
  const { suspended } = from;
  callStack.frame = undefined;
  from.suspended = true;
  try {
    // Spreading no arguments costs 5 ns on Node 22, where the whole of `run` costs 12.
    return args.length === 0 ? storage.run(cell, fn) : storage.run(cell, fn, ...args);
  } finally {
    from.suspended = suspended;
    callStack.frame = frame;
  }
}

/**
 * Whether `cell` is in force somewhere on the call stack; `current` is the current cell.
 *
 * Each cell on the stack but the topmost was left by `enter`, which marked it: no chain of cells is walked, or kept.
 */
export function isEntered(cell: ContextCell, current: ContextCell): boolean {
  return cell === current || cell.suspended;
}

/** Gives `into` the variables and the scope of `from`. O(1), however many variables there are. */
export function fork<C extends ContextCell>(from: ContextCell, into: C): C {
  into.vars = from.vars;
  into.scope = from.scope;
  into.flight = from.flight;
  return into;
}
