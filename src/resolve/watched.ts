/** Plans and sources that call tsyringe's interceptors. */
import { Plan, type Source, standInFor } from "../plan/plan.js";
import type { ResolutionType } from "../registry/interceptors.js";
import type { InjectionToken } from "../registry/token.js";
import type { View } from "./view.js";

/** A plan that calls tsyringe's interceptors around another. */
export function intercepted(view: View, token: InjectionToken, plan: Plan): Plan {
  if (!view.interceptors.watches(token)) return plan;
  const around = new Plan(plan.name, plan.lifecycle, plan.scopeName, view, plan.registration);
  standInFor(around, plan);
  around.slot = plan.slot;
  Object.assign(around, watched(view, token, plan, "Single"));
  return around;
}

/** The same around all that a token stands for. */
export function watchedAll(view: View, token: InjectionToken, all: Source): Source {
  return view.interceptors.watches(token) ? { ...all, ...watched(view, token, all, "All") } : all;
}

function watched({ interceptors }: View, token: InjectionToken, inner: Source, type: ResolutionType): Ways {
  const after = (value: unknown) => {
    interceptors.after(token, value, type);
    return value;
  };
  return {
    get: (home, resolution) => {
      interceptors.before(token, type);
      return after(inner.get(home, resolution));
    },
    getAsync: (home, resolution, waiter) => {
      interceptors.before(token, type);
      const value = inner.getAsync(home, resolution, waiter);
      return inner.async && value instanceof Promise ? value.then(after) : after(value);
    },
  };
}

/** The two ways to get a value. */
type Ways = Pick<Source, "get" | "getAsync">;
