/** What shorter-lived things a plan leads to: those who live longer may not hold it. */
import { Scope } from "../registry/api.js";
import { Lifecycle, outlivesScopes } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import type { Plan, Reach } from "./plan.js";

/** The shorter-lived things that a plan leads to: one path for each kind, or for each that is not the same. */
export function reachesOf(plan: Plan, registration: Registration | undefined, isSame = isAlike): Reach[] {
  const { lifecycle, scopeName } = plan;
  if (lifecycle === Lifecycle.ContextScoped) {
    // Whoever asks for the scope gets its own; what is pinned to one scope is found from every scope inside it.
    const anywhere = registration?.token === Scope || registration?.pinnedTo !== undefined;
    return [{ per: "scope", scopeName, anywhere, path: [plan.step()] }];
  }
  if (lifecycle === Lifecycle.ContainerScoped)
    return [{ per: "container", scopeName: undefined, anywhere: false, path: [plan.step()] }];
  if (outlivesScopes(lifecycle)) return [];
  const found: Reach[] = [];
  for (const { plans, via } of plan.edges) {
    for (const reach of plans.flatMap((next) => next.reaches)) {
      if (!found.some((known) => isSame(known, reach))) found.push(further(plan, via, reach));
    }
  }
  return found;
}

function isAlike(a: Reach, b: Reach): boolean {
  return a.per === b.per && a.scopeName === b.scopeName && a.anywhere === b.anywhere;
}

/** Tells all of them apart, for those who want to know of each. */
export function eachReach(a: Reach, b: Reach): boolean {
  return isAlike(a, b) && a.path.at(-1)?.name === b.path.at(-1)?.name;
}

function further(plan: Plan, via: string, reach: Reach): Reach {
  const [first, ...rest] = reach.path;
  return { ...reach, path: [plan.step(), { ...first, via }, ...rest] };
}

/** What leads to a seed holds what some scope was given. */
export function seedReach(plan: Plan): Reach {
  return { per: "scope", scopeName: undefined, anywhere: true, path: [plan.step()] };
}
