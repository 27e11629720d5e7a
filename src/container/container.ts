/** The container: registers, resolves, opens scopes, has children, and ends what it built. */
import { inspect } from "node:util";
import { currentCell } from "../context/cell.js";
import { ContainerDisposedError, ScopeStateError } from "../errors.js";
import type { Foreign } from "../plan/foreign.js";
import { equip, GUARD_BY_DEFAULT, type Guard } from "../plan/guarding.js";
import type { LeakReport } from "../plan/leaks.js";
import { NOT_CONSTANT, type Plan } from "../plan/plan.js";
import {
  type DependencyContainer,
  type Provider,
  Registrar,
  type RegistrationOptions,
  Scope,
  type ScopeOptions,
} from "../registry/api.js";
import { Registration } from "../registry/registration.js";
import { type Constructor, type InjectionToken, nameOfToken, undelayed } from "../registry/token.js";
import { answerHere, ask, askAsync, type Counter, ELSEWHERE } from "../resolve/ask.js";
import { compile } from "../resolve/compile.js";
import { type Host, isContainers } from "../resolve/homes.js";
import { planAsked, planAskedForAll, planAskedIfAny } from "../resolve/plan-asked.js";
import { Family, View } from "../resolve/view.js";
import { watchedAsk } from "../resolve/watched-builds.js";
import { numberOf } from "../scope/channels.js";
import { assertNoneEntered, runToEnd, runToEndSync, ScopeToken } from "../scope/run.js";
import { registerBuiltIn } from "./built-in.js";
import { ContainerEnd } from "./container-end.js";
import type { ContainerOptions } from "./container-options.js";
import { openScope } from "./opening.js";
import { assertStays, proxyOf } from "./proxy.js";
import { surveyed } from "./surveyed.js";
import { assertNoTokenCycle } from "./token-cycle.js";
import { warn } from "./warn.js";

type Work<R> = (scope: Scope) => R;

/**
 * A container: tsyringe's, with async graphs, scopes, and two more lifetimes.
 *
 * It owns its singletons, container-scoped and thread-scoped instances, and disposes them newest first.
 */
export class Container extends Registrar implements DependencyContainer, AsyncDisposable {
  /** Hears of disposal failures that have no caller to be thrown to. Default: a process warning. */
  onDisposalError: (error: unknown) => void;
  readonly #view: View;
  readonly #end: ContainerEnd;
  readonly #forOne: Counter;
  readonly #ifAny: Counter;
  readonly #forAll: Counter;
  readonly #parent: Container | undefined;

  constructor(options: ContainerOptions = {}, parent?: Container) {
    super();
    this.#parent = parent;
    this.onDisposalError = options.onDisposalError ?? parent?.onDisposalError ?? warn;
    const family =
      parent === undefined ? new Family(options.scopes, options.guard ?? GUARD_BY_DEFAULT) : parent.#view.family;
    const host = this.#host(family);
    this.#end = new ContainerEnd(host, parent === undefined ? undefined : parent.#end);
    const { home, outside } = this.#end;
    this.#view = new View(this, family, parent === undefined ? undefined : parent.#view, home, host);
    this.#forOne = { place: this.#view, outside, planIn: planAsked };
    this.#ifAny = { place: this.#view, outside, planIn: (place, token) => planAskedIfAny(place, token) as Plan };
    this.#forAll = { place: this.#view, outside, planIn: planAskedForAll };
    if (parent === undefined) registerBuiltIn(family, Container);
  }

  /** What messages of channels call it: a number, unique in this thread. */
  get id(): number {
    return numberOf(this);
  }

  // Registering

  /** @internal */
  override enroll(token: InjectionToken, provider: Provider | Constructor, options: RegistrationOptions): void {
    this.#assertLiving();
    const registration = new Registration(token, provider, options);
    assertNoTokenCycle(this.#view, token, registration);
    this.#view.add(registration);
    const { kind, owned, provider: given } = registration;
    if (kind === "useValue" && owned && !this.#owns(given.useValue)) this.#end.home.own(given.useValue);
  }

  /** Joins a container of another library; once, however often it is asked. @internal */
  join(other: object, foreign: () => Foreign): void {
    this.#assertLiving();
    this.#view.join(other, this.#view.joined.get(other) ?? foreign());
  }

  /** Whether this container knows `token`; with `recursive`, also whether one around it does. */
  isRegistered(token: InjectionToken, recursive = false): boolean {
    this.#assertLiving();
    if (this.#view.registrations.has(token)) return true;
    if (!recursive) return false;
    return this.#view.find(token) !== undefined || this.#view.foreignTo(token) !== undefined;
  }

  /** Forgets all registrations and interceptors. What was built stays owned, and is disposed with the container. */
  reset(): void {
    this.#assertLiving();
    this.#view.reset();
  }

  /** Forgets values and cached instances, so that they are built anew. Those there were are disposed with the container. */
  clearInstances(): void {
    this.#assertLiving();
    this.#view.clearInstances();
  }

  beforeResolution<T>(
    token: InjectionToken<T>,
    callback: (...args: any[]) => void,
    options: { frequency: "Always" | "Once" } = { frequency: "Always" },
  ): void {
    this.#assertLiving();
    this.#view.intercept("before", token, callback, options.frequency);
  }

  afterResolution<T>(
    token: InjectionToken<T>,
    callback: (...args: any[]) => void,
    options: { frequency: "Always" | "Once" } = { frequency: "Always" },
  ): void {
    this.#assertLiving();
    this.#view.intercept("after", token, callback, options.frequency);
  }

  // Asking

  resolve<T>(token: InjectionToken<T>): T {
    const plan = planAsked(this.#view, token);
    if (this.#view.family.watched) return watchedAsk(plan, undefined, ask, this.#forOne, token, plan) as T;
    if (this.#isFinal(plan)) return plan.constant as T;
    const here = answerHere(plan);
    return (here === ELSEWHERE ? ask(this.#forOne, token, plan) : here) as T;
  }

  async resolveAsync<T>(token: InjectionToken<T>): Promise<T> {
    const plan = planAsked(this.#view, token);
    if (this.#view.family.watched) return (await watchedAsk(plan, undefined, askAsync, this.#forOne, token, plan)) as T;
    return (this.#isFinal(plan) ? plan.constant : await askAsync(this.#forOne, token, plan)) as T;
  }

  resolveAll<T>(token: InjectionToken<T>): T[] {
    return ask(this.#forAll, token, planAskedForAll(this.#view, token)) as T[];
  }

  /** Whether the answer is there, no scope has another one, and nobody may be refused it. */
  #isFinal({ constant, reaches }: Plan): boolean {
    return constant !== NOT_CONSTANT && this.#view.family.overriding === 0 && reaches.length === 0;
  }

  /** An object that forwards each access to what this container gives for `token` there. @internal */
  standInFor(token: InjectionToken): object {
    const { family } = this.#view;
    let plan: Plan;
    let asOf = -1;
    return proxyOf(nameOfToken(token), () => {
      // As long as nothing has changed, the plan is the same: looking it up took a third of a method call.
      if (asOf !== family.changes) {
        plan = planAsked(this.#view, undelayed(token));
        assertStays(plan);
        // What is only so for this scope is not kept.
        asOf = this.#view.plans.get(undelayed(token)) === plan ? family.changes : -1;
      }
      if (this.#isFinal(plan)) return plan.constant;
      const here = answerHere(plan);
      return here === ELSEWHERE ? ask(this.#forOne, undelayed(token), plan, assertStays) : here;
    });
  }

  tryResolve<T>(token: InjectionToken<T>): T | undefined {
    this.#assertLiving();
    const plan = planAskedIfAny(this.#view, token);
    return plan === undefined ? undefined : (ask(this.#ifAny, token, plan) as T);
  }

  /** Builds what is thread-scoped and eager, here and in the containers around it, one after the other. @internal */
  async buildEager(): Promise<void> {
    await this.#parent?.buildEager();
    for (const registrations of this.#view.registrations.values()) {
      for (const each of registrations) {
        if (each.eager) await askAsync(this.#forOne, each.token, compile(this.#view, each));
      }
    }
  }

  /** What it can see, for those who look and do not build. @internal */
  get view(): View {
    return this.#view;
  }

  // Scopes

  runInScope<R>(fn: Work<R>): Promise<Awaited<R>>;
  runInScope<R>(options: ScopeOptions, fn: Work<R>): Promise<Awaited<R>>;
  runInScope<R>(options: ScopeOptions | Work<R>, fn?: Work<R>): Promise<Awaited<R>> {
    try {
      const work = workOf<R>(fn ?? options);
      const from = currentCell();
      const scope = openScope(this.#view, from, fn === undefined ? undefined : (options as ScopeOptions));
      return settled(runToEnd(from, scope, work, this.#report));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  runInScopeSync<R>(fn: Work<R>): R;
  runInScopeSync<R>(options: ScopeOptions, fn: Work<R>): R;
  runInScopeSync<R>(options: ScopeOptions | Work<R>, fn?: Work<R>): R {
    const work = workOf<R>(fn ?? options);
    const from = currentCell();
    const scope = openScope(this.#view, from, fn === undefined ? undefined : (options as ScopeOptions));
    return runToEndSync(from, scope, work, this.#report);
  }

  createScope(options?: ScopeOptions): Scope {
    return openScope(this.#view, currentCell(), options);
  }

  enterScope(options?: ScopeOptions): ScopeToken<Scope> {
    assertNoneEntered();
    return new ScopeToken(openScope(this.#view, currentCell(), options));
  }

  createChildContainer(): Container {
    this.#assertLiving();
    return new Container({}, this);
  }

  /**
   * What its guard has seen so far: uses that it refused, instances that outlived their scopes, and transients that
   * nobody disposed.
   *
   * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE without a guard
   */
  leaks(): LeakReport {
    const { guard } = this.#view.family;
    if (guard !== undefined) return guard.report();
    throw new ScopeStateError(
      "Cannot report leaks: nobody watches over this container's scopes.",
      "new Container({ guard: true }), or AMBIT_GUARD=1 in the environment.",
    );
  }

  /**
   * Has all that this family builds from now on go through a guard that is made around one of its own. Gives what puts
   * back the one there was. @internal
   */
  watch(around: (guard: Guard) => Guard): () => void {
    const { family, root } = this.#view;
    const before = family.guard;
    const put = (guard: Guard | undefined) => {
      family.guard = guard;
      root.changed();
    };
    equip(family);
    put(around(family.guard as Guard));
    return () => put(before);
  }

  // The end

  /**
   * Closes the scopes that are still open, then child containers, then disposes its own instances: newest first each,
   * awaited. Afterwards everything here answers `ContainerDisposedError`. Calling again gives the same promise.
   *
   * @throws DisposalError ERR_AMBIT_DISPOSAL when two or more disposers failed; a single failure as it is
   */
  dispose(): Promise<void> {
    return this.#end.dispose();
  }

  /** As `dispose`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** One line: an error in a log must not print a registry. */
  [inspect.custom](): string {
    return `Container { ${this.#view.registrations.size} tokens }`;
  }

  /** As little for a logger that writes JSON. */
  toJSON(): { tokens: number } {
    return { tokens: this.#view.registrations.size };
  }

  #owns(value: unknown): boolean {
    return value === this || isContainers(value) || (this.#parent !== undefined && this.#parent.#owns(value));
  }

  /** A handler that fails must not take the place of what it was told, nor of the work's own error. */
  readonly #report = (error: unknown): void => {
    try {
      this.onDisposalError(error);
    } catch (failure) {
      warn(error);
      warn(failure);
    }
  };

  #host(family: Family): Host {
    return {
      family,
      open: { newest: undefined },
      report: this.#report,
      planOf: (registration) => compile(this.#view, registration),
      standInFor: (token) => this.standInFor(token),
      owns: (value) => this.#owns(value),
      keepAlive: () => this.#end.keepAlive(),
      changed: () => this.#view.changed(),
      forget: () => this.#view.instances.clear(),
      survey: () => surveyed(this.#view),
    };
  }

  #assertLiving(): void {
    if (this.#view.ended) throw new ContainerDisposedError();
  }
}

function workOf<R>(fn: unknown): Work<R> {
  if (typeof fn === "function") return fn as Work<R>;
  throw new ScopeStateError(
    "Cannot run in a scope without a function.",
    "container.runInScope(async (scope) => { ... }).",
  );
}

/** A promise of what is there, without a second one around it. */
function settled<R>(result: R | Promise<Awaited<R>>): Promise<Awaited<R>> {
  return result instanceof Promise ? result : Promise.resolve(result);
}

/** The default root container: what the decorators register into. */
export const container = new Container();
