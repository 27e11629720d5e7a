/** When a plan makes a value, and where it keeps it. */
import { AsyncDependencyError, CyclicDependencyError } from "../errors.js";
import { Lifecycle } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import { Lifespan } from "../scope/lifespan.js";
import { DISPOSING } from "../scope/owner.js";
import { claimBuilt, endedError, inHome } from "./claim.js";
import { flightFor, fly, join } from "./flight.js";
import { arose, Holding, within } from "./frame.js";
import { noScope } from "./lost-context.js";
import type { Maker } from "./make.js";
import { type KeptIn, promoteWhenOften, type Recipe } from "./own-code.js";
import type { Flight, Get, GetAsync, Home, Plan } from "./plan.js";
import type { Resolution } from "./resolution.js";
import {
  arrayOf,
  BUSY,
  IS_UNDEFINED,
  indexOf,
  keepInSlot,
  keptInSlot,
  pageNumberOf,
  readSlot,
  SLOTS_FLAT,
  slotsOfPage,
  unmasked,
} from "./slots.js";

/** Gives `plan` its two ways to give a value, by lifetime. */
export function applyLifetime(plan: Plan, registration: Registration, maker: Maker): void {
  plan.make = maker.make;
  switch (plan.lifecycle) {
    case Lifecycle.Transient:
      return eachTime(plan, maker);
    case Lifecycle.ResolutionScoped:
      return oncePerResolution(plan, registration, maker);
    case Lifecycle.ContextScoped:
      return oncePerScope(plan, registration, maker);
    default:
      return oncePerPlace(plan, registration, maker);
  }
}

function eachTime(plan: Plan, { make, makeAsync, recipe }: Maker): void {
  plan.get = make;
  if (recipe !== undefined) promoteWhenOften(plan, recipe);
  plan.getAsync = plan.async
    ? (home, resolution, waiter) => fly(plan, home, undefined, waiter, (flight) => makeAsync(home, resolution, flight))
    : (home, resolution) => plan.get(home, resolution);
}

// Resolution-scoped

function oncePerResolution(plan: Plan, registration: Registration, { makeAsync, recipe }: Maker): void {
  if (recipe !== undefined) promoteWhenOften(plan, recipe);
  plan.get = (home, resolution) => {
    const instances = (resolution as Resolution).of(home);
    if (instances.has(registration)) return settledOne(instances.get(registration), plan);
    const value = plan.make(home, resolution);
    instances.set(registration, value);
    return value;
  };
  plan.getAsync = plan.async ? oncePerResolutionAsync(plan, registration, makeAsync) : plan.get;
}

function oncePerResolutionAsync(plan: Plan, registration: Registration, makeAsync: GetAsync): GetAsync {
  return (home, resolution, waiter) => {
    const instances = (resolution as Resolution).of(home);
    if (instances.has(registration)) {
      const known = instances.get(registration);
      return known instanceof UnderWay ? known.share(home, waiter) : known;
    }
    const key = {};
    const build = fly(plan, home, key, waiter, (flight) => makeAsync(home, resolution, flight));
    instances.set(registration, new UnderWay(key, build));
    if (build instanceof Promise) build.then((value) => instances.set(registration, value)).catch(() => {});
    else instances.set(registration, build);
    return build;
  };
}

/** An async build of this resolution: whoever waits shares it. */
class UnderWay {
  constructor(
    readonly key: object,
    readonly build: unknown,
  ) {}

  /** Joins the flight; what has landed is there a moment before its resolution keeps it. */
  share(home: Home, waiter: Flight | undefined): unknown {
    const flight = flightFor(home, this.key);
    return flight === undefined ? this.build : join(flight, waiter);
  }
}

/** What stands for a delayed class is used without waiting, perhaps while what it needs is being built. */
function settledOne(known: unknown, plan: Plan): unknown {
  if (known instanceof UnderWay) throw arose(new AsyncDependencyError(plan.name), plan);
  return known;
}

// Singleton, container-scoped, thread-scoped: its place keeps the instance, and its home owns it

function oncePerPlace(plan: Plan, registration: Registration, { makeAsync }: Maker): void {
  const { instances } = plan.place;
  const home = plan.place.home as Home;
  const known = instances.get(registration);
  if (known !== undefined && known !== BUSY) return plan.settle(unmasked(known));

  const keep = (value: unknown) => {
    instances.set(registration, value === undefined ? IS_UNDEFINED : value);
    plan.settle(value);
    return value;
  };
  plan.get = (_, resolution) => {
    const earlier = instances.get(registration);
    if (earlier === BUSY) throw cycle(plan);
    // Another plan of this registration, made before something was registered, may have built it meanwhile.
    if (earlier !== undefined) return keep(unmasked(earlier));
    assertLiving(home, plan);
    assertNotUnderWay(plan, home, registration);
    instances.set(registration, BUSY);
    try {
      return keep(inHome(home, () => within(new Holding(plan, home), () => plan.make(home, resolution))));
    } catch (error) {
      instances.delete(registration);
      throw error;
    }
  };
  plan.getAsync = (_, resolution, waiter) => {
    const earlier = instances.get(registration);
    const flight = flightFor(home, registration);
    if (flight !== undefined && earlier === undefined) return join(flight, waiter);
    if (!plan.async || earlier !== undefined) return plan.get(home, resolution);
    assertLiving(home, plan);
    return fly(plan, home, registration, waiter, (own) => {
      const made = inHome(home, () => makeAsync(home, resolution, own));
      return made instanceof Promise ? made.then(keep) : keep(made);
    });
  };
}

function assertLiving(home: Home, plan: Plan): void {
  if (home.phase >= DISPOSING) throw endedError(home, plan);
}

/**
 * A second, synchronous build beside an async one would make a second instance. The plan need not be async any more:
 * it may have been made anew when all that the build waits for was there.
 */
function assertNotUnderWay(plan: Plan, home: Home, registration: Registration): void {
  if (flightFor(home, registration) !== undefined) throw arose(new AsyncDependencyError(plan.name), plan);
}

// Context-scoped: the scope keeps the instance in the slot of its registration

function oncePerScope(plan: Plan, registration: Registration, { makeAsync, recipe }: Maker): void {
  const { slot, scopeName } = registration;
  const build = scopedBuild(plan, registration);
  const buildAsync = scopedBuildAsync(plan, registration, makeAsync);
  const isNamed = scopeName !== undefined || registration.pinnedTo !== undefined;
  if (isNamed) return oncePerNamedScope(plan, registration, build, buildAsync);
  if (slot < SLOTS_FLAT) plan.flat = slot;
  plan.get = slot < SLOTS_FLAT ? flatGet(plan, slot, build) : pagedGet(slot, build);
  if (recipe !== undefined) promoteWhenOften(plan, recipe, { slot, build, late: lateIn(plan, slot, recipe) });
  plan.getAsync = (home, resolution, waiter) =>
    plan.async || home.flights !== undefined ? buildAsync(home, resolution, waiter) : plan.get(home, resolution);
}

/** In the nearest scope of its name, or in the one scope that it was made for. It is built for that scope. */
function oncePerNamedScope(plan: Plan, { slot, pinnedTo }: Registration, build: Get, buildAsync: GetAsync): void {
  const find = (home: Home) => (pinnedTo as Home | undefined) ?? scopeNamed(home, plan);
  plan.get = (home, resolution) => {
    const owner = find(home);
    const kept = keptInSlot(owner, slot);
    if (kept !== undefined) return kept.value;
    return within(new Holding(plan, owner), () => build(owner, resolution));
  };
  plan.getAsync = plan.async ? (home, resolution, waiter) => buildAsync(find(home), resolution, waiter) : plan.get;
}

/** The hot path of a request, in one function: a second call would cost 5 ns an instance. */
function flatGet(plan: Plan, slot: number, build: Get): Get {
  const { place } = plan;
  return (home, resolution) => {
    const found = home.slots[slot];
    if (found !== undefined) return found === BUSY || found === IS_UNDEFINED ? build(home, resolution) : found;
    if (home.place !== place || home.phase >= DISPOSING || home.flights !== undefined) return build(home, resolution);
    const { slots } = home;
    slots[slot] = BUSY;
    let value: unknown;
    try {
      value = plan.make(home, resolution);
    } catch (error) {
      // What has ended meanwhile has other slots: none.
      slots[slot] = undefined;
      throw error;
    }
    if (home.phase >= DISPOSING || value === undefined) return keep(plan, home, slot, value);
    home.slots[slot] = value;
    return value;
  };
}

/** For what was finished while its scope was ending, perhaps by its own constructor. */
function lateIn(plan: Plan, slot: number, { owned, target }: Recipe): KeptIn["late"] {
  return (home, value) => keep(plan, home, slot, owned ? claimBuilt(home, value, target, plan) : value);
}

function pagedGet(slot: number, build: Get): Get {
  const page = pageNumberOf(slot);
  const index = indexOf(slot);
  return (home, resolution) => {
    const value = slotsOfPage(home, page)?.[index];
    return value !== undefined && value !== BUSY && value !== IS_UNDEFINED ? value : build(home, resolution);
  };
}

/** Builds what is not in its slot, or says why it cannot. */
function scopedBuild(plan: Plan, registration: Registration): Get {
  const { slot } = registration;
  const index = indexOf(slot);
  return (home, resolution) => {
    const found = readSlot(home, slot);
    if (found === IS_UNDEFINED) return undefined;
    if (found === BUSY) throw cycle(plan);
    if (found !== undefined) return found;
    if (home.place !== plan.place) return planIn(home, plan, registration).get(home, resolution);
    assertLiving(home, plan);
    assertNotUnderWay(plan, home, registration);
    const slots = arrayOf(home, slot);
    slots[index] = BUSY;
    try {
      return keep(plan, home, slot, plan.make(home, resolution));
    } catch (error) {
      // With no call: there may be no room for one on the stack.
      slots[index] = undefined;
      throw error;
    }
  };
}

function scopedBuildAsync(plan: Plan, registration: Registration, makeAsync: GetAsync): GetAsync {
  const { slot } = registration;
  return (home, resolution, waiter) => {
    const found = readSlot(home, slot);
    const flight = flightFor(home, registration);
    if (flight !== undefined && found === undefined) return join(flight, waiter);
    if (!plan.async || found !== undefined) return plan.get(home, resolution);
    if (home.place !== plan.place) return planIn(home, plan, registration).getAsync(home, resolution, waiter);
    assertLiving(home, plan);
    return fly(plan, home, registration, waiter, (own) => {
      const made = makeAsync(home, resolution, own);
      return made instanceof Promise
        ? made.then((value) => keep(plan, home, slot, value))
        : keep(plan, home, slot, made);
    });
  };
}

function keep(plan: Plan, home: Home, slot: number, value: unknown): unknown {
  // A constructor may have closed its own scope.
  assertLiving(home, plan);
  keepInSlot(home, slot, value);
  return value;
}

/** The plan in the scope's own container; refuses an owner that is no scope. */
function planIn(home: Home, plan: Plan, registration: Registration): Plan {
  if (home.place === undefined) throw arose(noScope(plan.name, plan.scopeName, home.family), plan);
  return home.planOf(registration);
}

function scopeNamed(home: Home, plan: Plan): Home {
  const scope = nearestNamed(home, plan.scopeName);
  if (scope === undefined) throw arose(noScope(plan.name, plan.scopeName, home.family), plan);
  return scope;
}

/** Where a context-lived instance is kept for `home`: in the one scope that it was made for, the nearest of its name, or `home`. */
export function whereKept(home: Home, { pinnedTo, scopeName }: Registration): Home | undefined {
  return (pinnedTo as Home | undefined) ?? (scopeName === undefined ? home : nearestNamed(home, scopeName));
}

/** The nearest scope of that name, from `home` outwards. */
export function nearestNamed(home: Home, name: string | undefined): Home | undefined {
  for (let scope: Home | undefined = home; scope !== undefined; scope = around(scope)) {
    if (scope instanceof Lifespan && scope.name === name) return scope;
  }
  return undefined;
}

function around(home: Home): Home | undefined {
  return home instanceof Lifespan ? (home.enclosing as Home | undefined) : undefined;
}

function cycle(plan: Plan): CyclicDependencyError {
  return arose(new CyclicDependencyError([plan.name, plan.name]), plan);
}
