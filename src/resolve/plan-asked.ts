/** The plans for who asks a container: where that knows too little, the scope for which it is asked may know more. */
import { AmbitError, UnregisteredTokenError } from "../errors.js";
import { type Home, Plan } from "../plan/plan.js";
import { Lifecycle } from "../registry/lifecycle.js";
import type { InjectionToken } from "../registry/token.js";
import { askerOf } from "./asker.js";
import { compile, compileAll, compileAsked, compileToken, planFor, planForAll, planIfAny } from "./compile.js";
import { LeftOpen } from "./left-open.js";
import type { Trail } from "./trail.js";
import type { View } from "./view.js";

/** How `resolve` and `resolveAll` find their plans. */
interface Way {
  readonly of: "one" | "all";
  readonly planIn: (view: View, token: InjectionToken) => Plan;
  readonly compileIn: (view: View, token: InjectionToken, trail: Trail) => Plan;
}

const ONE: Way = { of: "one", planIn: planFor, compileIn: compileToken };
const ALL: Way = { of: "all", planIn: planForAll, compileIn: compileAll };

/**
 * As `planFor`, for who asks a container. What that cannot build, the asker's scope may: it has overridden it, or builds
 * it through a container that knows more.
 */
export function planAsked(view: View, token: InjectionToken): Plan {
  view.refresh();
  return view.plans.get(token) ?? planInScope(view, token, ONE);
}

/** As `planForAll`, for who asks a container. */
export function planAskedForAll(view: View, token: InjectionToken): Plan {
  view.refresh();
  return view.plansForAll.get(token) ?? planInScope(view, token, ALL);
}

/** As `planIfAny`, for who asks a container. */
export function planAskedIfAny(view: View, token: InjectionToken): Plan | undefined {
  // Who asks makes a difference only where something is overridden.
  const seen = view.family.overriding === 0 ? view : view.seenFrom(viewOfAsker(view));
  return planIfAny(seen, token, planAsked);
}

/** The plan that is made here; where that is refused, the one that the asker's scope has for it. */
function planInScope(view: View, token: InjectionToken, way: Way): Plan {
  const place = viewOfAsker(view);
  if (place === undefined) return way.planIn(view, token);
  const leftOpen = view.leftOpen[way.of].of(place, view.family.changes);
  const known = leftOpen.get(token);
  if (known !== undefined) return known;
  try {
    return way.planIn(view, token);
  } catch (error) {
    if (!(error instanceof AmbitError)) throw error;
    const seen = view.seenFrom(place);
    if (seen !== view) return planInScope(seen, token, way);
    if (!(error instanceof UnregisteredTokenError) || place.base === view.base) throw error;
    const plan = compileAsked(token, () => planFromBoth(view, place, token, way));
    leftOpen.set(token, plan);
    return plan;
  }
}

/** A plan of this container's that leaves open what context-lived instances are built of: their scope's container knows. */
function planFromBoth(view: View, place: View, token: InjectionToken, { compileIn }: Way): Plan {
  const leftOpen = new LeftOpen();
  const plan = compileIn(view, token, beginning(view, leftOpen));
  // What can never be built is refused before anything is.
  for (const registration of leftOpen.registrations) compile(place, registration);
  return plan;
}

/** What the scope sees for which is asked just now; `undefined` outside of every scope. */
function viewOfAsker({ home }: View): View | undefined {
  return askerOf(home as Home).home.place as View | undefined;
}

function beginning(view: View, leftOpen: LeftOpen): Trail {
  const plan = new Plan("", Lifecycle.Transient, undefined, view);
  return { registration: undefined, view, plan, above: undefined, survey: undefined, leftOpen, asking: undefined };
}
