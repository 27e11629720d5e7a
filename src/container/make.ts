/** How each kind of provider makes a value. Lifetimes are another file's business. */
import { AsyncDependencyError, RegistrationError } from "../errors.js";
import { isThenable } from "../scope/disposal.js";
import { Lifespan } from "../scope/lifespan.js";
import { DISPOSING } from "../scope/owner.js";
import {
  claim,
  claimInTime,
  claimGenerator,
  claimKeyed,
  claimUnlessOwned,
  disposerKeyOf,
  endedError,
  inHome,
} from "./claim.js";
import { construct, gather, gatherAsync } from "./construct.js";
import { enterFlight } from "./flight.js";
import { arose, frameOf, within } from "./frame.js";
import { Lifecycle, outlivesScopes } from "./lifecycle.js";
import type { Flight, Get, GetAsync, Home, Plan, Source } from "./plan.js";
import type { Registration } from "./registration.js";
import type { Constructor } from "./token.js";

/** Makes values: `make` now, `makeAsync` with the flight that the build is. */
export interface Maker {
  readonly make: Get;
  readonly makeAsync: GetAsync;
}

/** Makes instances of a class. */
export function classMaker(plan: Plan, target: Constructor, sources: readonly Source[], owned: boolean): Maker {
  const bare = construct(target, sources);
  const make = owned ? learning(plan, target, bare) : bare;
  if (!plan.async) return { make, makeAsync: make };
  const finish = (_: Home, args: unknown[], flight: Flight) => {
    const value = new target(...args);
    return owned ? claimInTime(flight, value) : value;
  };
  return { make, makeAsync: afterArguments(sources, finish) };
}

/** Looks for a disposer on the first instance; on each only where the class does not show where it would be. */
function learning(plan: Plan, target: Constructor, bare: Get): Get {
  const claiming: Get = (home, resolution) => claim(home, bare(home, resolution), plan);
  const key = disposerKeyOf(target);
  if (key === "anywhere") return claiming;
  const known: Get =
    key === undefined ? bare : (home, resolution) => claimKeyed(home, bare(home, resolution), key, plan);
  const first: Get = (home, resolution) => {
    const value = claiming(home, resolution);
    if (Object.getPrototypeOf(value) === target.prototype) plan.improve(first, known);
    return value;
  };
  return first;
}

/** Gathers the arguments, waiting where that is needed, and goes on with them for whom they were gathered. */
function afterArguments(
  sources: readonly Source[],
  finish: (home: Home, args: unknown[], flight: Flight) => unknown,
): GetAsync {
  return (home, resolution, own) => {
    const flight = own as Flight;
    const goOn = (args: unknown[]) => within(frameOf(flight.plan, home), () => finish(home, args, flight));
    const args = gatherAsync(sources, home, resolution, flight);
    if (!(args instanceof Promise)) return goOn(args);
    return args.then((values) => {
      // What they belong to may be disposed by now: nothing is built of that any more.
      if (home.phase >= DISPOSING) throw endedError(home, flight.plan);
      return goOn(values);
    });
  };
}

/** Calls a factory. */
export function factoryMaker(plan: Plan, registration: Registration, sources: readonly Source[]): Maker {
  const { provider, owned, lifecycle } = registration;
  const caching = lifecycle !== Lifecycle.Transient;
  const call = (args: unknown[]) => {
    const value = provider.useFactory?.(...args);
    if (caching && isThenable(value)) throw thenableFactory(plan);
    return value;
  };
  const make: Get = (home, resolution) => {
    const value = call(gather(sources, home, resolution));
    return owned ? claimUnlessOwned(home, value, plan) : value;
  };
  if (!plan.async) return { make, makeAsync: make };
  const finish = (_: Home, args: unknown[], flight: Flight) => (owned ? claimInTime(flight, call(args)) : call(args));
  return { make, makeAsync: afterArguments(sources, finish) };
}

function thenableFactory({ name }: Plan): RegistrationError {
  return new RegistrationError(
    `Cannot build ${name}: its useFactory returned a promise, which all who share it would have to await.`,
    `register ${name} with useAsyncFactory, and resolve it with resolveAsync.`,
  );
}

/** Calls an async factory, in the Context of what it builds for. */
export function asyncFactoryMaker(plan: Plan, { provider, owned }: Registration, sources: readonly Source[]): Maker {
  const makeAsync = afterArguments(sources, async (_, args, flight) => {
    const value = await enterFlight(flight, () => provider.useAsyncFactory?.(...args));
    return owned ? claimInTime(flight, value) : value;
  });
  return { make: () => refuseSync(plan), makeAsync };
}

function refuseSync(plan: Plan): never {
  throw arose(new AsyncDependencyError(plan.name), plan);
}

/** Runs a generator to its yield. */
export function generatorMaker(plan: Plan, { provider }: Registration, sources: readonly Source[]): Maker {
  const start = (args: unknown[]) => provider.useGenerator?.(...args) as Iterator<unknown>;
  if (isAsyncGenerator(provider.useGenerator)) {
    const makeAsync = afterArguments(sources, async (home, args, flight) => {
      assertOwnable(plan, home);
      const steps = enterFlight(flight, start, args) as unknown as AsyncIterator<unknown>;
      const yielded = await enterFlight(flight, () => steps.next());
      return claimGenerator(home, steps, yielded, plan);
    });
    return { make: () => refuseSync(plan), makeAsync };
  }
  const finish = (home: Home, args: unknown[]) => {
    assertOwnable(plan, home);
    const steps = start(args);
    return claimGenerator(
      home,
      steps,
      inHome(home, () => steps.next()),
      plan,
    );
  };
  const make: Get = (home, resolution) => finish(home, gather(sources, home, resolution));
  return { make, makeAsync: plan.async ? afterArguments(sources, finish) : make };
}

/** Whether calling it gives an async generator. A generator function that was compiled away looks like a plain one. */
export function isAsyncGenerator(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncGeneratorFunction]";
}

/** Outside of every scope nobody would ever resume a transient's generator. */
function assertOwnable({ name, lifecycle }: Plan, home: Home): void {
  if (outlivesScopes(lifecycle) || home instanceof Lifespan || home.longLived) return;
  throw new RegistrationError(
    `Cannot build ${name} outside of every scope: it is a generator, and nothing would ever end it.`,
    "resolve it inside container.runInScope(...), or register it with a longer lifecycle.",
  );
}
