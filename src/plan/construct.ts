/** Calls constructors and factories with arguments from their sources. */
import type { Constructor } from "../registry/token.js";
import { passed } from "./frame.js";
import type { Get, GetAsync, Plan, Source } from "./plan.js";

/** Builds a class, with the code that all classes share. */
export function construct(plan: Plan, target: Constructor, sources: readonly Source[]): Get {
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
