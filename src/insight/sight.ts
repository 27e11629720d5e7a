/** What there is to see of a container: what can be built, what asks for what, and what is refused. */
import type { Plan } from "../plan/plan.js";
import type { InjectionToken } from "../registry/token.js";
import type { Request } from "../resolve/requests.js";
import type { Refusal } from "../resolve/survey.js";
import type { View } from "../resolve/view.js";

/** How a holder asks for what it holds; a "recorded" edge is one that nobody declared, and somebody used. */
export type EdgeKind = "direct" | "alias" | "all" | "optional" | "delayed" | "ref" | "proxy" | "recorded";

/** What one plan asks for, and how. */
export interface SeenLink {
  readonly from: Plan;
  /** What answers; nothing where that is refused. */
  readonly to: readonly Plan[];
  readonly kind: EdgeKind;
  readonly request: Request;
}

export interface Sight {
  readonly view: View;
  readonly plans: readonly Plan[];
  readonly links: readonly SeenLink[];
  readonly refusals: readonly Refusal[];
  /** What was asked for beside the registrations, and the plan that answers. */
  readonly asked: ReadonlyMap<InjectionToken, Plan>;
}

/** Whether its answer is found when it is used, and not when its holder is built. */
export function isLater(kind: EdgeKind): boolean {
  return kind === "delayed" || kind === "ref" || kind === "proxy" || kind === "recorded";
}

/** Whether the holder keeps the answer: not with a ref or a proxy, which keep nothing. */
export function isHeld(kind: EdgeKind): boolean {
  return kind !== "ref" && kind !== "proxy";
}
