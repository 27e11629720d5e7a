/** Calls constructors and factories with arguments from their sources. */
import { passed } from "./frame.js";
import type { Get, GetAsync, Plan, Source } from "./plan.js";
import type { Constructor } from "./token.js";

/**
 * Builds a class, with code of its own where code may be made.
 *
 * Closures of one function share what the engine learns of it. Shared by all classes, neither `new` nor what gives the
 * arguments was inlined, which cost 90 to 115 ns in a request of ten instances; making the code costs 2 to 5 µs a class.
 */
export function construct(plan: Plan, target: Constructor, sources: readonly Source[]): Get {
  const own = ownCode(sources.length);
  return own === undefined ? constructLooping(plan, target, sources) : own(plan, target, passed, ...sources);
}

type OwnCode = (plan: Plan, target: Constructor, passedOn: typeof passed, ...sources: Source[]) => Get;

/** Made anew for each class. Nothing in its text is anybody's but ambit's. `undefined` under a policy that forbids it. */
function ownCode(arity: number): OwnCode | undefined {
  const names = Array.from({ length: arity }, (_, index) => `source${index}`);
  const given = names.map((name) => `${name}.get(owner, resolution)`);
  const body = `return (owner, resolution) => {
    try { return new target(${given.join(", ")}); } catch (error) { throw passed(error, plan); }
  }`;
  try {
    // oxlint-disable-next-line no-implied-eval
    return new Function("plan", "target", "passed", ...names, body) as OwnCode;
  } catch {
    return undefined;
  }
}

function constructLooping(plan: Plan, target: Constructor, sources: readonly Source[]): Get {
  return (owner, resolution) => {
    try {
      return new target(...gather(sources, owner, resolution));
    } catch (error) {
      throw passed(error, plan);
    }
  };
}

/** The arguments, in order. */
export function gather(sources: readonly Source[], ...[owner, resolution]: Parameters<Get>): unknown[] {
  return sources.map((source) => source.get(owner, resolution));
}

/**
 * The arguments of an async build. Each source is started in order; those that take time run side by side.
 *
 * Gives a promise only where something has to be waited for.
 */
export function gatherAsync(sources: readonly Source[], ...args: Parameters<GetAsync>): unknown[] | Promise<unknown[]> {
  const values: unknown[] = [];
  const pending: Promise<void>[] = [];
  try {
    for (const [index, source] of sources.entries()) {
      const value = source.getAsync(...args);
      values[index] = value;
      if (!source.async || !(value instanceof Promise)) continue;
      pending.push(value.then((settled) => void (values[index] = settled)));
    }
  } catch (error) {
    // Those under way are owned by their own homes; here nobody waits for them any more.
    for (const promise of pending) promise.catch(() => {});
    throw error;
  }
  return pending.length === 0 ? values : Promise.all(pending).then(() => values);
}
