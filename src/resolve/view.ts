/** What one container can see: its own registrations, then its parent's, and the plans made from them. */
import { ContainerDisposedError } from "../errors.js";
import { type Foreign, ForeignRegistration } from "../plan/foreign.js";
import { equip, type Guard, type Guarded } from "../plan/guarding.js";
import type { Place, Plan } from "../plan/plan.js";
import { Recorder } from "../plan/recorder.js";
import type { DependencyContainer } from "../registry/api.js";
import { Interceptors } from "../registry/interceptors.js";
import { declaredOptions } from "../registry/metadata.js";
import { Registration } from "../registry/registration.js";
import type { Constructor, InjectionToken } from "../registry/token.js";
import { RESOLVE } from "../scope/channels.js";
import { DISPOSING, OPEN, type Owner } from "../scope/owner.js";
import type { Host } from "./homes.js";
import { LeftOpenPlans } from "./left-open.js";

/** What a root container shares with its children. */
export class Family implements Guarded {
  /** What watches over its scopes; without one, instances are handed out as they are. */
  guard: Guard | undefined = undefined;
  /** Whether plans tell of what they build. */
  watched = false;
  /** Grows with every change to what a container of the family can see. */
  changes = 0;
  /** How many slots its scopes may need. */
  slots = 0;
  /** How many open scopes have overrides: while there are any, what a container gives depends on who asks. */
  overriding = 0;
  /** How many views there are: with several, of what a context-lived instance is built depends on its scope. */
  views = 0;
  /** Notes what providers ask for, once somebody wants to know. */
  recorder: Recorder | undefined;
  /** Tokens that nobody registered and some scope was given as a seed. */
  readonly seeds = new Map<InjectionToken, Registration>();
  /** What every container can give without being told: itself, the scope. */
  readonly builtIn = new Map<InjectionToken, Registration>();

  /** @param scopeNames the declared order of named scopes, the outermost first */
  constructor(
    readonly scopeNames: readonly string[] = [],
    readonly guarded = false,
  ) {
    if (guarded) equip(this);
  }

  /** Whether a scope of the one name lives inside scopes of the other, as far as the order was declared. */
  isInside(inner: string, outer: string): boolean {
    const at = this.scopeNames.indexOf(outer);
    return at >= 0 && this.scopeNames.indexOf(inner) > at;
  }
}

export class View implements Place {
  readonly registrations = new Map<InjectionToken, Registration[]>();
  /** By token: what `resolve` gives. */
  plans = new Map<InjectionToken, Plan>();
  /** By token: what `resolveAll` gives. */
  plansForAll = new Map<InjectionToken, Plan>();
  readonly compiled = new Map<Registration, Plan>();
  /** What `resolve` and `resolveAll` give in scopes of containers that know more. */
  readonly leftOpen = { one: new LeftOpenPlans(), all: new LeftOpenPlans() };
  /** Classes that nobody registered: here those without a lifetime, in the root's all that their decorators gave one. */
  readonly #implicit = new Map<InjectionToken, Registration>();
  readonly instances = new Map<Registration, unknown>();
  /** Containers of another library that are asked for what nobody registered here. */
  readonly joined = new Map<object, Foreign>();
  readonly #foreign = new Map<InjectionToken, ForeignRegistration>();
  readonly interceptors: Interceptors;
  /** When its own registrations changed last, and up to which change its plans are good. */
  #changed = 0;
  #fresh = -1;

  constructor(
    readonly container: DependencyContainer,
    readonly family: Family,
    readonly parent: View | undefined,
    readonly home: Owner,
    readonly host: Host,
    /** What it lies over, for the view of a scope with overrides. */
    readonly under?: View,
    /** The layers around, for the view of a scope inside one of another container. */
    readonly around?: readonly View[],
  ) {
    this.interceptors = under?.interceptors ?? new Interceptors();
    // Plans that were made for the only one do not know that there may be others.
    if (++family.views === 2) this.root.changed();
  }

  /** The outermost container's. */
  get root(): View {
    return this.parent?.root ?? this;
  }

  /** Without the overrides of a scope. */
  get base(): View {
    return this.under?.base ?? this;
  }

  /** The same container, as a scope sees it that replaces some registrations. */
  overlay(around?: readonly View[]): View {
    return new View(this.container, this.family, this, this.home, this.host, this, around);
  }

  /** The same overrides over what else the scope now sees. */
  movedOver(view: View): View {
    const moved = view.overlay();
    for (const [token, overrides] of this.registrations) moved.registrations.set(token, overrides);
    return moved;
  }

  /** The views in which a scope, and those around it, have their overrides: the outermost first. */
  get layers(): readonly View[] {
    if (this.under === undefined) return [];
    return this.around ?? [...this.under.layers, this];
  }

  /** This container as a scope that it opens inside one at `place` sees it: with what is overridden there of what both know. */
  inside(place: View): View {
    if (place.under === undefined) return this;
    if (place.base === this) return place;
    const { layers } = place;
    const view = this.overlay(layers);
    for (const { base, registrations } of layers) {
      for (const [token, overrides] of registrations)
        if (base.find(token) === this.find(token)) view.registrations.set(token, overrides);
    }
    return view;
  }

  /** This container as a scope of its family sees it. */
  seenFrom(place: View | undefined): View {
    const seen = place === undefined ? this : this.inside(place);
    return seen === place || seen.registrations.size > 0 ? seen : this;
  }

  /** The scope that sees its overrides has ended. */
  lift(): void {
    this.family.overriding--;
  }

  /** Whether this container, or one around it, has been disposed. */
  get ended(): boolean {
    return this.home.phase >= DISPOSING || (this.parent?.ended ?? false);
  }

  /** Whether it, or a container around it, has begun to end. */
  get closing(): boolean {
    return this.home.phase !== OPEN || (this.parent?.closing ?? false);
  }

  /** Has plans that saw what was here before made again: here, and in the containers below. */
  changed(): void {
    this.#changed = ++this.family.changes;
  }

  /** Forgets plans that a change has made stale. Those who watch builds are such a change, when they come and go. */
  refresh(): void {
    if (RESOLVE.hasSubscribers !== this.family.watched) this.#watch();
    if (this.#changedSince(this.#fresh)) this.#renew();
  }

  #watch(): void {
    this.family.watched = RESOLVE.hasSubscribers;
    this.root.changed();
  }

  #changedSince(fresh: number): boolean {
    return this.#changed > fresh || (this.parent !== undefined && this.parent.#changedSince(fresh));
  }

  /** @throws ContainerDisposedError ERR_AMBIT_CONTAINER_DISPOSED; a container's end is a change too */
  #renew(): void {
    if (this.ended) throw new ContainerDisposedError();
    this.#fresh = this.family.changes;
    this.plans.clear();
    this.plansForAll.clear();
    this.compiled.clear();
    const { recorder } = this.family;
    if (recorder === undefined) return;
    // Only here: a field that is assigned once costs less to read, which each resolve does.
    this.plans = recorder.plans(false);
    this.plansForAll = recorder.plans(true);
  }

  intercept(
    when: "before" | "after",
    token: InjectionToken,
    callback: (...args: any[]) => void,
    frequency: "Always" | "Once",
  ): void {
    this.interceptors.add(when, token, callback, frequency);
    this.changed();
  }

  reset(): void {
    this.registrations.clear();
    this.#implicit.clear();
    this.interceptors.clear();
    this.changed();
  }

  /** tsyringe's rule: values are forgotten too. */
  clearInstances(): void {
    this.instances.clear();
    for (const [token, registrations] of this.registrations) {
      const kept = registrations.filter(({ kind }) => kind !== "useValue");
      if (kept.length === 0) this.registrations.delete(token);
      else this.registrations.set(token, kept);
    }
    this.changed();
  }

  /** Asks `foreign` for what nobody registered here, and tells it what somebody has. */
  join(other: object, foreign: Foreign): void {
    this.joined.set(other, foreign);
    for (const registrations of this.registrations.values()) for (const each of registrations) foreign.learn(each);
    this.changed();
  }

  add(registration: Registration): void {
    const { token } = registration;
    const before = this.registrations.get(token)?.filter((each) => !each.givesWayTo(registration)) ?? [];
    this.registrations.set(token, [...before, registration]);
    for (const foreign of this.joined.values()) foreign.learn(registration);
    this.changed();
  }

  /** Everything registered for `token` by the nearest container that knows it. */
  find(token: InjectionToken): readonly Registration[] | undefined {
    return this.registrations.get(token) ?? this.parent?.find(token);
  }

  /** What stands for a token that only a joined container knows. */
  foreignTo(token: InjectionToken): ForeignRegistration | undefined {
    for (const foreign of this.joined.values()) {
      if (!foreign.knows(token)) continue;
      const known = this.#foreign.get(token);
      if (known?.from === foreign) return known;
      const registration = new ForeignRegistration(token, foreign);
      this.#foreign.set(token, registration);
      return registration;
    }
    return this.parent?.foreignTo(token);
  }

  /** Whether another library's container is asked for what nobody registered here. */
  get isJoined(): boolean {
    return this.joined.size > 0 || (this.parent?.isJoined ?? false);
  }

  /** The nearest view, from here outwards, in which this was registered. */
  whereRegistered(registration: Registration): View {
    const here = this.registrations.get(registration.token)?.includes(registration);
    return here || this.parent === undefined ? this : this.parent.whereRegistered(registration);
  }

  /**
   * The registration that a class has where nobody made one: with the lifetime that its decorator declared, else transient.
   *
   * What has a lifetime is shared, or kept in a scope that several containers may see: they share its registration.
   */
  implicit(target: Constructor): Registration {
    const options = declaredOptions(target);
    const known = (options === undefined ? this : this.root).#implicit;
    let registration = known.get(target);
    if (registration === undefined) known.set(target, (registration = new Registration(target, target, options ?? {})));
    return registration;
  }

  /** What was registered here, and what was asked for here without. */
  get known(): Registration[] {
    return [...[...this.registrations.values()].flat(), ...this.#implicit.values()];
  }

  /** Notes from now on what providers ask for, in the whole family. */
  record(): void {
    if (this.family.recorder !== undefined) return;
    this.family.recorder = new Recorder();
    this.root.changed();
  }

  /** Whether this is the registration of a class that nobody made one for. */
  isImplicit(registration: Registration): boolean {
    const { token } = registration;
    return this.#implicit.get(token) === registration || this.root.#implicit.get(token) === registration;
  }
}
