/** Overrides: what a scope, and those nested in it, see in place of a registration. */
import { ScopeStateError } from "../errors.js";
import type { Provider, RegistrationOptions } from "./api.js";
import { compile } from "./compile.js";
import { Lifecycle, outlivesScopes } from "./lifecycle.js";
import { type Home, type Plan, wayBetween } from "./plan.js";
import { Registration } from "./registration.js";
import { keptInSlot } from "./slots.js";
import { type Constructor, type InjectionToken, nameOfToken } from "./token.js";
import type { View } from "./view.js";

/** Registers `provider` in the view of `scope`, with the lifetime of what it replaces, but no longer than the scope's. */
export function replaceIn(scope: Home, view: View, token: InjectionToken, provider: Provider | Constructor): void {
  const replaced = view.find(token)?.at(-1);
  if (replaced !== undefined) assertEffective(scope, view, replaced);
  const registration = new Registration(token, provider, optionsLike(replaced, provider));
  if (replaced !== undefined && outlivesScopes(replaced.lifecycle)) registration.pinnedTo = scope;
  view.registrations.set(token, [registration]);
  view.changed();
}

function optionsLike(replaced: Registration | undefined, provider: Provider | Constructor): RegistrationOptions {
  if (replaced === undefined || "useValue" in provider || "useToken" in provider) return {};
  const { lifecycle, scopeName } = replaced;
  if (outlivesScopes(lifecycle)) return { lifecycle: Lifecycle.ContextScoped };
  return { lifecycle, ...(scopeName !== undefined && { scopeName }) };
}

/** Refuses an override that comes too late: what was built before goes on with what it has. */
function assertEffective(scope: Home, view: View, replaced: Registration): void {
  if (replaced.slot >= 0 && keptInSlot(scope, replaced.slot) !== undefined)
    throw tooLate(replaced, "it is built in this scope already");
  const target = compile(view, replaced);
  const holder = builtPlans(scope, view).find((plan) => plan !== target && wayBetween(plan, target) !== undefined);
  if (holder !== undefined) throw tooLate(replaced, `${holder.name}, which is built already, holds it`);
}

/** The plans of what is built in this scope, and of what outlives it. */
function builtPlans(scope: Home, view: View): Plan[] {
  const plans: Plan[] = [];
  for (let at: View | undefined = view; at !== undefined; at = at.parent) {
    for (const registration of [...at.registrations.values()].flat()) {
      if (registration.slot >= 0 && keptInSlot(scope, registration.slot) !== undefined)
        plans.push(compile(view, registration));
    }
    for (const registration of at.base.instances.keys()) plans.push(compile(at, registration));
  }
  return plans;
}

function tooLate({ token }: Registration, why: string): ScopeStateError {
  const name = nameOfToken(token);
  return new ScopeStateError(
    `Cannot override ${name}: ${why}, and would not notice.`,
    `override ${name} right after the scope is opened, before anything asks for it; or in a container of the test's own.`,
  );
}
