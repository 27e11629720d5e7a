/** The set of context variables in force, as an object: copied for work of its own, entered, looked at. */
import { type InspectOptionsStylized, inspect } from "node:util";
import { assertFunction, wrongType } from "./arguments.js";
import { ContextCell, currentCell, enter, enterFrom, isEntered } from "./cell.js";
import { ContextVar } from "./context-var.js";
import { printed, visible, Word } from "./print.js";
import { alreadyEntered, notSet } from "./refusals.js";
import { areEqual, entriesOf, positionOf, sizeOf } from "./variables.js";

/**
 * The values of context variables for one flow of work. `new Context()` is empty and has no scope.
 *
 * `get`, `at`, `has` and the iterators see what was set, never a variable's default. Iterating gives the entries of the
 * moment at which the iterator was made, in the order in which they were first set.
 */
export class Context extends ContextCell {
  /**
   * Calls `fn` in this Context, and gives what it gives. What `fn` sets stays in this Context.
   *
   * @throws ContextStateError ERR_AMBIT_CONTEXT_STATE when the caller, or code further down the call stack, runs in it
   */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    assertFunction(fn, "The first argument of Context.run");
    const current = currentCell();
    if (isEntered(this, current)) throw alreadyEntered();
    return enterFrom(current, this, fn, args);
  }

  /** A Context of its own with the same variables and scope. O(1), however many variables there are. */
  copy(): Context {
    return copyOf(this);
  }

  /** The value that was set here, else `fallback`. */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, D>(variable: ContextVar<T>, fallback: D): T | D;
  get(variable: ContextVar<unknown>, fallback?: unknown): unknown {
    const at = this.#positionOf(variable);
    return at < 0 ? fallback : this.vars[at + 1];
  }

  /**
   * The value that was set here.
   *
   * @throws ContextKeyError ERR_AMBIT_CONTEXT_KEY when none was
   */
  at<T>(variable: ContextVar<T>): T {
    const at = this.#positionOf(variable);
    if (at >= 0) return this.vars[at + 1] as T;
    throw notSet(variable.name);
  }

  /** Whether the variable was set here, to `undefined` included. */
  has(variable: ContextVar<any>): boolean {
    return this.#positionOf(variable) >= 0;
  }

  /** How many variables are set here. */
  get size(): number {
    return sizeOf(this.vars);
  }

  /** The variables that are set here. */
  keys(): IterableIterator<ContextVar<unknown>> {
    return this.#entries.map(([variable]) => variable).values();
  }

  /** Their values. */
  values(): IterableIterator<unknown> {
    return this.#entries.map(([, value]) => value).values();
  }

  /** Each variable that is set here with its value. */
  entries(): IterableIterator<[ContextVar<unknown>, unknown]> {
    return this.#entries.values();
  }

  /** As `entries`. */
  [Symbol.iterator](): IterableIterator<[ContextVar<unknown>, unknown]> {
    return this.entries();
  }

  /** Whether both hold the same variables with the same values, as `Object.is` sees them. */
  equals(other: Context): boolean {
    if (!(other instanceof Context)) throw wrongType("The argument of Context.equals", "a Context", other);
    return areEqual(this.vars, other.vars);
  }

  /** Values by name, without secrets. @internal */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.#entries.map(([variable, value]) => [variable.name, visible(variable, value)]));
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    // A Word for each name: two variables may have the same one.
    const shown = this.#entries.map(
      ([variable, value]) => [new Word(variable.name), visible(variable, value)] as const,
    );
    return printed(`Context(${this.size})`, new Map(shown), depth, options);
  }

  get #entries(): [ContextVar<unknown>, unknown][] {
    return entriesOf<ContextVar<unknown>>(this.vars);
  }

  #positionOf(variable: unknown): number {
    if (!(variable instanceof ContextVar)) throw wrongType("The key of a Context", "a ContextVar", variable);
    return positionOf(this.vars, variable);
  }
}

/** The current Context as it is now: run concurrent work in it that must not change this one. O(1). */
export function copyContext(): Context {
  return copyOf(currentCell());
}

/**
 * `fn` in a form that always runs in the Context that is current now: for event listeners and connection callbacks,
 * which otherwise run in the Context of whoever triggers them.
 *
 * It runs in that very Context, not in a copy: what it sets stays there. It may be called when that Context is entered
 * already.
 */
export function bindContext<F extends (...args: any[]) => any>(fn: F): F {
  assertFunction(fn, "The argument of bindContext");
  const cell = currentCell();
  function bound(this: unknown, ...args: unknown[]): unknown {
    return enter(cell, () => fn.apply(this, args));
  }
  // Hosts look at the length: a callback with (error, result), Express's error handlers with four parameters.
  Object.defineProperty(bound, "length", { value: fn.length, configurable: true });
  return Object.defineProperty(bound, "name", { value: fn.name, configurable: true }) as F;
}

function copyOf({ vars, scope, flight }: ContextCell): Context {
  return new Context(vars, scope, flight);
}
