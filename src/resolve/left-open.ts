/** What a container cannot build for itself, and the container of a scope can: context-lived instances are built there. */
import type { UnregisteredTokenError } from "../errors.js";
import type { Maker } from "../plan/make.js";
import type { Plan } from "../plan/plan.js";
import type { Registration } from "../registry/registration.js";
import type { InjectionToken } from "../registry/token.js";

/** One look at what is asked for that leaves open what context-lived instances are built of. */
export class LeftOpen {
  /** Their plans are no use to others. */
  readonly #plans = new Map<object, Map<Registration, Plan>>();
  readonly #refused = new Map<Registration, UnregisteredTokenError>();

  /** The context-lived things that are left to the container of the scope. */
  get registrations(): Iterable<Registration> {
    return this.#refused.keys();
  }

  /** The plans that were made of this look. */
  plansIn(view: object): Map<Registration, Plan> {
    let plans = this.#plans.get(view);
    if (plans === undefined) this.#plans.set(view, (plans = new Map()));
    return plans;
  }

  /** Leaves it to the container of the scope to build this. */
  leave(registration: Registration, why: UnregisteredTokenError): void {
    this.#refused.set(registration, why);
  }

  /** What refuses to build here what was left; `undefined` where nothing was. */
  makerOf(registration: Registration): Maker | undefined {
    const why = this.#refused.get(registration);
    if (why === undefined) return undefined;
    const refuse = () => {
      throw why;
    };
    return { make: refuse, makeAsync: refuse };
  }
}

/** What was left open here, by the container that builds it. Good until anything changes in the family. */
export class LeftOpenPlans {
  #asOf = -1;
  /** Containers come and go, as tenants do. */
  #plans = new WeakMap<object, Map<InjectionToken, Plan>>();

  /** The plans for scopes of the container that sees `view`, as of so many changes. */
  of(view: object, changes: number): Map<InjectionToken, Plan> {
    if (this.#asOf !== changes) this.#plans = new WeakMap();
    this.#asOf = changes;
    let plans = this.#plans.get(view);
    if (plans === undefined) this.#plans.set(view, (plans = new Map()));
    return plans;
  }
}
