/** Tells those who subscribe of what is built, and of what is asked for: plans are made anew when they come and go. */
import { currentCell } from "../context/cell.js";
import { flightOf } from "../plan/flight.js";
import type { Maker } from "../plan/make.js";
import type { Flight, Home, Plan } from "../plan/plan.js";
import { scopeIn } from "../plan/scope-in.js";
import { builtAs } from "../scope/announce.js";
import { now, numberOf, RESOLVE } from "../scope/channels.js";
import { Lifespan } from "../scope/lifespan.js";

/** What is being built, and for what. */
interface Step {
  readonly plan: Plan;
  readonly above: Step | undefined;
}

/** On the call stack. */
let current: Step | undefined;
const byFlight = new WeakMap<Flight, Step>();
/** How many builds have begun: whether one has, while something was asked for. */
let begun = 0;

/** `maker`, telling of each build. */
export function watchedMaker(plan: Plan, { make, makeAsync }: Maker): Maker {
  const watched: Maker["make"] = (home, resolution) => build(plan, home, undefined, () => make(home, resolution));
  return {
    make: watched,
    makeAsync: plan.async
      ? (home, resolution, flight) => build(plan, home, flight, () => makeAsync(home, resolution, flight))
      : watched,
  };
}

function build(plan: Plan, home: Home, flight: Flight | undefined, make: () => unknown): unknown {
  begun++;
  const step = { plan, above: above() };
  if (flight !== undefined) byFlight.set(flight, step);
  const scopeId = home instanceof Lifespan ? home.id : undefined;
  return told({ step, scopeId, built: true }, () => {
    const before = current;
    current = step;
    try {
      return make();
    } finally {
      current = before;
    }
  });
}

function above(): Step | undefined {
  const flight = flightOf(currentCell());
  return current ?? (flight && byFlight.get(flight));
}

/**
 * Asks for what `plan` stands for. Tells of it where nothing is built for that, which would be told of itself.
 *
 * The arguments of `ask` stand apart because a closure of them would cost each `resolve`, also where nobody subscribes.
 */
export function watchedAsk<A extends unknown[], T>(
  plan: Plan,
  scope: Lifespan | undefined,
  ask: (...args: A) => T,
  ...args: A
): T {
  const before = begun;
  const home = scope ?? scopeIn(currentCell(), plan.place.family);
  const step = { plan, above: above() };
  return told({ step, scopeId: home?.id, built: false, isTold: () => begun === before }, () => ask(...args));
}

interface Telling {
  readonly step: Step;
  readonly scopeId: string | undefined;
  readonly built: boolean;
  /** Asked when the synchronous part is over. */
  readonly isTold?: () => boolean;
}

function told<T>({ step, scopeId, built, isTold }: Telling, work: () => T): T {
  const time = now();
  const tell = (async: boolean, failed: boolean, error?: unknown) =>
    RESOLVE.publish({
      name: step.plan.name,
      lifetime: step.plan.step().lifetime,
      scopeId,
      containerId: numberOf(step.plan.place.container),
      built,
      async,
      time,
      duration: now() - time,
      path: pathOf(step),
      failed,
      error,
    });
  let value: T;
  try {
    value = work();
  } catch (error) {
    if (isTold?.() ?? true) tell(false, true, error);
    throw error;
  }
  if (!(isTold?.() ?? true)) return value;
  if (!(value instanceof Promise)) {
    if (built) builtAs(step.plan.name, value);
    tell(false, false);
    return value;
  }
  // Whoever waits for it hears of a failure: this one only listens.
  value.then(
    (there: unknown) => {
      if (built) builtAs(step.plan.name, there);
      tell(true, false);
    },
    (error: unknown) => tell(true, true, error),
  );
  return value;
}

function pathOf(step: Step): string[] {
  const path: string[] = [];
  for (let at: Step | undefined = step; at !== undefined; at = at.above) path.unshift(at.plan.name);
  return path;
}
