/** The life of a scope: what it owns besides its instances, what it waits for, and its end. */
import { ContextCell, enter, fork } from "../context/cell.js";
import { ScopeClosedError, type ScopeLabel, ScopeStateError } from "../errors.js";
import { Abort, type AbortState, NOT_ABORTED } from "./abort.js";
import { disposeAll, disposerOf, type Ending, Failure, NESTED, PLAIN, thrown, TOLD } from "./disposal.js";
import { DEFAULT_TIMEOUT, Extras } from "./extras.js";
import { type Outcome, PARENT_ENDED, SUCCESS, UNVOUCHED } from "./outcome.js";
import { CLOSED, DISPOSING, DRAINING, NO_SLOTS, OPEN, Owner } from "./owner.js";

/** What `close` gives when nothing had to be awaited: one promise for every scope. */
const DONE: Promise<void> = Promise.resolve();

/** The open scopes of one container, linked through the scopes themselves. */
export interface OpenScopes {
  newest: Lifespan | undefined;
}

/** How a scope is opened, as far as its life goes. */
export interface LifespanOptions {
  /** Named lifetimes live in the nearest scope of their name. */
  readonly name?: string | undefined;
  /** Fires `scope.signal` too. */
  readonly signal?: AbortSignal | undefined;
  /** How long one disposer is waited for, in milliseconds; default 10,000. */
  readonly disposeTimeout?: number | undefined;
  /** How long closing waits for holds, in milliseconds; default 10,000. */
  readonly drainTimeout?: number | undefined;
}

/** By phase. */
const STATES = ["open", "closing", "closing", "closed"] as const;

export abstract class Lifespan extends Owner implements AsyncDisposable {
  /** The scope around this one, while this one is open. @internal */
  enclosing: Lifespan | undefined;
  /** @internal */
  older: Lifespan | undefined;
  /** @internal */
  newer: Lifespan | undefined = undefined;
  /** @internal */
  extras: Extras<Lifespan> | undefined = undefined;

  /** @internal */
  constructor(from: ContextCell, open: OpenScopes, parent: Lifespan | undefined, options: LifespanOptions | undefined) {
    super();
    this.vars = from.vars;
    this.scope = this;
    this.enclosing = parent;
    this.older = open.newest;
    if (open.newest !== undefined) open.newest.newer = this;
    open.newest = this;
    if (parent !== undefined) (parent.more.children ??= new Set()).add(this);
    if (options !== undefined) configure(this, options);
  }

  /** The list in which this scope stands while it is open. @internal */
  protected abstract get openScopes(): OpenScopes;

  /** Unique in the world; made when it is first asked for. */
  get id(): string {
    return this.more.id;
  }

  get name(): string | undefined {
    return this.extras?.name;
  }

  /** `closing` from the call of `close` until the last disposer has settled. */
  get state(): "open" | "closing" | "closed" {
    return STATES[this.phase];
  }

  /** Fires when the work fails or is aborted, when the parent's does, and when draining takes longer than `drainTimeout`. */
  get signal(): AbortSignal {
    if (this.phase === CLOSED && this.extras?.abort === undefined)
      return AbortSignal.abort(this.ended("use its signal"));
    return abortOf(this).signal;
  }

  /** Calls `fn` in a fork of this scope's Context, with this scope as the current one. Does not close it. */
  run<R>(fn: (scope: this) => R): R {
    return enter(fork(this, new ContextCell()), fn, this);
  }

  /**
   * Disposes `value` when this scope ends, in its place in the newest-first order. Gives the value back.
   *
   * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE when the value has no disposer
   */
  use<T>(value: T): T {
    this.assertOwning("use a value");
    if (value === null || value === undefined) return value;
    const disposer = disposerOf(value);
    if (disposer === undefined) throw notDisposable();
    this.push(value, disposer, PLAIN);
    return value;
  }

  /** Calls `callback` with the outcome when this scope ends, in its place in the newest-first order. */
  defer(callback: (outcome: Outcome) => unknown): void {
    this.assertOwning("defer a callback");
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
  }

  /**
   * Makes closing wait for `work`, for at most `drainTimeout`. Gives its promise back.
   *
   * What it rejects with belongs to whoever has that promise.
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
    if (ending === undefined) return DONE;
    return ending instanceof Failure ? (this.more.closing ??= Promise.reject(ending.error)) : ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * As `close`, but never throws: gives a promise only when something has to be awaited, and a synchronous failure as
   * a value. @internal
   */
  end(outcome: Outcome): Ending {
    const { extras } = this;
    if (this.phase !== OPEN) return this.#ending();
    if (extras === undefined) return this.#dispose(outcome);
    const verdict = extras.verdict(outcome);
    this.phase = DRAINING;
    if (verdict.status !== "success") extras.abort?.fire(verdict.status === "error" ? verdict.error : verdict.reason);
    if (extras.holds === 0) return this.#dispose(verdict);
    return (extras.closing = this.#drain(extras).then(() => thrown(this.#dispose(verdict))));
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
  ended(action: string): ScopeClosedError {
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

  /** Waits for the holds; when that takes too long, fires the signal and goes on. */
  #drain(extras: Extras<Lifespan>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        abortOf(this).fire(new DOMException(`Draining took longer than ${extras.drainTimeout} ms.`, "TimeoutError"));
        resolve();
      }, extras.drainTimeout);
      extras.released = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #dispose(outcome: Outcome): Ending {
    this.phase = DISPOSING;
    const { extras } = this;
    // Nested scopes go on top of the stack in the order in which they were opened: they end first, the last one first.
    if (extras?.children !== undefined) for (const child of extras.children) this.push(child, endNested, NESTED);
    const failures = disposeAll(this, outcome, extras?.disposeTimeout ?? DEFAULT_TIMEOUT);
    if (!(failures instanceof Promise)) return this.#finish(failures);
    const ending = failures.then((all) => thrown(this.#finish(all)));
    return (this.more.closing ??= ending);
  }

  /** What an end that is under way, or over, gives to whoever asks again. */
  #ending(): Ending {
    if (this.phase === CLOSED) return this.extras?.closing ?? this.extras?.failed;
    const { more } = this;
    // A disposer that closes its own scope comes here before anyone knows whether there will be a promise.
    more.closing ??= new Promise((resolve, reject) => {
      more.finished = (failed) => (failed === undefined ? resolve() : reject(failed.error));
    });
    return more.closing;
  }

  /** Leaves a shell behind: late code learns that this scope has ended, and nothing keeps its instances. */
  #finish(failures: readonly unknown[]): Failure | undefined {
    this.phase = CLOSED;
    this.slots = NO_SLOTS;
    this.pages = undefined;
    this.#unlink();
    const failed = Failure.of(failures);
    if (failed !== undefined) this.more.failed = failed;
    this.extras?.finished?.(failed);
    this.extras?.shed();
    return failed;
  }

  #unlink(): void {
    const { older, newer, enclosing, openScopes } = this;
    if (newer === undefined) openScopes.newest = older;
    else newer.older = older;
    if (older !== undefined) older.newer = newer;
    enclosing?.extras?.children?.delete(this);
    this.older = this.newer = this.enclosing = undefined;
  }
}

function endNested(this: unknown): Promise<void> | undefined {
  return thrown((this as Lifespan).end(PARENT_ENDED));
}

function abortOf(scope: Lifespan): Abort {
  const { more, enclosing } = scope;
  return (more.abort ??= new Abort(more.external, enclosing === undefined ? undefined : abortOf(enclosing)));
}

function configure(scope: Lifespan, options: LifespanOptions): void {
  const { name, signal, disposeTimeout, drainTimeout } = options;
  if (name !== undefined) scope.more.name = name;
  if (signal !== undefined) scope.more.external = signal;
  if (disposeTimeout !== undefined) scope.more.disposeTimeout = milliseconds(disposeTimeout, "disposeTimeout");
  if (drainTimeout !== undefined) scope.more.drainTimeout = milliseconds(drainTimeout, "drainTimeout");
}

/** The longest that Node's timers can wait; beyond it they fire at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

function milliseconds(value: number, option: string): number {
  if (typeof value !== "number" || !(value >= 0)) {
    throw new ScopeStateError(
      `Cannot open a scope with ${option} ${String(value)}: it is a time in milliseconds, 0 or more.`,
    );
  }
  return Math.min(value, LONGEST_TIMEOUT);
}

function notDisposable(): ScopeStateError {
  return new ScopeStateError(
    "Cannot use() a value that has no disposer.",
    "give it a [Symbol.asyncDispose] or [Symbol.dispose], or say how it ends with scope.defer(() => ...).",
  );
}
