/** tsyringe's factories for `useFactory`, which keep what they make. */
import type { DependencyContainer } from "../registry/api.js";
import type { Constructor } from "../registry/token.js";
import { type Keeper, keepsFor } from "./keeper.js";

/** What `useFactory` takes. */
export type FactoryFunction<T> = (dependencyContainer: DependencyContainer) => T;

/**
 * A factory that calls `factoryFunc` once and gives what it made to everybody.
 *
 * It is made as a singleton is: from the container that registered it, and of nothing that lives in a scope. What throws
 * or rejects is not kept.
 */
export function instanceCachingFactory<T>(factoryFunc: FactoryFunction<T>): FactoryFunction<T> {
  const kept = new Kept<T>();
  return keepsFor("registered", (asked: DependencyContainer, _scope?: unknown, keeper: Keeper = ownKeeper(asked)) =>
    kept.get(() => keeper.keep(() => factoryFunc(keeper.container))),
  );
}

/** The same, once for each container that is asked: as container-scoped instances are made. */
export function instancePerContainerCachingFactory<T>(factoryFunc: FactoryFunction<T>): FactoryFunction<T> {
  const byContainer = new WeakMap<DependencyContainer, Kept<T>>();
  return keepsFor("asked", (asked: DependencyContainer, _scope?: unknown, keeper: Keeper = ownKeeper(asked)) => {
    let kept = byContainer.get(asked);
    if (kept === undefined) byContainer.set(asked, (kept = new Kept()));
    return kept.get(() => keeper.keep(() => factoryFunc(asked)));
  });
}

/**
 * A factory that resolves the one class or the other, as `predicate` says. It asks the predicate each time, and keeps the
 * instance as `instanceCachingFactory` does until the answer changes.
 *
 * @param useCaching `false`: resolves each time
 */
export function predicateAwareClassFactory<T>(
  predicate: (dependencyContainer: DependencyContainer) => boolean,
  trueConstructor: Constructor<T>,
  falseConstructor: Constructor<T>,
  useCaching = true,
): FactoryFunction<T> {
  const chosen = (asked: DependencyContainer) => (predicate(asked) ? trueConstructor : falseConstructor);
  if (!useCaching) return (asked) => asked.resolve(chosen(asked));
  let kept = new Kept<T>();
  let before: Constructor<T> | undefined;
  return keepsFor("registered", (asked: DependencyContainer, _scope?: unknown, keeper: Keeper = ownKeeper(asked)) => {
    const target = chosen(asked);
    if (target !== before) [before, kept] = [target, new Kept()];
    return kept.get(() => keeper.keep(() => keeper.container.resolve(target)));
  });
}

/** A value, once it is made: `undefined` is one. */
class Kept<T> {
  #made: { readonly value: T } | undefined;

  get(make: () => T): T {
    if (this.#made !== undefined) return this.#made.value;
    const value = make();
    this.#made = { value };
    // Only promises: another thenable may begin its work when it is asked.
    if (value instanceof Promise) value.catch(() => (this.#made = undefined));
    return value;
  }
}

/** For a container that gives none: tsyringe's, or a caller's own call. */
function ownKeeper(container: DependencyContainer): Keeper {
  return { container, keep: (make) => make() };
}
