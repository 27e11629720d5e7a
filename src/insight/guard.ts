/** The guard: finds instances that are used in another scope than their own, for development and tests. */
import type { OpenedScope } from "../container/opened-scope.js";
import { isStandIn } from "../plan/claim.js";
import { type Guard, makeGuardsWith } from "../plan/guarding.js";
import type { LeakReport } from "../plan/leaks.js";
import type { Maker } from "../plan/make.js";
import type { Home, Place, Plan } from "../plan/plan.js";
import type { Scope } from "../registry/api.js";
import { Lifecycle } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import { isGuarded } from "../scope/behind.js";
import { isObject } from "../scope/disposal.js";
import { leakError } from "./leak-error.js";
import { Leaks } from "./leaks.js";
import { isOfThePlatform } from "./platform.js";
import { ScopeLife } from "./scope-life.js";
import { standInFor } from "./stand-in.js";
import { misplacedUse } from "./use.js";

class ScopeGuard implements Guard {
  readonly #lives = new WeakMap<object, ScopeLife>();
  readonly #leaks = new Leaks();

  opened(scope: Scope): void {
    const life = new ScopeLife(scope, () => this.#leaks.closed(life));
    this.#lives.set(scope, life);
    scope.more.onlooker = life;
  }

  around(plan: Plan, registration: Registration, { make, makeAsync }: Maker): Maker {
    if (plan.lifecycle !== Lifecycle.ContextScoped) return { make, makeAsync };
    const handOut = (home: Home, value: unknown) => this.#handOut(home as OpenedScope, value, plan, registration);
    return {
      make: (home, resolution) => handOut(home, make(home, resolution)),
      makeAsync: (home, resolution, flight) => {
        const made = makeAsync(home, resolution, flight);
        return plan.async && made instanceof Promise ? made.then((value) => handOut(home, value)) : handOut(home, made);
      },
    };
  }

  historyOf(scope: Scope): string | undefined {
    const life = this.#lives.get(scope);
    return life === undefined ? undefined : `It was ${life.history}.`;
  }

  originOf(scope: Scope): string | undefined {
    return this.#lives.get(scope)?.stack;
  }

  lost(name: string): void {
    this.#leaks.lost(name);
  }

  report(): LeakReport {
    return this.#leaks.report();
  }

  /** What is given in place of `value`, which was made for `scope`. */
  #handOut(scope: OpenedScope, value: unknown, { name, place }: Plan, registration: Registration): unknown {
    const life = this.#lives.get(scope);
    if (life === undefined || !isObject(value) || isGuarded(value) || isStandIn(value)) return value;
    if (isOfThePlatform(value) || isLongLived(value, registration, scope, place)) return value;
    const known = life.standIns.get(value);
    if (known !== undefined) return known;
    const standIn = standInFor(value, {
      name,
      assertUsable: (key) => this.#assertUsable(scope, life, name, key),
      shown: (other) => (isObject(other) ? (life.standIns.get(other) ?? other) : other),
    });
    life.standIns.set(value, standIn);
    // What a factory gave may be another's, and live on: the client of a pool.
    this.#leaks.handedOut(registration.kind === "useClass" ? value : standIn, value, name, life);
    return standIn;
  }

  #assertUsable(scope: OpenedScope, life: ScopeLife, name: string, key: PropertyKey | undefined): void {
    const misplaced = misplacedUse(scope, life.closer);
    if (misplaced === undefined) return;
    const current = misplaced === "closed" ? undefined : misplaced;
    const error = leakError({ scope, life, current, currentLife: current && this.#lives.get(current), name, key });
    this.#leaks.misused(name, life.openedAt, error);
    throw error;
  }
}

/** Whether a factory gave what lives longer than its scope, and is found in other ways, too. */
function isLongLived(value: object, { kind }: Registration, scope: OpenedScope, place: Place): boolean {
  if (kind === "useClass") return false;
  return scope.containerOwns(value) || scope.container === value || [...place.base.instances.values()].includes(value);
}

makeGuardsWith(() => new ScopeGuard());
