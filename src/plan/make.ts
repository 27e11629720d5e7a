/** How each kind of provider makes a value. Lifetimes are another file's business. */
import { AsyncDependencyError, RegistrationError } from "../errors.js";
import { Lifecycle } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import type { Constructor } from "../registry/token.js";
import { isThenable } from "../scope/disposal.js";
import { abandon, claimBuilt, claimInTime, claimUnlessOwned, endedError, isOver, isStandIn } from "./claim.js";
import { construct, gather, gatherAsync } from "./construct.js";
import { enterFlight } from "./flight.js";
import { arose, frameOf, passed, within } from "./frame.js";
import type { Recipe } from "./own-code.js";
import type { Flight, Get, GetAsync, Home, Plan, Source } from "./plan.js";

/** Makes values: `make` now, `makeAsync` with the flight that the build is. */
export interface Maker {
  readonly make: Get;
  readonly makeAsync: GetAsync;
  /** Of a class, where making an instance is all that it does. */
  readonly recipe?: Recipe;
}

/** Makes instances of a class. */
export function classMaker(plan: Plan, target: Constructor, sources: readonly Source[], owned: boolean): Maker {
  const recipe = { target, sources, owned };
  const bare = construct(plan, target, sources);
  const make: Get = owned ? (home, resolution) => claimBuilt(home, bare(home, resolution), target, plan) : bare;
  if (!plan.async) return { make, makeAsync: make, recipe };
  const finish = (_: Home, args: unknown[], flight: Flight) => {
    const value = new target(...args);
    return owned ? claimInTime(flight, value) : value;
  };
  return { make, makeAsync: afterArguments(sources, finish), recipe };
}

/** Gathers the arguments, waiting where that is needed, and goes on with them for whom they were gathered. */
export function afterArguments(
  sources: readonly Source[],
  finish: (home: Home, args: unknown[], flight: Flight) => unknown,
): GetAsync {
  return (home, resolution, own) => {
    const flight = own as Flight;
    const { recorder } = flight.plan.place.family;
    const goOn = (args: unknown[]) => {
      try {
        return within(frameOf(flight), () => finish(home, args, flight));
      } catch (error) {
        throw passed(error, flight.plan);
      }
    };
    const resume = recorder === undefined ? goOn : (args: unknown[]) => recorder.running(flight.plan, () => goOn(args));
    const args = gatherAsync(sources, home, resolution, flight);
    if (!(args instanceof Promise)) return resume(args);
    return args.then((values) => {
      // What they belong to may be disposed by now: nothing is built of that any more.
      if (isOver(home, flight.plan)) throw endedError(home, flight.plan);
      return resume(values);
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
export function refusal(plan: Plan, reason: string, fix: string): RegistrationError {
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
export async function naming<T>(plan: Plan, work: () => T): Promise<Awaited<T>> {
  try {
    return await work();
  } catch (error) {
    throw passed(error, plan);
  }
}

export function refuseSync(plan: Plan): never {
  throw arose(new AsyncDependencyError(plan.name), plan);
}
