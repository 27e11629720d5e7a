/** Where arguments come from, other than one plan. */
import { gatherAsync } from "./construct.js";
import type { Source } from "./plan.js";

/** Always the same value. */
export function constantSource(value: unknown): Source {
  const get = () => value;
  return { get, getAsync: get, async: false };
}

/** Everything that was registered for a token. */
export function allSource(plans: readonly Source[]): Source {
  const async = plans.some((plan) => plan.async);
  return {
    get: (home, resolution) => plans.map((plan) => plan.get(home, resolution)),
    getAsync: (home, resolution, waiter) => gatherAsync(plans, home, resolution, waiter),
    async,
  };
}

/** What `@injectWithTransform` and `@injectAllWithTransform` resolve to change what they inject. */
export interface Transform<In = any, Out = any> {
  /** Gives what is injected. @param args what the decorator was given */
  transform(incoming: In, ...args: any[]): Out;
}

/** tsyringe's transforms: what `inner` gives, changed by what `transformer` gives. */
export function transformSource(transformer: Source, inner: Source, args: readonly unknown[]): Source {
  const apply = ([by, incoming]: unknown[]) => (by as Transform).transform(incoming, ...args);
  return {
    get: (home, resolution) => apply([transformer.get(home, resolution), inner.get(home, resolution)]),
    getAsync: (home, resolution, waiter) => {
      const both = gatherAsync([transformer, inner], home, resolution, waiter);
      return both instanceof Promise ? both.then(apply) : apply(both);
    },
    async: transformer.async || inner.async,
  };
}
