/** How each kind of provider makes a value. Lifetimes are another file's business. */
import { AsyncDependencyError, RegistrationError } from "../errors.js";
import { isObject, isThenable } from "../scope/disposal.js";
import { Lifespan } from "../scope/lifespan.js";
import {
  abandon,
  claim,
  claimInTime,
  claimGenerator,
  claimKeyed,
  claimUnlessOwned,
  disposerKeyOf,
  endedError,
  inHome,
  isStandIn,
  isOver,
} from "./claim.js";
import { construct, gather, gatherAsync } from "./construct.js";
import { enterFlight } from "./flight.js";
import { arose, frameOf, passed, within } from "./frame.js";
import { Lifecycle, outlivesScopes } from "./lifecycle.js";
import type { Flight, Get, GetAsync, Home, Plan, Source } from "./plan.js";
import type { Registration } from "./registration.js";
import { mayReturnAnother } from "./source.js";
import type { Constructor } from "./token.js";

/** Makes values: `make` now, `makeAsync` with the flight that the build is. */
export interface Maker {
  readonly make: Get;
  readonly makeAsync: GetAsync;
}

/** Makes instances of a class. */
export function classMaker(plan: Plan, target: Constructor, sources: readonly Source[], owned: boolean): Maker {
  const bare = construct(plan, target, sources);
  const make = owned ? owning(plan, target, bare) : bare;
  if (!plan.async) return { make, makeAsync: make };
  const finish = (_: Home, args: unknown[], flight: Flight) => {
    const value = new target(...args);
    return owned ? claimInTime(flight, value) : value;
  };
  return { make, makeAsync: afterArguments(sources, finish) };
}

/** Has what is built owned by whom it is built for. A check of each instance costs 11 ns, so most classes have none. */
function owning(plan: Plan, target: Constructor, bare: Get): Get {
  const key = disposerKeyOf(target);
  if (key === "anywhere" || mayReturnAnother(target)) return careful(plan, target, bare);
  if (key === "nowhere") return bare;
  return (home, resolution) => claimKeyed(home, bare(home, resolution), key, plan);
}

/** The same for a class whose constructor may give another's instance. */
function careful(plan: Plan, { prototype }: Constructor, bare: Get): Get {
  return (home, resolution) => {
    const value = bare(home, resolution);
    const isNew = Object.getPrototypeOf(value) === prototype;
    return isNew ? claim(home, value, plan) : claimUnlessOwned(home, value, plan);
  };
}

/** Gathers the arguments, waiting where that is needed, and goes on with them for whom they were gathered. */
function afterArguments(
  sources: readonly Source[],
  finish: (home: Home, args: unknown[], flight: Flight) => unknown,
): GetAsync {
  return (home, resolution, own) => {
    const flight = own as Flight;
    const goOn = (args: unknown[]) => {
      try {
        return within(frameOf(flight.plan, home), () => finish(home, args, flight));
      } catch (error) {
        throw passed(error, flight.plan);
      }
    };
    const args = gatherAsync(sources, home, resolution, flight);
    if (!(args instanceof Promise)) return goOn(args);
    return args.then((values) => {
      // What they belong to may be disposed by now: nothing is built of that any more.
      if (isOver(home, flight.plan)) throw endedError(home, flight.plan);
      return goOn(values);
    });
  };
}

/** Calls a factory. */
export function factoryMaker(plan: Plan, registration: Registration, sources: readonly Source[]): Maker {
  const { provider, owned, lifecycle } = registration;
  const caching = lifecycle !== Lifecycle.Transient;
  const produce = (args: unknown[]) => {
    try {
      return provider.useFactory?.(...args);
    } catch (error) {
      throw passed(error, plan);
    }
  };
  const call = (home: Home, args: unknown[]) => {
    const value = produce(args);
    if (caching && !isStandIn(value) && isThenable(value)) throw thenableFactory(plan, home, value, owned);
    return value;
  };
  const make: Get = (home, resolution) => {
    const value = call(home, gather(sources, home, resolution));
    return owned ? claimUnlessOwned(home, value, plan) : value;
  };
  if (!plan.async) return { make, makeAsync: make };
  const finish = (home: Home, args: unknown[], flight: Flight) => {
    const value = call(home, args);
    return owned ? claimInTime(flight, value) : value;
  };
  return { make, makeAsync: afterArguments(sources, finish) };
}

function thenableFactory(plan: Plan, home: Home, value: PromiseLike<unknown>, owned: boolean): RegistrationError {
  abandon(home, value, owned);
  return refusal(
    plan,
    "its useFactory returned a promise, which all who share it would have to await.",
    `register ${plan.name} with useAsyncFactory, and resolve it with resolveAsync.`,
  );
}

/** Why a provider cannot be used as it is, which shows only when it is called. */
function refusal(plan: Plan, reason: string, fix: string): RegistrationError {
  return arose(new RegistrationError(`Cannot build ${plan.name}: ${reason}`, fix), plan);
}

/** Calls an async factory, in the Context of what it builds for. */
export function asyncFactoryMaker(plan: Plan, { provider, owned }: Registration, sources: readonly Source[]): Maker {
  const makeAsync = afterArguments(sources, async (_, args, flight) => {
    const value = await naming(plan, () => enterFlight(flight, () => provider.useAsyncFactory?.(...args)));
    return owned ? claimInTime(flight, value) : value;
  });
  return { make: () => refuseSync(plan), makeAsync };
}

/** Awaits what the provider of `plan` does, and names it in the path of what that asked for in vain. */
async function naming<T>(plan: Plan, work: () => T): Promise<Awaited<T>> {
  try {
    return await work();
  } catch (error) {
    throw passed(error, plan);
  }
}

function refuseSync(plan: Plan): never {
  throw arose(new AsyncDependencyError(plan.name), plan);
}

/** Runs a generator to its yield. */
export function generatorMaker(plan: Plan, { provider }: Registration, sources: readonly Source[]): Maker {
  const start = (args: unknown[]) => provider.useGenerator?.(...args);
  if (isAsyncGenerator(provider.useGenerator)) {
    const makeAsync = afterArguments(sources, async (home, args, flight) => {
      assertOwnable(plan, home);
      const steps = enterFlight(flight, start, args) as AsyncIterator<unknown>;
      const yielded = await naming(plan, () => enterFlight(flight, () => steps.next()));
      return claimGenerator(home, steps, yielded, plan);
    });
    return { make: () => refuseSync(plan), makeAsync };
  }
  const finish = (home: Home, args: unknown[]) => {
    assertOwnable(plan, home);
    try {
      const steps = assertGenerator(start(args), plan, home);
      const yielded = inHome(home, () => steps.next());
      return claimGenerator(home, steps, yielded, plan);
    } catch (error) {
      throw passed(error, plan);
    }
  };
  const make: Get = (home, resolution) => finish(home, gather(sources, home, resolution));
  return { make, makeAsync: plan.async ? afterArguments(sources, finish) : make };
}

/** Whether calling it gives an async generator. A generator function that was compiled away looks like a plain one. */
export function isAsyncGenerator(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncGeneratorFunction]";
}

/** A function that only returns what an async generator function gave cannot be told from others before it is called. */
function assertGenerator(steps: unknown, plan: Plan, home: Home): Iterator<unknown> {
  if (isThenable(steps)) abandon(home, steps, false);
  if (!isObject(steps) || typeof (steps as Partial<Iterator<unknown>>).next !== "function") {
    const fix = "write it as *useGenerator() { ... yield value; ... }, or as useGenerator: function* () { ... }.";
    throw refusal(plan, "its useGenerator is no generator function.", fix);
  }
  if (Symbol.asyncIterator in steps) {
    const fix = "write it as useGenerator: async function* (...args) { yield* theOtherOne(...args); }.";
    throw refusal(plan, "its useGenerator returns an async generator, but is no async generator function itself.", fix);
  }
  return steps as Iterator<unknown>;
}

/** Outside of every scope nobody would ever resume a transient's generator. */
function assertOwnable(plan: Plan, home: Home): void {
  if (outlivesScopes(plan.lifecycle) || home instanceof Lifespan || home.longLived) return;
  throw refusal(
    plan,
    "it is a generator asked for outside of every scope, and nothing would ever end it.",
    "resolve it inside container.runInScope(...), or register it with a longer lifecycle.",
  );
}
