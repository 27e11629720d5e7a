/**
 * A look at all that a container could build: plans that nobody runs, what each asks for, and every refusal.
 *
 * It is made by the compiler that makes the plans of `resolve`, so that both refuse the same, in the same words.
 */
import type { AmbitError } from "../errors.js";
import type { Plan } from "../plan/plan.js";
import type { Registration } from "../registry/registration.js";
import type { Request } from "./requests.js";
import type { View } from "./view.js";

/** What one plan asks for at one place. */
export interface Link {
  readonly from: Plan;
  readonly request: Request;
  /** What answers; nothing for what was refused, and for what is found later, by a ref or behind `delay`. */
  readonly to: readonly Plan[];
  /** Whose registrations answer. */
  readonly view: View;
}

/** What `resolve` would throw. */
export interface Refusal {
  readonly error: AmbitError;
  /** Which plan it is about, and what that asks for; no request where nobody knows what it asks for. */
  readonly plan: Plan;
  readonly request: Request | undefined;
}

export class Survey {
  readonly links: Link[] = [];
  readonly refusals: Refusal[] = [];
  readonly #plans = new Map<View, Map<Registration, Plan>>();

  /** The plans for those who resolve in `view`. */
  plansIn(view: View): Map<Registration, Plan> {
    let plans = this.#plans.get(view);
    if (plans === undefined) this.#plans.set(view, (plans = new Map()));
    return plans;
  }

  /** All plans, those first that were reached first from below. */
  get plans(): Plan[] {
    return [...this.#plans.values()].flatMap((plans) => [...plans.values()]);
  }

  link(from: Plan, request: Request, to: readonly Plan[], view: View): void {
    this.links.push({ from, request, to, view });
  }

  refuse(error: AmbitError, plan: Plan, request?: Request): void {
    this.refusals.push({ error, plan, request });
  }
}
