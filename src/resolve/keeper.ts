/** Factories that keep what they make: they make it for a container, and not for whoever happens to ask first. */
import { inHome } from "../plan/claim.js";
import { Holding, moved, within } from "../plan/frame.js";
import { type Home, Plan } from "../plan/plan.js";
import type { DependencyContainer } from "../registry/api.js";
import { Lifecycle } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import type { View } from "./view.js";

/** What such a factory is given as its third argument. */
export interface Keeper {
  /** For which it keeps it. */
  readonly container: DependencyContainer;
  /** Calls `make` as singletons are built: it may hold nothing that a scope ends, and no scope owns its parts. */
  keep<T>(make: () => T): T;
}

/** The container that registered the factory, or the one that is asked. */
type Where = "registered" | "asked";

const keeping = new WeakMap<object, Where>();

/** Says that `factory` keeps what it makes, and for which container. */
export function keepsFor<F extends object>(where: Where, factory: F): F {
  keeping.set(factory, where);
  return factory;
}

/** The keeper for the factory that `plan` calls; `undefined` for one that keeps nothing. */
export function keeperFor(plan: Plan, registration: Registration, view: View): Keeper | undefined {
  const where = keeping.get(registration.provider.useFactory as object);
  if (where === undefined) return undefined;
  const place = where === "registered" ? view.whereRegistered(registration).base : view.base;
  const lifecycle = where === "registered" ? Lifecycle.Singleton : Lifecycle.ContainerScoped;
  const holding = new Holding(new Plan(plan.name, lifecycle, undefined, place), place.home as Home);
  const keep = <T>(make: () => T): T => {
    try {
      return inHome(holding.home, () => within(holding, make));
    } catch (error) {
      throw moved(error, holding.plan, plan);
    }
  };
  return { container: place.container, keep };
}
