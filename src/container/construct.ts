/** Calls constructors and factories with arguments from their sources. */
import { passed } from "./frame.js";
import type { Get, GetAsync, Plan, Source } from "./plan.js";
import type { Constructor } from "./token.js";

/**
 * Builds a class. The arities are written out because a loop and a spread cost 2.5 to 4 times more, and each has its own
 * `try` because a closure around them all costs 4 ns.
 */
export function construct(plan: Plan, target: Constructor, sources: readonly Source[]): Get {
  const [a, b, c, d, e, f] = sources as [Source, Source, Source, Source, Source, Source];
  switch (sources.length) {
    case 0:
      return () => {
        try {
          return new target();
        } catch (error) {
          throw passed(error, plan);
        }
      };
    case 1:
      return (o, r) => {
        try {
          return new target(a.get(o, r));
        } catch (error) {
          throw passed(error, plan);
        }
      };
    case 2:
      return (o, r) => {
        try {
          return new target(a.get(o, r), b.get(o, r));
        } catch (error) {
          throw passed(error, plan);
        }
      };
    case 3:
      return (o, r) => {
        try {
          return new target(a.get(o, r), b.get(o, r), c.get(o, r));
        } catch (error) {
          throw passed(error, plan);
        }
      };
    case 4:
      return (o, r) => {
        try {
          return new target(a.get(o, r), b.get(o, r), c.get(o, r), d.get(o, r));
        } catch (error) {
          throw passed(error, plan);
        }
      };
    case 5:
      return (o, r) => {
        try {
          return new target(a.get(o, r), b.get(o, r), c.get(o, r), d.get(o, r), e.get(o, r));
        } catch (error) {
          throw passed(error, plan);
        }
      };
    case 6:
      return (o, r) => {
        try {
          return new target(a.get(o, r), b.get(o, r), c.get(o, r), d.get(o, r), e.get(o, r), f.get(o, r));
        } catch (error) {
          throw passed(error, plan);
        }
      };
    default:
      return (o, r) => {
        try {
          return new target(...gather(sources, o, r));
        } catch (error) {
          throw passed(error, plan);
        }
      };
  }
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
