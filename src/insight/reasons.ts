/** Why something lives as long as it does, in sentences. */
import { ForeignRegistration } from "../container/foreign.js";
import { disposerKeyOf } from "../container/claim.js";
import { Lifecycle } from "../container/lifecycle.js";
import type { Plan } from "../container/plan.js";
import type { Registration } from "../container/registration.js";
import { type Constructor, isDelayed, nameOfToken } from "../container/token.js";
import type { View } from "../container/view.js";

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
  const key = disposerKeyOf(provider.useClass as Constructor);
  if (key === "nowhere") return undefined;
  if (key === "anywhere") return "perhaps";
  if (key === "dispose") return "dispose()";
  return key === Symbol.asyncDispose ? "[Symbol.asyncDispose]()" : "[Symbol.dispose]()";
}

/** Why it lives as long as it does: what was registered, what that means, how it ends. */
export function reasonsFor(plan: Plan, registration: Registration, view: View): string[] {
  const ending = endingOf(registration);
  const end = ending === undefined ? [] : [ending === "perhaps" ? PERHAPS : `It is ended by ${ending}.`];
  return [origin(registration, view), meaning(plan, registration), ...choice(registration, view), ...end];
}

const PERHAPS = "Whether it has a disposer shows when it is built.";

function origin(registration: Registration, view: View): string {
  const { token, kind } = registration;
  if (registration instanceof ForeignRegistration) return "Nobody registered it here: a joined container knows it.";
  if (view.family.builtIn.has(token)) return "Every container has it.";
  const all = view.find(token);
  if (all?.includes(registration) !== true) {
    if (kind === "useSeed") return "Nobody registered it; some scope was given it.";
    return "Nobody registered it: a class is there without being registered.";
  }
  const where = view.registrations.has(token) ? "" : " in a container around this one";
  return `It was registered${where} with ${kind}.`;
}

function choice({ token }: Registration, view: View): string[] {
  const count = view.find(token)?.length ?? 0;
  return count < 2
    ? []
    : [`There are ${count} registrations for it: the last answers resolve(), all of them resolveAll().`];
}

function meaning({ lifecycle, scopeName }: Plan, registration: Registration): string {
  const { kind, provider, eager } = registration;
  if (kind === "useSeed")
    return "It is given when a scope opens, found from every scope inside that, and ended by its giver.";
  if (kind === "useValue") return "It is a value: whoever made it ends it.";
  if (registration instanceof ForeignRegistration) return "That container decides how long it lives.";
  switch (lifecycle) {
    case Lifecycle.Singleton:
      return "A singleton: one for the container that it was registered in, until that is disposed.";
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
