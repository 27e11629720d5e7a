/** Tells those who subscribe of the ends of scopes, and of each disposer. */
import { DISPOSE, now, SCOPE_CLOSE } from "./channels.js";
import { type Disposer, isObject, isThenable, Link, NESTED, nameOf, OWN, type Stack } from "./disposal.js";
import type { AnnouncedEnd } from "./extras.js";
import type { Outcome } from "./outcome.js";

/** A scope, as far as its end goes. */
interface Ending {
  readonly id: string;
  readonly more: { readonly silent: boolean; readonly holds: number; announced: AnnouncedEnd | undefined };
}

/** A scope begins to end. */
export function announceClosing(scope: Ending, outcome: Outcome): void {
  const { more } = scope;
  if (more.silent) return;
  const since = now();
  more.announced = { since, outcome };
  SCOPE_CLOSE.publish({
    step: "begin",
    scopeId: scope.id,
    time: since,
    outcome: outcome.status,
    holds: more.holds,
  });
}

/** It has ended. */
export function announceClosed({ id }: Ending, { since, outcome }: AnnouncedEnd, failures: readonly unknown[]): void {
  const time = now();
  SCOPE_CLOSE.publish({
    step: "end",
    scopeId: id,
    time,
    outcome: outcome.status,
    reason: outcome.status === "error" ? outcome.error : outcome.status === "aborted" ? outcome.reason : undefined,
    duration: time - since,
    failures,
  });
}

const names = new WeakMap<object, string>();

/** Remembers as what `value` was built. */
export function builtAs(name: string, value: unknown): void {
  if (isObject(value)) names.set(value, name);
}

/** From now on each disposer on this stack says when it has run. */
export function announceDisposers(stack: Stack, scopeId: string | undefined): void {
  const links: Link[] = [];
  for (let link = stack.top; link !== undefined; link = link.next) links.push(link);
  stack.top = undefined;
  for (const link of links.reverse()) stack.top = announcing(link, stack, scopeId);
}

/** By stack: what is being disposed, while somebody subscribes. */
const underWay = new WeakMap<Stack, string>();

/** What of this stack is being disposed just now, as far as that has been told. */
export function disposingOf(stack: Stack): string | undefined {
  return underWay.get(stack);
}

function announcing({ value, dispose, kind }: Link, stack: Stack, scopeId: string | undefined): Link {
  // Nested scopes announce themselves, and what ambit has put there itself is nobody's disposer.
  if (kind === NESTED || kind === OWN) return new Link(value, dispose, kind, stack.top);
  return new Link(value, timed(dispose, names.get(value as object) ?? nameOf(value), stack, scopeId), kind, stack.top);
}

function timed(dispose: Disposer, name: string, stack: Stack, scopeId: string | undefined): Disposer {
  return function (this: unknown, ...args) {
    const time = now();
    underWay.set(stack, name);
    const tell = (failed: boolean, error?: unknown) => {
      // One that took too long was left behind: by now another's turn may have come.
      if (underWay.get(stack) === name) underWay.delete(stack);
      DISPOSE.publish({ name, scopeId, time, duration: now() - time, failed, error });
    };
    const fail = (error: unknown): never => {
      tell(true, error);
      throw error;
    };
    let result: unknown;
    try {
      result = dispose.apply(this, args);
    } catch (error) {
      return fail(error);
    }
    if (isThenable(result)) return Promise.resolve(result).then(() => tell(false), fail);
    tell(false);
    return result;
  };
}
