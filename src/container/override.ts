/** Overrides: what a scope, and those nested in it, see in place of a registration. */
import { ScopeStateError } from "../errors.js";
import { flightFor } from "../plan/flight.js";
import { whereKept } from "../plan/lifetimes.js";
import type { Home, Plan } from "../plan/plan.js";
import { keptInSlot } from "../plan/slots.js";
import type { Provider, RegistrationOptions } from "../registry/api.js";
import { Lifecycle, outlivesScopes } from "../registry/lifecycle.js";
import { Registration } from "../registry/registration.js";
import { type Constructor, type InjectionToken, isClass, nameOfToken } from "../registry/token.js";
import { compile } from "../resolve/compile.js";
import type { View } from "../resolve/view.js";

const WITH_THE_SCOPE: RegistrationOptions = { lifecycle: Lifecycle.ContextScoped };

/**
 * Registers `provider` in the view of `scope`, with the lifetime of what it replaces, but no longer than the scope's.
 *
 * @param inside the open scopes inside, which will see it too
 */
export function replaceIn(
  scope: Home,
  view: View,
  inside: readonly Home[],
  token: InjectionToken,
  provider: Provider | Constructor,
): void {
  const replaced = replacedIn(view, token);
  assertEffective(scope, view, replaced);
  for (const each of inside) {
    const place = each.place as View;
    if (place.find(token) === view.find(token)) assertEffective(each, place, replacedIn(place, token));
  }
  const asGiven = new Registration(token, provider, optionsLike(scope, view, replaced, provider));
  // A class in place of nothing may say itself that it lives longer.
  const outlives = isSharedBy(scope, asGiven);
  const registration = outlives ? new Registration(token, provider, WITH_THE_SCOPE) : asGiven;
  if (outlives || (replaced !== undefined && isSharedBy(scope, replaced))) registration.pinnedTo = scope;
  view.registrations.set(token, [registration]);
  view.changed();
}

/** What an override takes the place of: what was registered last, or the class. */
function replacedIn(view: View, token: InjectionToken): Registration | undefined {
  return view.find(token)?.at(-1) ?? (isClass(token) ? view.implicit(token) : undefined);
}

/** Whether `scope` and those nested in it are given one instance, which is not of `scope` as it is of any other. */
function isSharedBy(scope: Home, registration: Registration): boolean {
  if (outlivesScopes(registration.lifecycle) || registration.pinnedTo !== undefined) return true;
  const keeper = whereKept(scope, registration);
  return keeper !== undefined && keeper !== scope;
}

function optionsLike(
  scope: Home,
  view: View,
  replaced: Registration | undefined,
  provider: Provider | Constructor,
): RegistrationOptions {
  if (replaced === undefined || "useValue" in provider || "useToken" in provider) return {};
  const { lifecycle, scopeName } = replaced;
  // Of a class nobody has said that it is transient: a factory in its place owns no more than one of its own would.
  if (lifecycle === Lifecycle.Transient && view.isImplicit(replaced)) return {};
  if (isSharedBy(scope, replaced)) return WITH_THE_SCOPE;
  return { lifecycle, ...(scopeName !== undefined && { scopeName }) };
}

/** Refuses an override that comes too late: what was built before goes on with what it has. */
function assertEffective(scope: Home, view: View, replaced: Registration | undefined): void {
  if (replaced === undefined) return;
  if (isBuilt(scope, replaced)) throw tooLate(replaced, "it is built already");
  const isReplaced = replacesIn(view, replaced.token);
  const holder = builtPlans(scope, view).find((plan) => !isReplaced(plan) && leadsTo(plan, isReplaced));
  if (holder !== undefined) throw tooLate(replaced, `${holder.name}, which is built already, holds it`);
}

/** Tells the plans of what an override takes the place of: of one registration there is a plan for each view that sees it. */
function replacesIn(view: View, token: InjectionToken): (plan: Plan) => boolean {
  const registered = view.find(token);
  return ({ registration }) =>
    registration !== undefined && (registered?.includes(registration) ?? registration.token === token);
}

function leadsTo(from: Plan, isTarget: (plan: Plan) => boolean, seen = new Set<Plan>()): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  return from.edges.some(({ plans }) => plans.some((plan) => isTarget(plan) || leadsTo(plan, isTarget, seen)));
}

/** Whether it is there, or its build is under way, which goes on with what it has. */
function isBuilt(scope: Home | undefined, registration: Registration): boolean {
  if (scope === undefined || registration.slot < 0) return false;
  return keptInSlot(scope, registration.slot) !== undefined || flightFor(scope, registration) !== undefined;
}

/** The plans of what is built in this scope, and of what it is given that outlives it. */
function builtPlans(scope: Home, view: View): Plan[] {
  const plans: Plan[] = [];
  for (let at: View | undefined = view; at !== undefined; at = at.parent) {
    for (const registration of at.known) {
      if (isBuilt(whereKept(scope, registration), registration)) plans.push(compile(view, registration));
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
