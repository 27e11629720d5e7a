/** Runs work in a scope of its own, and ends the scope with the outcome of the work. */
import { type ContextCell, currentCell, enterFrom } from "../context/cell.js";
import { ContextStateError, ContextTokenError, ScopeStateError } from "../errors.js";
import { Failure, isThenable, thrown } from "./disposal.js";
import type { Lifespan } from "./lifespan.js";
import { outcomeOfThrow, SUCCESS } from "./outcome.js";
import { CLOSED } from "./owner.js";

/** Hears of disposal failures that have no caller to be thrown to. */
export type Report = (error: unknown) => void;

/**
 * Calls `fn` in the Context of `scope` and closes the scope when its work has ended.
 *
 * Gives what the work gave; a promise only if the work or a disposer did. If the work fails, its error is rethrown
 * unchanged and the disposers' go to `report`; else theirs are thrown.
 */
export function runToEnd<S extends Lifespan, R>(
  from: ContextCell,
  scope: S,
  fn: (scope: S) => R,
  report: Report,
): R | Promise<Awaited<R>> {
  return enterFrom(from, scope, work, [scope, fn, report]) as R | Promise<Awaited<R>>;
}

function work<S extends Lifespan>(scope: S, fn: (scope: S) => unknown, report: Report): unknown {
  let result: unknown;
  try {
    result = fn(scope);
  } catch (error) {
    return endAfterThrow(scope, error, report);
  }
  if (!isThenable(result)) return endAfterReturn(scope, result);
  const promise = result instanceof Promise ? result : Promise.resolve(result);
  // One `then` with two callbacks: an async function here costs 50 to 150 ns more, `finally` 250 to 350.
  return promise.then(
    (value) => endAfterReturn(scope, value),
    (error: unknown) => endAfterThrow(scope, error, report),
  );
}

function endAfterReturn(scope: Lifespan, value: unknown): unknown {
  const pending = thrown(scope.end(SUCCESS));
  return pending === undefined ? value : pending.then(() => value);
}

function endAfterThrow(scope: Lifespan, error: unknown, report: Report): Promise<never> {
  const ending = scope.end(outcomeOfThrow(error, scope.abortState));
  if (ending instanceof Promise) {
    return ending.catch(report).then(() => {
      throw error;
    });
  }
  if (ending instanceof Failure) report(ending.error);
  throw error;
}

/**
 * As `runToEnd`, for work and disposers that need no awaiting.
 *
 * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE when either does; the scope is closed all the same, in the background,
 * and what fails there goes to `report`
 */
export function runToEndSync<S extends Lifespan, R>(
  from: ContextCell,
  scope: S,
  fn: (scope: S) => R,
  report: Report,
): R {
  return enterFrom(from, scope, workSync<S, R>, [scope, fn, report]);
}

function workSync<S extends Lifespan, R>(scope: S, fn: (scope: S) => R, report: Report): R {
  let result: R;
  try {
    result = refuseThenable(fn(scope), report);
  } catch (error) {
    const ending = scope.end(outcomeOfThrow(error, scope.abortState));
    if (ending instanceof Promise) ending.catch(report);
    else if (ending instanceof Failure) report(ending.error);
    throw error;
  }
  const pending = thrown(scope.end(SUCCESS));
  if (pending === undefined) return result;
  pending.catch(report);
  throw new ScopeStateError(
    "Cannot end this scope synchronously: a disposer returned a promise, or work is held. It goes on in the background.",
    "use await container.runInScope(...).",
  );
}

function refuseThenable<R>(result: R, report: Report): R {
  if (!isThenable(result)) return result;
  result.then(undefined, report);
  throw new ScopeStateError(
    "Cannot run async work in runInScopeSync: its scope would end before the work does.",
    "use await container.runInScope(...).",
  );
}

/** The last scope that was entered in a Context, until its token is reset. */
const entered = new WeakMap<ContextCell, ScopeToken>();

/**
 * The scope that a Context was made to have. Resetting the token closes the scope and makes the one before current
 * again.
 */
export class ScopeToken<S extends Lifespan = Lifespan> implements AsyncDisposable {
  readonly #cell: ContextCell;
  readonly #before: object | undefined;
  #used = false;

  /** @internal */
  constructor(readonly scope: S) {
    const cell = currentCell();
    const earlier = entered.get(cell);
    this.#cell = cell;
    // Nobody goes back to a scope that was closed by hand: this one takes its place.
    this.#before = earlier === undefined ? cell.scope : earlier.#before;
    cell.scope = scope;
    entered.set(cell, this);
  }

  /**
   * Closes the scope; without `succeed()` its outcome is `aborted`.
   *
   * @throws ContextTokenError ERR_AMBIT_CONTEXT_TOKEN in another Context than the one it was entered in
   * @throws ContextStateError ERR_AMBIT_CONTEXT_STATE when used twice
   */
  reset(): Promise<void> {
    if (this.#used) throw new ContextStateError("Cannot reset this scope token: it has been used once already.");
    if (currentCell() !== this.#cell) {
      throw new ContextTokenError(
        "Cannot reset this scope token: its scope was entered in another Context.",
        "reset it in the flow that called enterScope, or call scope.close().",
      );
    }
    this.#used = true;
    if (entered.get(this.#cell) === this) {
      this.#cell.scope = this.#before;
      entered.delete(this.#cell);
    }
    return this.scope.close();
  }

  /** As `reset`; does nothing to a token that has been used. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#used ? this.scope.close() : this.reset();
  }
}

/** Refuses a second entered scope in one Context: two flows would share it. */
export function assertNoneEntered(): void {
  const token = entered.get(currentCell());
  if (token === undefined || token.scope.phase === CLOSED) return;
  throw new ScopeStateError(
    "Cannot enter a second scope in this Context: the flow that entered the first one would lose it.",
    "nest with container.runInScope(...), or reset the first token before.",
  );
}
