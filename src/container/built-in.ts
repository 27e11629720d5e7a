/** What every container can be asked for without a registration. */
import { type DependencyContainer, Scope } from "../registry/api.js";
import { Lifecycle } from "../registry/lifecycle.js";
import { Registration } from "../registry/registration.js";
import type { Constructor } from "../registry/token.js";
import type { Family } from "../resolve/view.js";

/** Has a family give the container that is asked, for the class of containers, and the current scope. */
export function registerBuiltIn({ builtIn }: Family, containers: Constructor): void {
  const itself = (container: DependencyContainer) => container;
  builtIn.set(containers, new Registration(containers, { useFactory: itself }, {}));
  const current = (_: DependencyContainer, scope?: Scope) => scope;
  builtIn.set(Scope, new Registration(Scope, { useFactory: current }, { lifecycle: Lifecycle.ContextScoped }));
}
