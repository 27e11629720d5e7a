/** Sees what a container builds and ends in one order, through the guard's place in it. */
import type { OpenedScope } from "../container/opened-scope.js";
import { ScopeLeakError } from "../errors.js";
import { isInside } from "../insight/use.js";
import type { Guard } from "../plan/guarding.js";
import type { LeakReport } from "../plan/leaks.js";
import type { Maker } from "../plan/make.js";
import type { Home, Plan } from "../plan/plan.js";
import type { Scope } from "../registry/api.js";
import { Lifecycle, outlivesScopes } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import type { View } from "../resolve/view.js";
import { unguarded } from "../scope/behind.js";
import { disposerOf, isObject, PLAIN, TOLD } from "../scope/disposal.js";
import { Lifespan } from "../scope/lifespan.js";
import type { Owner } from "../scope/owner.js";
import { delayed } from "./delayed.js";
import { type Director, player } from "./director.js";
import type { Ledger } from "./ledger.js";
import { Tenures } from "./tenures.js";

/** A guard around the guard: that one refuses what is used in the wrong place, this one sees who gets what. */
export class Watch implements Guard {
  readonly #guard: Guard;
  readonly #director: Director;
  readonly #ledger: Ledger;
  readonly #tenures: Tenures;
  /** By value: the scope for which it was built. */
  readonly #homes = new WeakMap<object, Lifespan>();
  /** What factories gave of which nobody here is the owner, by the name of its token. */
  readonly #ownerless = new Map<string, object[]>();
  /** Scopes, and by which request they were opened. */
  readonly #scopes = new Map<Scope, string | undefined>();
  readonly #owners = new Set<Owner>();
  readonly #isFresh: boolean;

  /** @param isFresh whether the container is of this order alone: else what outlives scopes is built in the first only */
  constructor(guard: Guard, director: Director, ledger: Ledger, isFresh: boolean) {
    this.#isFresh = isFresh;
    this.#guard = guard;
    this.#director = director;
    this.#ledger = ledger;
    this.#tenures = new Tenures(director, ledger);
  }

  opened(scope: Scope): void {
    this.#guard.opened(scope);
    this.#scopes.set(scope, player.get());
    this.#watchOwner(scope);
  }

  instead(registration: Registration): Registration {
    if (!this.#isFresh && outlivesScopes(registration.lifecycle)) return registration;
    return delayed(registration, this.#director);
  }

  around(plan: Plan, registration: Registration, { make, makeAsync }: Maker): Maker {
    this.#watchOwner((plan.place as View).home);
    const see = <T>(home: Home, value: T): T => {
      this.#built(home, unguarded(value), plan, registration);
      return value;
    };
    return this.#guard.around(plan, registration, {
      make: (home, resolution) => see(home, make(home, resolution)),
      makeAsync: (home, resolution, flight) => {
        const made = makeAsync(home, resolution, flight);
        return made instanceof Promise ? made.then((value: unknown) => see(home, value)) : see(home, made);
      },
    });
  }

  historyOf(scope: Scope): string | undefined {
    return this.#guard.historyOf(scope);
  }

  originOf(scope: Scope): string | undefined {
    return this.#guard.originOf(scope);
  }

  lost(name: string): void {
    this.#guard.lost(name);
  }

  report(): LeakReport {
    return this.#guard.report();
  }

  /** Nothing goes on by itself any more: what requests have opened is closed. @param unfinished not these requests */
  verifyScopes(unfinished: ReadonlySet<string>): void {
    for (const [scope, name] of this.#scopes) {
      if (name === undefined || unfinished.has(name) || scope.state === "closed") continue;
      const message = `a scope that ${name} opened was never closed: use container.runInScope, or await scope.close().`;
      this.#ledger.add({ kind: "missed", name: "a scope", message });
    }
  }

  /** What was used in another scope than its own, whoever heard of it. */
  verifyUses(): void {
    for (const { name, first } of this.#guard.report().misused) {
      const shared = first instanceof ScopeLeakError && first.currentScopeId !== undefined;
      this.#ledger.add({ kind: shared ? "shared" : "survivor", name, message: first.message, error: first });
    }
  }

  /** All is over. @param ended whether the container has been disposed, too */
  verifyEnd(ended: boolean): void {
    this.#tenures.verifyEnd(ended);
    for (const [name, values] of this.#ownerless) this.#verifyOwnerless(name, values);
  }

  /** Gives owners back their own ways; those of scopes have gone with them. */
  leave(): void {
    for (const owner of this.#owners) Reflect.deleteProperty(owner, "push");
  }

  /** A method of its own, so that nothing on the way of every request has to ask whether somebody watches. */
  #watchOwner(owner: Owner): void {
    if (this.#owners.has(owner)) return;
    this.#owners.add(owner);
    const { push } = owner;
    owner.push = (value, dispose, kind) => {
      const isUsers = kind === PLAIN || kind === TOLD;
      push.call(owner, value, isUsers ? this.#tenures.take(owner, value, dispose, kind) : dispose, kind);
    };
  }

  #built(home: Home, value: unknown, plan: Plan, registration: Registration): void {
    if (!isObject(value) || registration.kind === "useToken") return;
    if (!this.#tenures.names.has(value)) this.#tenures.names.set(value, plan.name);
    if (!registration.owned) return this.#seeOwnerless(home, value, plan, registration);
    if (plan.lifecycle === Lifecycle.ContextScoped && home instanceof Lifespan) this.#seeHome(home, value, plan);
  }

  /** Finds one thing in two scopes at once. One after the other is what the clients of a pool do. */
  #seeHome(home: Lifespan, value: object, plan: Plan): void {
    const earlier = this.#homes.get(value);
    if (earlier === undefined || !this.#tenures.isHeld(value, earlier)) return void this.#homes.set(value, home);
    if (isInside(home, earlier) || isLongLived(value, home as OpenedScope, plan)) return;
    const { name } = plan;
    const message = `${name} was built for one scope and given to another one that was open at the same time: its provider keeps it. Let it make a new one each time, or register it with owned: false if it is another's.`;
    this.#ledger.add({ kind: "shared", name, message });
  }

  #seeOwnerless(home: Home, value: object, plan: Plan, { kind }: Registration): void {
    if (kind !== "useFactory" || disposerOf(value) === undefined) return;
    if (isLongLived(value, home as OpenedScope, plan)) return;
    this.#tenures.listen(value);
    this.#ownerless.set(plan.name, [...(this.#ownerless.get(plan.name) ?? []), value]);
  }

  /** What is made anew each time, and never disposed, was forgotten; what is given again and again is somebody's. */
  #verifyOwnerless(name: string, values: readonly object[]): void {
    const isOthers = (value: object) => this.#tenures.isOwned(value) || this.#tenures.wasDisposedByHand(value);
    if (values.length < 2 || new Set(values).size < values.length || values.some(isOthers)) return;
    const message = `${name} has a disposer, and nobody called it: what a factory without a lifecycle gives is yours to dispose. Register it with a lifecycle, or with owned: true.`;
    this.#ledger.add({ kind: "missed", name, message });
  }
}

/** Whether a factory gave what outlives scopes, or is the user's. */
function isLongLived(value: object, home: OpenedScope, { place }: Plan): boolean {
  if (home.containerOwns(value) || value === place.container) return true;
  for (let view: View | undefined = place as View; view !== undefined; view = view.parent) {
    if ([...view.base.instances.values()].includes(value)) return true;
    const all = [...view.registrations.values()].flat();
    if (all.some(({ provider }) => provider.useValue === value)) return true;
  }
  return false;
}
