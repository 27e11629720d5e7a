/** Why something lives as long as it does, in sentences. */
import { ForeignRegistration } from "../plan/foreign.js";
import type { Plan } from "../plan/plan.js";
import { inheritedDisposer } from "../registry/inherited-disposer.js";
import { Lifecycle } from "../registry/lifecycle.js";
import { declaredOptions } from "../registry/metadata.js";
import type { Registration } from "../registry/registration.js";
import { mayReturnAnother, sourceOf, withSuperclasses } from "../registry/source.js";
import { type Constructor, isDelayed, nameOfToken } from "../registry/token.js";
import type { View } from "../resolve/view.js";

/** What a node is made by. */
export type NodeProvider =
  | "class"
  | "value"
  | "alias"
  | "factory"
  | "async factory"
  | "generator"
  | "seed"
  | "joined container"
  | "nothing";

const PROVIDERS = {
  useClass: "class",
  useValue: "value",
  useToken: "alias",
  useFactory: "factory",
  useAsyncFactory: "async factory",
  useGenerator: "generator",
  useSeed: "seed",
} as const satisfies Record<Registration["kind"], NodeProvider>;

/** What builds it, or gives it. */
export function providerOf(registration: Registration): NodeProvider {
  return registration instanceof ForeignRegistration ? "joined container" : PROVIDERS[registration.kind];
}

/** How long it lives, as errors say it; what nothing is built for has other words. */
export function lifetimeOf(plan: Plan, provider: NodeProvider): string {
  const isTransient = plan.lifecycle === Lifecycle.Transient;
  if (isTransient && (provider === "value" || provider === "alias" || provider === "joined container")) return provider;
  return plan.step().lifetime;
}

/** How it ends; "perhaps" where only an instance shows whether it can. */
export function endingOf({ kind, provider, owned }: Registration): string | undefined {
  if (!owned) return undefined;
  if (kind === "useGenerator") return "the rest of its generator";
  if (kind !== "useClass" || isDelayed(provider.useClass)) return "perhaps";
  return endingOfClass(provider.useClass as Constructor);
}

/** A constructor that gives its instance a disposer, or that of another, most often says so. */
function endingOfClass(target: Constructor): string | undefined {
  if (mayReturnAnother(target)) return "perhaps";
  const inherited = inheritedDisposer(target);
  if (inherited?.key === "dispose") return "dispose()";
  if (inherited !== undefined)
    return inherited.key === Symbol.asyncDispose ? "[Symbol.asyncDispose]()" : "[Symbol.dispose]()";
  return [...withSuperclasses(target)].some((part) => /dispose/i.test(sourceOf(part))) ? "perhaps" : undefined;
}

/** Why it lives as long as it does: what was registered, what that means, how it ends. */
export function reasonsFor(plan: Plan, registration: Registration, view: View): string[] {
  const ending = endingOf(registration);
  const end = ending === undefined ? [] : [ending === "perhaps" ? PERHAPS : `It is ended by ${ending}.`];
  return [origin(registration, view), meaning(plan, registration, view), ...choice(registration, view), ...end];
}

const PERHAPS = "Whether it has a disposer shows when it is built.";

function origin(registration: Registration, view: View): string {
  const { token, kind } = registration;
  if (registration instanceof ForeignRegistration) return "Nobody registered it here: a joined container knows it.";
  if (view.family.builtIn.has(token)) return "Every container has it.";
  const place = view.whereRegistered(registration);
  if (place.registrations.get(token)?.includes(registration) !== true) {
    if (kind === "useSeed") return "Nobody registered it; some scope was given it.";
    return `Nobody registered it: a class is there without being registered.${declaredBy(registration)}`;
  }
  if (place === view) return `It was registered with ${kind}.`;
  const hidden = view.find(token)?.includes(registration) ? "" : "; for this one, what is registered nearer hides it";
  return `It was registered in a container around this one with ${kind}${hidden}.`;
}

function declaredBy({ token }: Registration): string {
  return declaredOptions(token as Constructor) === undefined ? "" : " Its decorator says how long it lives.";
}

function choice(registration: Registration, view: View): string[] {
  const count = view.whereRegistered(registration).find(registration.token)?.length ?? 0;
  return count < 2
    ? []
    : [`There are ${count} registrations for it: the last answers resolve(), all of them resolveAll().`];
}

function meaning({ lifecycle, scopeName }: Plan, registration: Registration, view: View): string {
  const { kind, provider, eager } = registration;
  if (kind === "useSeed")
    return "It is given when a scope opens, found from every scope inside that, and ended by its giver.";
  if (kind === "useValue") return "It is a value: whoever made it ends it.";
  if (registration instanceof ForeignRegistration) return "That container decides how long it lives.";
  switch (lifecycle) {
    case Lifecycle.Singleton:
      return `A singleton: one for the ${view.isImplicit(registration) ? "root container" : "container that it was registered in"}, until that is disposed.`;
    case Lifecycle.ContainerScoped:
      return "Container-scoped: one for each container that is asked, until that is disposed.";
    case Lifecycle.ThreadScoped:
      return `Thread-scoped: one for each worker thread, until that ends${eager ? "; it is built when a worker starts" : ""}.`;
    case Lifecycle.ContextScoped:
      return scopeName === undefined
        ? "Context-scoped: one for each scope, the innermost, until that closes."
        : `Context-scoped: one for each scope named "${scopeName}", the nearest, until that closes.`;
    case Lifecycle.ResolutionScoped:
      return "Resolution-scoped: one for each resolve() call; it ends with the owner that it was made for.";
    default:
      if (kind === "useToken")
        return `Another name for ${nameOfToken(provider.useToken)}, which decides how long it lives.`;
      return "Transient: built anew for each resolve() and each parameter; it ends with the owner that it was made for.";
  }
}
