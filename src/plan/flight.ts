/** Async builds under way: one per instance, so that all who ask share it, and cycles of waiting are found. */
import { ContextCell, currentCell, enter, fork, rootCell } from "../context/cell.js";
import { CyclicDependencyError } from "../errors.js";
import { Lifespan } from "../scope/lifespan.js";
import { arose, frameOf, holderOf, within } from "./frame.js";
import type { Flight, Home, Plan } from "./plan.js";

/** The build of this instance that is under way, if any. */
export function flightFor(home: Home, key: object): Flight | undefined {
  return home.flights?.get(key) as Flight | undefined;
}

/** Starts a build. With a `key`, others who want the same instance can join it until it has settled. */
export function fly(
  plan: Plan,
  home: Home,
  key: object | undefined,
  waiter: Flight | undefined,
  build: (flight: Flight) => unknown,
): unknown {
  const flight: Flight = {
    plan,
    home,
    holder: holderOf(plan, home),
    waiter,
    waitsFor: new Set(),
    promise: undefined,
    current: undefined,
    settled: false,
    leftBy: NOBODY,
  };
  (home.flights ??= new Map()).set(key ?? flight, flight);
  waiter?.waitsFor.add(flight);
  const land = () => {
    flight.settled = true;
    flight.waiter = undefined;
    flight.waitsFor.clear();
    // Its Context lives for as long as a timer or a socket that it began: what it built must not.
    flight.promise = undefined;
    flight.leftBy = NOBODY;
    home.flights?.delete(key ?? flight);
    if (home.flights?.size === 0) home.flights = undefined;
  };
  let result: unknown;
  try {
    result = within(frameOf(flight), () => build(flight));
  } catch (error) {
    land();
    throw error;
  }
  if (!(result instanceof Promise)) {
    land();
    return result;
  }
  const promise = result.finally(land);
  // Its waiters hear of a failure; a flight that nobody waits for any more is nobody's unhandled rejection.
  promise.catch(() => {});
  flight.promise = promise;
  return promise;
}

const NOBODY: readonly never[] = [];

/**
 * Waits for a build that somebody else has started.
 *
 * @throws CyclicDependencyError ERR_AMBIT_CYCLE when that build waits, directly or not, for the waiter
 */
export function join(flight: Flight, waiter: Flight | undefined): Promise<unknown> {
  const circle = waiter === undefined ? undefined : circleBetween(flight, waiter);
  if (flight.promise === undefined || circle !== undefined) throw cycleOf(flight, circle ?? [flight]);
  waiter?.waitsFor.add(flight);
  return flight.promise;
}

/** The builds from one to another, along which each waits for the next; `undefined` where there are none. */
function circleBetween(from: Flight, to: Flight, seen = new Set<Flight>()): readonly Flight[] | undefined {
  if (from === to) return [from];
  seen.add(from);
  for (const next of from.waitsFor) {
    const rest = seen.has(next) ? undefined : circleBetween(next, to, seen);
    if (rest !== undefined) return [from, ...rest];
  }
  return undefined;
}

/** How many builds of what `plan` builds are under way, from `waiter` outwards, each for the one before it. */
export function buildsAround({ registration }: Plan, waiter: Flight | undefined): number {
  let builds = 0;
  for (let flight = waiter; flight !== undefined; flight = flight.waiter)
    if (flight.plan.registration === registration) builds++;
  return builds;
}

function cycleOf(start: Flight, circle: readonly Flight[]): CyclicDependencyError {
  const names = [...circle, start].map(({ plan }) => plan.name);
  return arose(new CyclicDependencyError(names), start.plan);
}

/**
 * Calls `fn` in the Context of `home`, marked as the flow of `flight`, so that what it asks for after an await is asked
 * for by that build.
 */
export function enterFlight<A extends unknown[], R>(flight: Flight, fn: (...args: A) => R, ...args: A): R {
  const cell = fork(contextOf(flight.home), new ContextCell());
  cell.flight = flight;
  flight.current = cell.scope;
  return enter(cell, fn, ...args);
}

/** The Context of an owner: a scope's own, the root's for what outlives scopes. No other scope is current in it. */
export function contextOf(home: Home): ContextCell {
  if (home instanceof Lifespan) return withScope(home, home);
  return home.longLived ? withScope(rootCell, undefined) : currentCell();
}

/** `cell` itself, or a fork where `enterScope` made another scope current in it. */
function withScope(cell: ContextCell, scope: object | undefined): ContextCell {
  if (cell.scope === scope) return cell;
  const forked = fork(cell, new ContextCell());
  forked.scope = scope;
  return forked;
}

/** The unfinished build in whose flow a Context is, be it in a scope that was opened there. */
export function flightOf({ flight }: ContextCell): Flight | undefined {
  return flight === undefined || (flight as Flight).settled ? undefined : (flight as Flight);
}
