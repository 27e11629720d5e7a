/** tsyringe's `@autoInjectable`: a class that can be constructed by hand, and asks for what it was not given. */
import { container } from "../container/container.js";
import { handsOn } from "../container/metadata.js";
import { remainingArguments } from "../container/requests.js";
import type { Constructor } from "../container/token.js";

/**
 * Replaces the class by a subclass whose constructor needs no arguments: those that it is not given are resolved, in one
 * resolution, from ambit's default container, for the current scope. A container that builds it resolves all of them
 * itself.
 */
export function autoInjectable(): <C extends Constructor<any>>(target: C) => C {
  return <C extends Constructor<any>>(target: C) => {
    const rest = new Map<number, Constructor<{ given: readonly unknown[] }>>();
    const missing = (from: number): readonly unknown[] => {
      let remaining = rest.get(from);
      if (remaining === undefined) rest.set(from, (remaining = remainingArguments(target, from)));
      return container.resolve(remaining).given;
    };
    const AutoInjectable = class extends target {
      constructor(...given: any[]) {
        super(...given, ...missing(given.length));
      }
    };
    handsOn(AutoInjectable);
    return Object.defineProperty(AutoInjectable, "name", { value: target.name });
  };
}
