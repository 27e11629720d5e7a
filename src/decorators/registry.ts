/** tsyringe's `@registry`: providers that are registered where a class is defined. */
import { container } from "../container/container.js";
import type { Provider, RegistrationOptions } from "../registry/api.js";
import type { InjectionToken } from "../registry/token.js";
import { assertCalled } from "./called.js";

/** What `@registry` registers: a token, its provider, and the options that `container.register` takes. */
export type RegistryEntry = { readonly token: InjectionToken; readonly options?: RegistrationOptions } & Provider;

/**
 * Registers the given providers in ambit's default container as soon as the class is defined.
 *
 * The class itself is left as it is, and not registered.
 */
export function registry(registrations: readonly RegistryEntry[] = []): <C>(target: C) => C {
  assertCalled("@registry([...])", registrations);
  return (target) => {
    for (const { token, options, ...provider } of registrations) {
      container.register(token, provider as Provider as never, options);
    }
    return target;
  };
}
