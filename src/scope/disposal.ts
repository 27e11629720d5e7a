/** How instances end: which values have a disposer, and the newest-first stack of what one owner has to dispose. */
import { DisposalError, DisposeTimeoutError } from "../errors.js";
import { classNameOf } from "./class-name.js";
import type { Outcome } from "./outcome.js";

/** Ends one value; called as a method of it. May return a promise, which is awaited before the next one runs. */
export type Disposer = (this: unknown, outcome?: Outcome) => unknown;

/** A user's disposer: called without arguments, and not waited for longer than the owner's `disposeTimeout`. */
export const PLAIN = 0;
/** A generator or a `defer` callback: it is told the outcome. */
export const TOLD = 1;
/** A nested scope: it has timeouts of its own. */
export const NESTED = 2;
/** Of ambit itself: told the outcome, at once, and nobody hears of it. */
export const OWN = 3;
export type Kind = typeof PLAIN | typeof TOLD | typeof NESTED | typeof OWN;

/** One thing to dispose, and those that were built before it. */
export class Link {
  constructor(
    readonly value: unknown,
    readonly dispose: Disposer,
    readonly kind: Kind,
    public next: Link | undefined,
  ) {}
}

/** What `disposerOf` looks at, in this order. */
export const DISPOSER_KEYS = [Symbol.asyncDispose, Symbol.dispose, "dispose"] as const;
export type DisposerKey = (typeof DISPOSER_KEYS)[number];

type MaybeDisposable = { readonly [key in DisposerKey]?: unknown };

/** The disposer of `value`: `[Symbol.asyncDispose]`, else `[Symbol.dispose]`, else tsyringe's `dispose()`, else none. */
export function disposerOf(value: unknown): Disposer | undefined {
  if (!isObject(value)) return undefined;
  try {
    return disposerIn(value);
  } catch {
    // An object that throws for what it does not have is asked whether it has it, which costs more.
    const had = DISPOSER_KEYS.filter((key) => key in value);
    return disposerIn(Object.fromEntries(had.map((key) => [key, Reflect.get(value, key)])));
  }
}

function disposerIn(value: MaybeDisposable): Disposer | undefined {
  const { [Symbol.asyncDispose]: asyncDispose, [Symbol.dispose]: syncDispose } = value;
  if (typeof asyncDispose === "function") return asyncDispose as Disposer;
  if (typeof syncDispose === "function") return syncDispose as Disposer;
  const { dispose } = value;
  return isDisposer(dispose, "dispose") ? dispose : undefined;
}

/** Whether what stands under a key is a disposer. tsyringe's own rule: a `dispose` that wants arguments is something else. */
export function isDisposer(found: unknown, key: DisposerKey): found is Disposer {
  return typeof found === "function" && (key !== "dispose" || found.length === 0);
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (!isObject(value)) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    // As above: it has none, or none that could be called.
    return false;
  }
}

/** Something that has a stack to dispose. */
export interface Stack {
  top: Link | undefined;
}

let waiting = true;

/** From now on disposers are called, and not waited for: the process is exiting. */
export function stopWaiting(): void {
  waiting = false;
}

/** Whether what takes time is still waited for. */
export function isWaiting(): boolean {
  return waiting;
}

const NO_FAILURES: readonly unknown[] = [];

/**
 * Disposes a stack, newest first, each awaited before the next; a failure does not stop the others.
 *
 * Runs synchronously up to the first disposer that returns a promise. Each link is taken off before it is called, so
 * that what is still on the stack is what has not been disposed.
 *
 * @param timeout how long one disposer is waited for, in milliseconds
 * @param failures what disposers before these threw
 * @returns what the disposers threw, in the order in which they ran
 */
export function disposeAll(
  stack: Stack,
  outcome: Outcome,
  timeout: number,
  failures = NO_FAILURES,
): readonly unknown[] | Promise<readonly unknown[]> {
  for (let link = stack.top; link !== undefined; link = stack.top) {
    stack.top = link.next;
    try {
      const result = callDisposer(link, outcome);
      if (waiting && isThenable(result)) return disposeRest(stack, outcome, timeout, failures, link, result);
    } catch (error) {
      failures = withFailure(failures, link, error);
    }
  }
  return failures;
}

function callDisposer({ value, dispose, kind }: Link, outcome: Outcome): unknown {
  return kind === TOLD || kind === OWN ? dispose.call(value, outcome) : dispose.call(value);
}

/** The same from the first promise on. */
async function disposeRest(
  stack: Stack,
  outcome: Outcome,
  timeout: number,
  failures: readonly unknown[],
  first: Link,
  pending: PromiseLike<unknown>,
): Promise<readonly unknown[]> {
  try {
    await settle(pending, first, timeout);
  } catch (error) {
    failures = withFailure(failures, first, error);
  }
  return disposeAll(stack, outcome, timeout, failures);
}

/** A nested scope tells of several failures as several, and of one that another has told of already not again. */
function withFailure(failures: readonly unknown[], { kind }: Link, error: unknown): readonly unknown[] {
  if (kind !== NESTED) return [...failures, error];
  const told = error instanceof DisposalError ? (error.errors as unknown[]) : [error];
  return [...failures, ...told.filter((one) => !isObject(one) || !failures.includes(one))];
}

/** Waits for a disposer, but not for ever. */
function settle(pending: PromiseLike<unknown>, { value, kind }: Link, timeout: number): Promise<unknown> {
  const promise = Promise.resolve(pending);
  if (kind === NESTED) return promise;
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new DisposeTimeoutError(nameOf(value), timeout)), timeout);
    promise.then(
      () => {
        clearTimeout(timer);
        resolve();
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** What is disposed, in words. It is not asked itself: a getter of its own may throw. */
export function nameOf(value: unknown): string {
  if (!isObject(value)) return "a deferred callback";
  if (typeof value !== "function") return classNameOf(value);
  const name: unknown = Object.getOwnPropertyDescriptor(value, "name")?.value;
  return typeof name === "string" && name !== "" ? name : "a function";
}

/** What an end that is already over threw. */
export class Failure {
  constructor(readonly error: unknown) {}

  /** Of what the disposers threw: nothing for none, a single one as it is, several as a `DisposalError`. */
  static of(errors: readonly unknown[]): Failure | undefined {
    if (errors.length === 0) return undefined;
    return new Failure(errors.length === 1 ? errors[0] : new DisposalError(errors));
  }
}

/** What an end gives: a promise only when something has to be awaited; nothing when all went well without. */
export type Ending = Promise<void> | Failure | undefined;

/** Turns the failure of an end that is over into a throw. */
export function thrown(ending: Ending): Promise<void> | undefined {
  if (ending instanceof Failure) throw ending.error;
  return ending;
}
