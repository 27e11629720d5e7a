/** The life of a scope: what it owns besides its instances, what it waits for, and its end. */
import { ContextCell, currentCell, enter, fork } from "../context/cell.js";
import type { Variables } from "../context/variables.js";
import { type AmbitError, ScopeClosedError, type ScopeLabel, ScopeStateError } from "../errors.js";
import { Abort, type AbortState, NOT_ABORTED } from "./abort.js";
import { announceClosed, announceClosing, announceDisposers } from "./announce.js";
import { unguarded } from "./behind.js";
import { DISPOSE, SCOPE_CLOSE } from "./channels.js";
import {
  disposeAll,
  disposerOf,
  type Ending,
  Failure,
  isObject,
  isWaiting,
  NESTED,
  OWN,
  PLAIN,
  TOLD,
  thrown,
} from "./disposal.js";
import { DEFAULT_TIMEOUT, Extras } from "./extras.js";
import { eachNested, type Nested, withNested, withoutNested } from "./nested.js";
import { type Outcome, PARENT_ENDED, SUCCESS, UNVOUCHED } from "./outcome.js";
import { CLOSED, DISPOSING, DRAINING, NO_SLOTS, OPEN, Owner, type Unfinished } from "./owner.js";

/** What `close` gives when nothing had to be awaited: one promise for every scope. */
const DONE: Promise<void> = Promise.resolve();

/** The open scopes of one container, linked through the scopes themselves. */
export interface OpenScopes {
  newest: Lifespan | undefined;
}

/** By phase. */
const STATES = ["open", "closing", "closing", "closed"] as const;

export abstract class Lifespan extends Owner implements AsyncDisposable {
  /** The scope around this one, while this one is open. @internal */
  declare enclosing: Lifespan | undefined;
  /** @internal */
  declare older: Lifespan | undefined;
  /** @internal */
  declare newer: Lifespan | undefined;
  /** The scopes inside this one that are open. @internal */
  declare nested: Nested<Lifespan>;
  /** @internal */
  declare extras: Extras<Lifespan> | undefined;

  /** @internal */
  constructor(vars: Variables, slots: unknown[], open: OpenScopes, parent: Lifespan | undefined) {
    super(vars, slots);
    this.scope = this;
    this.enclosing = parent;
    this.older = open.newest;
    this.newer = undefined;
    this.nested = undefined;
    this.extras = undefined;
    if (open.newest !== undefined) open.newest.newer = this;
    open.newest = this;
    if (parent !== undefined) parent.nested = withNested(parent.nested, this);
  }

  /** The list in which this scope stands while it is open. @internal */
  abstract get openScopes(): OpenScopes;

  /** Whether this value is one of its containers, or an instance that they own. @internal */
  abstract containerOwns(value: unknown): boolean;

  /** Whether this scope, one around it or a container disposes `value`. @internal */
  isOwned(value: unknown): boolean {
    return isOwnedIn(this, value);
  }

  /**
   * Whether this scope has yet to dispose `value`, or has disposed it since a build was left behind, here or further in.
   * @internal
   */
  hasOwned(value: unknown): boolean {
    return this.owns(value) || (isObject(value) && (this.extras?.disposes?.has(value) ?? false));
  }

  /** Unique in the world; made when it is first asked for. */
  get id(): string {
    return this.more.id;
  }

  /** The id of the scope around this one, in this thread while this one is open, or in the thread that sent its work. */
  get parentId(): string | undefined {
    return this.extras?.parentId ?? this.enclosing?.id;
  }

  /** What it was called when it was opened. */
  get name(): string | undefined {
    return this.extras?.name;
  }

  /** `closing` from the call of `close` until the last disposer has settled. */
  get state(): "open" | "closing" | "closed" {
    return STATES[this.phase];
  }

  /** Fires when the work fails or is aborted, when the parent's does, and when draining takes longer than `drainTimeout`. */
  get signal(): AbortSignal {
    if (this.phase === CLOSED) return AbortSignal.abort(this.ended("use its signal"));
    return abortOf(this).signal;
  }

  /** Calls `fn` in a fork of this scope's Context, with this scope as the current one. Does not close it. */
  run<R>(fn: (scope: this) => R): R {
    const cell = fork(this, new ContextCell());
    // Not whatever scope `enterScope` has made current in its own Context.
    cell.scope = this;
    // What is built where this is called may wait for it.
    cell.flight = currentCell().flight;
    return enter(cell, fn, this);
  }

  /**
   * Disposes the value when this scope ends, in its place in the newest-first order. Gives the value back. What this
   * scope, one around it or a container is to dispose already stays with its owner.
   *
   * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE when the value has no disposer
   */
  use<T>(given: T): T {
    this.assertOwning("use a value");
    const value = unguarded(given);
    if (value === null || value === undefined || this.isOwned(value)) return given;
    const disposer = disposerOf(value);
    if (disposer === undefined) throw notDisposable();
    this.push(value, disposer, PLAIN);
    return given;
  }

  /** Calls `callback` with the outcome when this scope ends, in its place in the newest-first order. */
  defer(callback: (outcome: Outcome) => unknown): void {
    this.assertOwning("defer a callback");
    if (typeof callback !== "function") throw new TypeError("scope.defer(callback): callback must be a function.");
    this.push(undefined, callback as never, TOLD);
  }

  /** Vouches for the work: an end that is given no outcome is then a success. */
  succeed(): void {
    this.assertOwning("vouch for its work");
    this.more.vouched = true;
  }

  /** The outcome will be this error, whatever the work returns. The first reason stays. */
  fail(reason: unknown): void {
    this.assertOwning("fail its work");
    this.more.failure ??= { status: "error", error: reason };
    if (this.phase === DRAINING) abortOf(this).fire(reason);
  }

  /**
   * Makes closing wait for `work`, for at most `drainTimeout`. Gives its promise back.
   *
   * What it rejects with reaches only those who await that promise: it does not fail this scope, and Node does not report
   * it. Where nobody awaits it: `scope.hold(work.catch((error) => scope.fail(error)))`.
   */
  hold<T>(work: PromiseLike<T>): Promise<T> {
    this.assertOwning("hold work");
    const { more } = this;
    const release = () => {
      if (--more.holds === 0) more.released?.();
    };
    more.holds++;
    const promise = Promise.resolve(work);
    promise.then(release, release);
    return promise;
  }

  /**
   * Ends this scope: waits for holds, closes nested scopes, then disposes everything it built, newest first, each
   * awaited before the next.
   *
   * A failing disposer does not stop the others. Calling again gives the same promise. Disposers that return no
   * promise have run when this returns, up to the first that returns one. Without an outcome the end is `aborted`,
   * unless `succeed()` or `fail()` was called.
   *
   * @throws DisposalError ERR_AMBIT_DISPOSAL when two or more disposers failed; a single failure as it is
   */
  close(outcome?: Outcome): Promise<void> {
    const ending = this.end(outcome ?? this.extras?.unspoken ?? UNVOUCHED);
    if (ending === undefined) return this.extras?.closing ?? DONE;
    return ending instanceof Failure ? (this.more.closing ??= Promise.reject(ending.error)) : ending;
  }

  /** As `close` without an outcome. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * As `close`, but never throws: gives a promise only when something has to be awaited, and a synchronous failure as
   * a value. @internal
   */
  end(outcome: Outcome): Ending {
    if (this.phase !== OPEN) return isWaiting() ? endingOf(this) : hurry(this);
    if (SCOPE_CLOSE.hasSubscribers) announceClosing(this, this.more.verdict(outcome));
    const { extras } = this;
    if (extras === undefined) return shared(this, dispose(this, outcome), outcome);
    const verdict = extras.verdict(outcome);
    this.phase = DRAINING;
    extras.onlooker?.closing();
    if (verdict.status !== "success") abortOf(this).fire(verdict.status === "error" ? verdict.error : verdict.reason);
    if (extras.holds === 0 || !isWaiting()) return shared(this, dispose(this, verdict), verdict);
    // Held work may still call `fail`.
    const drained = drain(this, extras).then(() => thrown(dispose(this, extras.verdict(verdict))));
    return shared(this, drained, verdict);
  }

  /** Fires the signal; the work goes on until it notices. @internal */
  abort(reason: unknown): void {
    if (this.phase < DISPOSING) abortOf(this).fire(reason);
  }

  /** Whether the signal has fired, without making one. @internal */
  get abortState(): AbortState {
    return this.extras === undefined && this.enclosing === undefined ? NOT_ABORTED : abortOf(this).state;
  }

  /** The outcome of work that returned. @internal */
  get returned(): Outcome {
    return this.extras?.failure ?? SUCCESS;
  }

  /** @internal */
  get more(): Extras<Lifespan> {
    return (this.extras ??= new Extras());
  }

  /** The error for asking this of a scope that has ended. @internal */
  ended(action: string): AmbitError {
    return new ScopeClosedError(action, this.label);
  }

  /** @internal */
  get label(): ScopeLabel {
    return { name: this.name, id: this.id, state: this.state };
  }

  /** @internal */
  protected assertOwning(action: string): void {
    if (this.phase >= DISPOSING) throw this.ended(action);
  }
}

// The steps of an end are functions because private methods would be installed on every scope that is opened.

/** Waits for the holds; when that takes too long, fires the signal and goes on. */
function drain(scope: Lifespan, extras: Extras<Lifespan>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      abortOf(scope).fire(new DOMException(`Draining took longer than ${extras.drainTimeout} ms.`, "TimeoutError"));
      resolve();
    }, extras.drainTimeout);
    const finish = () => {
      if (extras.holds > 0) return;
      clearTimeout(timer);
      resolve();
    };
    // Whoever waits for held work may hold more as soon as it is there.
    extras.released = () => queueMicrotask(finish);
  });
}

/** Ends nested scopes, the last opened first, then what the scope owns. */
function dispose(scope: Lifespan, outcome: Outcome): Ending {
  scope.phase = DISPOSING;
  const { extras } = scope;
  if (extras?.announced !== undefined) extras.announced.outcome = outcome;
  if (scope.flights !== undefined) leaveBehind(scope, scope.flights);
  else if (extras?.disposes !== undefined) noteDisposed(scope, extras.disposes);
  // What enterScope put in front of it ends with the others inside.
  if (scope.scope !== scope) scope.push(scope, becomeCurrent, OWN);
  if (scope.nested !== undefined) for (const inner of eachNested(scope.nested)) scope.push(inner, endNested, NESTED);
  if (DISPOSE.hasSubscribers) announceDisposers(scope, scope.id);
  const failures = disposeAll(scope, outcome, extras === undefined ? DEFAULT_TIMEOUT : extras.disposeTimeout);
  return failures instanceof Promise ? failures.then((all) => thrown(finish(scope, all))) : finish(scope, failures);
}

/** Disposers of a scope find it as the current one. An entered scope that goes on, because it is not inside, stays. */
function becomeCurrent(this: unknown): void {
  const cell = this as Lifespan;
  if ((cell.scope as Lifespan).phase === CLOSED) cell.scope = cell;
}

/** Builds under way will come too late: from now on those whose that may be what they then bring know what they dispose. */
function leaveBehind(scope: Lifespan, flights: ReadonlyMap<object, Unfinished>): void {
  const owners: Lifespan[] = [];
  for (let owner: Lifespan | undefined = scope; owner !== undefined; owner = owner.enclosing) {
    owners.push(owner);
    const noted = (owner.more.disposes ??= new WeakSet());
    // The others do it when they end.
    if (owner.phase === DISPOSING) noteDisposed(owner, noted);
  }
  for (const flight of flights.values()) flight.leftBy = owners;
}

function noteDisposed({ top }: Lifespan, noted: WeakSet<object>): void {
  for (let link = top; link !== undefined; link = link.next) if (isObject(link.value)) noted.add(link.value);
}

/** Leaves a shell behind: late code learns that this scope has ended, and nothing keeps its instances. */
function finish(scope: Lifespan, failures: readonly unknown[]): Failure | undefined {
  scope.phase = CLOSED;
  scope.slots = NO_SLOTS;
  scope.pages = undefined;
  scope.flights = undefined;
  scope.flight = undefined;
  unlink(scope);
  const failed = Failure.of(failures);
  if (failed !== undefined) scope.more.failed = failed;
  if (scope.extras !== undefined) {
    const { onlooker, announced, overrides } = scope.extras;
    overrides?.lift();
    onlooker?.closed();
    if (announced !== undefined) announceClosed(scope, announced, failures);
    scope.extras.finished?.(failed);
    scope.extras.shed();
  }
  return failed;
}

function unlink(scope: Lifespan): void {
  const { older, newer, enclosing } = scope;
  if (newer === undefined) scope.openScopes.newest = older;
  else newer.older = older;
  if (older !== undefined) older.newer = newer;
  if (enclosing !== undefined) enclosing.nested = withoutNested(enclosing.nested, scope);
  scope.older = scope.newer = scope.enclosing = undefined;
}

/** Makes the promise of an end the one that everyone gets who closes the scope again. */
function shared(scope: Lifespan, ending: Ending, outcome: Outcome): Ending {
  if (!(ending instanceof Promise)) return ending;
  const { more } = scope;
  more.told = outcome;
  // A disposer that closed its own scope has been given a promise already, which settles with this one.
  if (more.closing === undefined) more.closing = ending;
  else ending.catch(() => {});
  return more.closing;
}

/** The process is exiting while the end is under way: what has not been disposed is, without waiting. */
function hurry(scope: Lifespan): Failure | undefined {
  const outcome = scope.extras?.told ?? PARENT_ENDED;
  if (scope.phase === DRAINING) return dispose(scope, outcome) as Failure | undefined;
  return Failure.of(disposeAll(scope, outcome, 0) as readonly unknown[]);
}

/** What an end that is under way, or over, gives to whoever asks again. */
function endingOf(scope: Lifespan): Ending {
  if (scope.phase === CLOSED) return scope.extras?.closing ?? scope.extras?.failed;
  const { more } = scope;
  // A disposer that closes its own scope comes here before anyone knows whether there will be a promise.
  more.closing ??= new Promise((resolve, reject) => {
    more.finished = (failed) => (failed === undefined ? resolve() : reject(failed.error));
  });
  return more.closing;
}

/** How many nested scopes are being ended on the call stack, and how many may be: the next one waits for an empty stack. */
let ending = 0;
const MOST_ENDING = 200;

function endNested(this: unknown): Promise<void> | undefined {
  if (ending === MOST_ENDING) return Promise.resolve().then(() => endNested.call(this));
  ending++;
  try {
    return thrown((this as Lifespan).end(PARENT_ENDED));
  } finally {
    ending--;
  }
}

/** A loop, because scopes may be nested more deeply than the call stack goes. */
function isOwnedIn(scope: Lifespan | undefined, value: unknown): boolean {
  for (let at = scope; at !== undefined; at = at.enclosing) if (at.owns(value) || at.containerOwns(value)) return true;
  return false;
}

/** The abort of a scope, made with those of the scopes around it. A loop, because they may be many. */
function abortOf(scope: Lifespan): Abort {
  const without: Lifespan[] = [];
  let at: Lifespan | undefined = scope;
  for (; at !== undefined && at.extras?.abort === undefined; at = at.enclosing) without.push(at);
  let abort = at?.extras?.abort;
  for (const { more } of without.reverse()) abort = more.abort = new Abort(more.external, abort);
  return abort as Abort;
}

function notDisposable(): ScopeStateError {
  return new ScopeStateError(
    "Cannot use() a value that has no disposer.",
    "give it a [Symbol.asyncDispose] or [Symbol.dispose], or say how it ends with scope.defer(() => ...).",
  );
}
