/** A value that follows an async flow, and the token that takes it back: Python's contextvars (PEP 567). */
import { type InspectOptionsStylized, inspect } from "node:util";
import { DisposalError } from "../errors.js";
import { assertFunction, wrongType } from "./arguments.js";
import { ContextCell, currentCell, enter, rootCell } from "./cell.js";
import { assertOptions, type Codec, type ContextVarOptions } from "./options.js";
import { printed, visible } from "./print.js";
import { inTheRoot, needsAwaiting, noValue, ofAnotherContext, ofAnotherVariable, usedTwice } from "./refusals.js";
import { registerTraveller } from "./travellers.js";
import { positionOf, type Variables, withoutValue, withValue } from "./variables.js";

/** No value. Not `ContextToken.MISSING`, which a user may set like any other value. */
const ABSENT = Symbol("absent");

/**
 * A variable with a value of its own in each Context, like a global that every request has to itself.
 *
 * What an async function sets, the caller that awaits it sees; work forked with `copyContext().run(fn)` or `run` keeps
 * its changes to itself.
 */
export class ContextVar<T> {
  readonly name: string;
  /** @internal */
  readonly travels: true | Codec<any> | undefined;
  /** @internal */
  readonly secret: boolean;
  readonly #rootless: boolean;
  readonly #default: T | typeof ABSENT;
  readonly #onReset: ((value: any) => void) | undefined;
  readonly #onResetAsync: ((value: any) => PromiseLike<void>) | undefined;
  /** Where this variable stood last: nearly always where it stands now. A position keeps no value alive. */
  #position = 0;

  /**
   * @throws TypeError for a name that is no string, or an option of a wrong type
   * @throws ContextStateError ERR_AMBIT_CONTEXT_STATE for a second travelling variable of that name in this thread
   */
  constructor(name: string, options: ContextVarOptions<T> = {}) {
    assertOptions(name, options);
    this.name = name;
    this.travels = options.travels;
    if (this.travels !== undefined) registerTraveller(name, this);
    this.secret = options.secret ?? false;
    this.#rootless = options.rootless ?? false;
    this.#default = "default" in options ? (options.default as T) : ABSENT;
    this.#onReset = options.onReset;
    this.#onResetAsync = options.onResetAsync;
  }

  /**
   * The value in the current Context, else `fallback` if one is given (`undefined` included), else the default.
   *
   * @throws ContextLookupError ERR_AMBIT_CONTEXT_LOOKUP when there is none of the three
   */
  get(): T;
  get<D>(fallback: D): T | D;
  get(...fallback: unknown[]): unknown {
    const { vars } = currentCell();
    const at = this.#positionIn(vars);
    if (at >= 0) return vars[at + 1];
    if (fallback.length > 0) return fallback[0];
    if (this.#default !== ABSENT) return this.#default;
    throw noValue(this.name);
  }

  /**
   * Changes the value in the current Context, for everything that shares it. The token puts the old value back.
   *
   * @throws ContextStateError ERR_AMBIT_CONTEXT_STATE for a rootless variable in the root Context
   */
  set(value: T): ContextToken<T> {
    const cell = currentCell();
    if (this.#rootless && cell === rootCell) throw inTheRoot(this.name);
    const { vars } = cell;
    const at = this.#positionIn(vars);
    cell.vars = withValue(vars, at, this, value);
    return new ContextToken<T>(this, cell, at < 0 ? ABSENT : (vars[at + 1] as T), value);
  }

  /**
   * Puts back the value that was there before the token's `set`, then calls `onReset` with the one it had installed.
   *
   * Tokens may be reset in any order. When `onReset` throws, the value is back and the token used all the same.
   *
   * @throws ContextTokenError ERR_AMBIT_CONTEXT_TOKEN for a token of another variable or Context, which stays usable
   * @throws ContextStateError ERR_AMBIT_CONTEXT_STATE for a used token, and when the cleanup is async
   */
  reset(token: ContextToken<T>): void {
    assertToken(token);
    if (this.#onResetAsync !== undefined && !token.used) throw needsAwaiting(this.name);
    const value = takeBack(token, this);
    this.#onReset?.(value);
  }

  /**
   * As `reset`, and awaits `onResetAsync`. The old value is back when this returns its promise.
   *
   * Rejects with what `reset` throws; with a DisposalError when `onReset` and `onResetAsync` both fail.
   */
  async resetAsync(token: ContextToken<T>): Promise<void> {
    assertToken(token);
    const value = takeBack(token, this);
    const failures: unknown[] = [];
    try {
      this.#onReset?.(value);
    } catch (error) {
      failures.push(error);
    }
    try {
      await this.#onResetAsync?.(value);
    } catch (error) {
      failures.push(error);
    }
    if (failures.length > 1) throw new DisposalError(failures);
    if (failures.length === 1) throw failures[0];
  }

  /**
   * Calls `fn` in a copy of the current Context in which this variable is `value`, and gives what it gives.
   *
   * Resets nothing, so it calls no `onReset`.
   */
  run<X>(value: T, fn: () => X): X {
    assertFunction(fn, "The second argument of ContextVar.run");
    const { vars, scope, flight } = currentCell();
    return enter(new ContextCell(withValue(vars, this.#positionIn(vars), this, value), scope, flight), fn);
  }

  #positionIn(vars: Variables): number {
    const last = this.#position;
    if (vars[last] === this) return last;
    const at = positionOf(vars, this);
    if (at >= 0) this.#position = at;
    return at;
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { vars } = currentCell();
    const at = positionOf(vars, this);
    const value = at < 0 ? {} : { value: visible(this, vars[at + 1]) };
    const fallback = this.#default === ABSENT ? {} : { default: visible(this, this.#default) };
    return printed("ContextVar", { name: this.name, ...value, ...fallback }, depth, options);
  }
}

/** Gives what the token's `set` had installed, after putting back what was there before, and marks the token used. */
let takeBack: <T>(token: ContextToken<T>, variable: ContextVar<T>) => T;

/**
 * What `ContextVar.set` returns: puts the old value back, once.
 *
 * `using` and `await using` reset it at the end of their block. Disposing a used token does nothing, as is the custom
 * of JavaScript; `reset` with one throws.
 */
export class ContextToken<T> implements Disposable, AsyncDisposable {
  /** The `oldValue` where there was none. */
  static readonly MISSING: unique symbol = Symbol("ContextToken.MISSING");

  readonly #variable: ContextVar<T>;
  readonly #oldValue: T | typeof ABSENT;
  /** Both are let go when the token is used. */
  #cell: ContextCell | undefined;
  #value: T | undefined;

  /** @internal */
  constructor(variable: ContextVar<T>, cell: ContextCell, oldValue: T | typeof ABSENT, value: T) {
    this.#variable = variable;
    this.#cell = cell;
    this.#oldValue = oldValue;
    this.#value = value;
  }

  static {
    takeBack = (token, variable) => token.#takeBack(variable);
  }

  /** The variable whose `set` made this token. */
  get var(): ContextVar<T> {
    return this.#variable;
  }

  /** What was there before `set`, or `ContextToken.MISSING`. */
  get oldValue(): T | typeof ContextToken.MISSING {
    return this.#oldValue === ABSENT ? ContextToken.MISSING : this.#oldValue;
  }

  /** Whether it was reset; a refused reset does not count. */
  get used(): boolean {
    return this.#cell === undefined;
  }

  /** @throws ContextStateError ERR_AMBIT_CONTEXT_STATE for a variable whose cleanup is async: use `await using` */
  [Symbol.dispose](): void {
    if (!this.used) this.#variable.reset(this);
  }

  /** As `resetAsync`, and does nothing to a used token. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.used) await this.#variable.resetAsync(this);
  }

  #takeBack(variable: ContextVar<T>): T {
    const cell = this.#cell;
    if (cell === undefined) throw usedTwice(variable.name);
    if (variable !== this.#variable) throw ofAnotherVariable(variable.name, this.#variable.name);
    if (cell !== currentCell()) throw ofAnotherContext(variable.name);
    // Where the old value was absence, the variable is there: each of its other tokens puts back a value.
    const at = positionOf(cell.vars, variable);
    const old = this.#oldValue;
    cell.vars = old === ABSENT ? withoutValue(cell.vars, at) : withValue(cell.vars, at, variable, old);
    const value = this.#value as T;
    this.#cell = this.#value = undefined;
    return value;
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { oldValue, used } = this;
    const shown = this.#oldValue === ABSENT ? oldValue : visible(this.#variable, oldValue);
    return printed("ContextToken", { name: this.#variable.name, oldValue: shown, used }, depth, options);
  }
}

function assertToken(token: unknown): void {
  if (!(token instanceof ContextToken)) throw wrongType("The argument of reset", "a ContextToken", token);
}
