/** Generators: run to their yield when they build, and resumed with the outcome when their owner ends. */
import { enter } from "../context/cell.js";
import { RegistrationError } from "../errors.js";
import { outlivesScopes } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import { unguarded } from "../scope/behind.js";
import { isObject, isThenable, Link, TOLD } from "../scope/disposal.js";
import { Lifespan } from "../scope/lifespan.js";
import type { Outcome } from "../scope/outcome.js";
import { abandon, endLate, inHome, isOver } from "./claim.js";
import { gather } from "./construct.js";
import { contextOf, enterFlight } from "./flight.js";
import { arose, passed } from "./frame.js";
import { afterArguments, type Maker, naming, refusal, refuseSync } from "./make.js";
import type { Get, Home, Plan, Source } from "./plan.js";

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

type Steps = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>;

/** Makes `home` the owner of what a generator has yielded: the generator is resumed with the outcome when it ends. */
function claimGenerator(home: Home, steps: Steps, yielded: IteratorResult<unknown>, plan: Plan): unknown {
  if (yielded.done) throw returnedWithoutYield(plan);
  const finish = (outcome?: Outcome) => enter(contextOf(home), finishGenerator, steps, outcome, plan);
  if (!isOver(home, plan)) {
    home.push(unguarded(yielded.value), finish, TOLD);
    return yielded.value;
  }
  return endLate(home, new Link(yielded.value, finish, TOLD, undefined), plan);
}

/** Runs the rest of a generator. It must not yield again; if it does, it is ended, and that is an error. */
function finishGenerator(steps: Steps, outcome: Outcome | undefined, plan: Plan): unknown {
  const last = steps.next(outcome);
  return isThenable(last)
    ? last.then((result) => finished(steps, result as IteratorResult<unknown>, plan))
    : finished(steps, last, plan);
}

function finished(steps: Steps, { done }: IteratorResult<unknown>, plan: Plan): unknown {
  if (done) return undefined;
  const refuse = () => {
    throw new RegistrationError(
      `The generator of ${plan.name} yielded twice: it yields its value once, and the rest is its end.`,
    );
  };
  const pending = steps.return?.();
  return isThenable(pending) ? pending.then(refuse) : refuse();
}

function returnedWithoutYield(plan: Plan): RegistrationError {
  const error = new RegistrationError(
    `The generator of ${plan.name} returned without a yield: there is no value to inject.`,
    "yield the value once: const outcome = yield value;",
  );
  return arose(error, plan);
}
