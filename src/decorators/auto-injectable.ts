/** tsyringe's `@autoInjectable`: a class that can be constructed by hand, and asks for what it was not given. */
import { container } from "../container/container.js";
import { RegistrationError } from "../errors.js";
import { Lifecycle } from "../registry/lifecycle.js";
import { declaredOptions, handsOn } from "../registry/metadata.js";
import type { Constructor } from "../registry/token.js";
import { remainingArguments } from "../resolve/requests.js";
import { assertCalled } from "./called.js";

/**
 * Replaces the class by a subclass whose constructor needs no arguments: those that it is not given are resolved, in one
 * resolution, from ambit's default container, for the current scope. A container that builds it resolves all of them
 * itself.
 *
 * A lifetime belongs above it. What stands below is of the class inside, which nobody can ask for: of `@singleton()` and
 * `@scoped()` nothing is left then, as in tsyringe.
 *
 * @throws RegistrationError ERR_AMBIT_REGISTRATION above `@contextScoped()` and `@threadScoped()`
 */
export function autoInjectable(): <C extends Constructor<any>>(target: C) => C;
export function autoInjectable(first?: unknown): <C extends Constructor<any>>(target: C) => C {
  assertCalled("@autoInjectable()", first);
  return <C extends Constructor<any>>(target: C) => {
    assertNoLifetimeIsLost(target);
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

/** Each who asks would get another connection of the same request, and nobody would be told. */
function assertNoLifetimeIsLost(target: Constructor): void {
  const lifecycle = declaredOptions(target)?.lifecycle;
  if (lifecycle !== Lifecycle.ContextScoped && lifecycle !== Lifecycle.ThreadScoped) return;
  const decorator = lifecycle === Lifecycle.ContextScoped ? "@contextScoped()" : "@threadScoped()";
  throw new RegistrationError(
    `Cannot make ${target.name} auto-injectable: ${decorator} below it is lost, as nobody can ask for the class inside.`,
    `write ${decorator} above @autoInjectable().`,
  );
}
