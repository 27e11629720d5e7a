/** Who ends what was built: puts instances on the disposal stack of their owner. */
import { currentCell, enter } from "../context/cell.js";
import { ContainerDisposedError } from "../errors.js";
import { mayReturnAnother } from "../registry/source.js";
import type { Constructor } from "../registry/token.js";
import { announceDisposers } from "../scope/announce.js";
import { isGuarded, unguarded } from "../scope/behind.js";
import { DISPOSE } from "../scope/channels.js";
import { disposeAll, disposerOf, isObject, Link, PLAIN } from "../scope/disposal.js";
import { DEFAULT_TIMEOUT } from "../scope/extras.js";
import { Lifespan } from "../scope/lifespan.js";
import { DISPOSING } from "../scope/owner.js";
import { contextOf } from "./flight.js";
import { arose, currentFrame, within } from "./frame.js";
import type { Flight, Home, Plan } from "./plan.js";

/** Makes `home` the owner of a value that was built for it. */
export function claim<T>(home: Home, value: T, plan: Plan): T {
  if (home.phase >= DISPOSING) return tooLate(home, value, plan);
  home.own(value);
  return value;
}

/** The same for what a factory gave: it may be another's, and then it stays the other's. */
export function claimUnlessOwned<T>(home: Home, given: T, plan: Plan): T {
  const value = unguarded(given);
  if (isStandIn(value) || disposerOf(value) === undefined || isOwned(home, value)) return given;
  claim(home, value, plan);
  return given;
}

/** The same for what a constructor gave, which is another's only where the constructor returns what is there already. */
export function claimBuilt<T>(home: Home, value: T, target: Constructor, plan: Plan): T {
  const isOfClass = Object.getPrototypeOf(value) === target.prototype && !isGuarded(value);
  // Classes are read for it only where that matters: reading one is half of its first build.
  const isNew = isOfClass && (disposerOf(value) === undefined || !mayReturnAnother(target));
  return isNew ? claim(home, value, plan) : claimUnlessOwned(home, value, plan);
}

const standIns = new WeakSet<object>();
// Most programs have none, and looking costs each factory 20 ns.
let anyStandIn = false;

/** Remembers a stand-in of `delay`: what is behind it has its owner, and a look at its disposer would build it. */
export function standIn<T>(value: T): T {
  standIns.add(value as object);
  anyStandIn = true;
  return value;
}

/** Whether a look at any property would build what is behind it. */
export function isStandIn(value: unknown): boolean {
  return anyStandIn && isObject(value) && standIns.has(value);
}

/** Whether `value` has an owner already: this one, a scope around it, a container; or is an owner itself. */
function isOwned(home: Home, value: unknown): boolean {
  if (value instanceof Lifespan) return true;
  return home instanceof Lifespan ? home.isOwned(value) : home.containerOwns(value);
}

/** An instance that was finished while its owner was closing: it is disposed at once, and whoever waited hears why. */
export function tooLate(home: Home, value: unknown, plan: Plan): never {
  const disposer = disposerOf(value);
  if (disposer !== undefined) endLate(home, new Link(value, disposer, PLAIN, undefined), plan).catch(() => {});
  throw endedError(home, plan);
}

/** The same for what an async build has made: if it is too late, whoever waits is told when it has been disposed. */
export function claimInTime<T>(flight: Flight, given: T): T | Promise<T> {
  const { home, plan } = flight;
  if (!isOver(home, plan)) return claimUnlessOwned(home, given, plan);
  const value = unguarded(given);
  const disposer = disposerOf(value);
  if (disposer === undefined || wasOwned(flight, value)) throw endedError(home, plan);
  return endLate(home, new Link(value, disposer, PLAIN, undefined), plan);
}

/**
 * Whether nothing can be kept in `home` any more. A child container that had nothing to dispose is not known to the one
 * around it, and has not been told of that one's end.
 */
export function isOver(home: Home, { place }: Plan): boolean {
  return home.phase >= DISPOSING || (home.place === undefined && place.ended);
}

/** Whether what a late build has brought is another's, who ends it or has ended it. */
function wasOwned({ home, leftBy }: Flight, value: unknown): boolean {
  return isOwned(home, value) || leftBy.some((scope) => scope.hasOwned(value));
}

/**
 * Ends what came too late. Its waiter hears of the owner that has ended, so what goes wrong here is reported.
 *
 * Throws where there is nothing to wait for, else the promise rejects.
 */
export function endLate(home: Home, link: Link, plan: Plan): Promise<never> {
  const error = endedError(home, plan);
  const refuse = (failures: readonly unknown[]) => {
    for (const failure of failures) home.report(failure);
    throw error;
  };
  const stack = { top: link };
  if (DISPOSE.hasSubscribers) announceDisposers(stack, home instanceof Lifespan ? home.id : undefined);
  const failures = disposeAll(stack, { status: "aborted", reason: error }, timeoutOf(home));
  return failures instanceof Promise ? failures.then(refuse) : refuse(failures);
}

function timeoutOf(home: Home): number {
  return (home instanceof Lifespan ? home.extras?.disposeTimeout : undefined) ?? DEFAULT_TIMEOUT;
}

/** Ends what a promise brings that nobody will ever hold; what goes wrong on the way is reported. */
export function abandon(home: Home, promise: PromiseLike<unknown>, owned: boolean): void {
  const end = (given: unknown) => {
    const value = unguarded(given);
    return owned && !isOwned(home, value) ? disposerOf(value)?.call(value) : undefined;
  };
  Promise.resolve(promise).then(end).catch(home.report);
}

/** Why nothing can be built for `home` any more. */
export function endedError(home: Home, plan: Plan): Error {
  if (!(home instanceof Lifespan)) return new ContainerDisposedError();
  return arose(home.ended(`resolve ${plan.name}`), plan);
}

/** The first step of a generator, and each long-lived build, runs in the Context of its home, whoever asks. */
export function inHome<R>(home: Home, step: () => R): R {
  const own = contextOf(home);
  if (currentCell() === own) return step();
  // It is still part of what is being built, which entering a Context would hide.
  const frame = currentFrame();
  return enter(own, frame === undefined ? step : () => within(frame, step));
}
