/** The scopes that containers open. */
import { inspect } from "node:util";
import { type ContextCell, currentCell } from "../context/cell.js";
import { type AmbitError, ContainerDisposedError, ScopeClosedError, type ScopeLabel } from "../errors.js";
import { flightOf } from "../plan/flight.js";
import type { Home, Plan } from "../plan/plan.js";
import { SLOTS_FLAT } from "../plan/slots.js";
import { type DependencyContainer, type Provider, Scope, type ScopeOptions } from "../registry/api.js";
import type { Registration } from "../registry/registration.js";
import { type Constructor, type InjectionToken, nameOfToken } from "../registry/token.js";
import { compile, planFor, planForAll, planIfAny } from "../resolve/compile.js";
import { obtain, obtainAsync } from "../resolve/obtain.js";
import { plantSeed, plantSeeds } from "../resolve/seeds.js";
import type { View } from "../resolve/view.js";
import { watchedAsk } from "../resolve/watched-builds.js";
import { SCOPE_OPEN } from "../scope/channels.js";
import type { OpenScopes } from "../scope/lifespan.js";
import { configure } from "../scope/lifespan-options.js";
import { eachNested } from "../scope/nested.js";
import { UNVOUCHED } from "../scope/outcome.js";
import { CLOSED, DISPOSING, OPEN } from "../scope/owner.js";
import { replaceIn } from "./override.js";

export class OpenedScope extends Scope implements Home {
  declare readonly place: View;

  constructor(view: View, parent: OpenedScope | undefined, from: ContextCell) {
    const { slots } = view.family;
    super(from.vars, new Array<unknown>(slots < SLOTS_FLAT ? slots : SLOTS_FLAT), view.host.open, parent);
    (this as { place: View }).place = view;
  }

  /** Applies what it was opened with; if that fails, it is closed again. */
  prepare(options: ScopeOptions): void {
    try {
      configure(this, options);
      if (this.#isWatched && options.origin !== undefined) this.more.origin = options.origin;
      if (options.seeds === undefined) return;
      plantSeeds(this, this.place, options.seeds);
    } catch (error) {
      this.more.silent = true;
      void this.end(UNVOUCHED);
      throw error;
    }
  }

  /** Whether anybody wants to know what it is for. */
  get #isWatched(): boolean {
    return SCOPE_OPEN.hasSubscribers || this.place.family.guard !== undefined;
  }

  get container(): DependencyContainer {
    return this.place.container;
  }

  get parent(): Scope | undefined {
    return this.enclosing as Scope | undefined;
  }

  get family(): object {
    return this.place.family;
  }

  get longLived(): boolean {
    return false;
  }

  get report(): (error: unknown) => void {
    return this.place.host.report;
  }

  get openScopes(): OpenScopes {
    return this.place.host.open;
  }

  resolve<T>(token: InjectionToken<T>): T {
    const plan = this.#planFor(token);
    if (this.place.family.watched) return watchedAsk(plan, this, obtain, plan, this) as T;
    return obtain(plan, this) as T;
  }

  resolveAsync<T>(token: InjectionToken<T>): Promise<T> {
    try {
      const plan = this.#planFor(token);
      const waiter = flightOf(currentCell());
      if (this.place.family.watched) return watchedAsk(plan, this, obtainAsync, plan, this, waiter) as Promise<T>;
      return obtainAsync(plan, this, waiter) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  resolveAll<T>(token: InjectionToken<T>): T[] {
    this.#assertUsable(token);
    return obtain(planForAll(this.place, token), this) as T[];
  }

  tryResolve<T>(token: InjectionToken<T>): T | undefined {
    this.#assertUsable(token);
    const plan = planIfAny(this.place, token);
    return plan === undefined ? undefined : (obtain(plan, this) as T);
  }

  seed<T>(token: InjectionToken<T>, value: T): this {
    if (this.phase >= DISPOSING) throw this.ended(`seed ${nameOfToken(token)}`);
    plantSeed(this, this.place, token, value);
    return this;
  }

  /** Of a disposed container nothing can be asked at all, whatever became of its scopes. */
  override ended(action: string): AmbitError {
    if (this.place.ended) return new ContainerDisposedError();
    return new ScopeClosedError(action, this.label, this.place.family.guard?.historyOf(this));
  }

  override<T>(token: InjectionToken<T>, provider: Provider<T> | Constructor<T>): this {
    if (this.phase !== OPEN) throw this.ended(`override ${nameOfToken(token)}`);
    const inside = scopesInside(this);
    const view = this.#hasOverrides ? this.place : this.place.overlay();
    replaceIn(this, view, inside, token, provider);
    if (!this.#hasOverrides) view.family.overriding++;
    this.#overrideIn(view);
    for (const each of inside) each.#lookAround();
    return this;
  }

  /** Whether its place is its own, and not that of a scope around it. */
  get #hasOverrides(): boolean {
    return this.extras?.overrides === this.place;
  }

  #overrideIn(view: View): void {
    (this as { place: View }).place = view;
    this.more.overrides = view;
  }

  /** Sees what was overridden around it since it was opened. */
  #lookAround(): void {
    const { place } = this;
    const around = place.base.inside((this.enclosing as OpenedScope).place);
    if (this.#hasOverrides) this.#overrideIn(place.movedOver(around));
    else (this as { place: View }).place = around;
  }

  planOf(registration: Registration): Plan {
    return compile(this.place, registration);
  }

  containerOwns(value: unknown): boolean {
    return this.place.host.owns(value);
  }

  /** One line: an error in a log must not print a registry. */
  [inspect.custom](): string {
    const name = this.name === undefined ? "" : ` "${this.name}"`;
    return `Scope${name} { ${this.state} }`;
  }

  /** As little for a logger that writes JSON. */
  toJSON(): ScopeLabel {
    return this.label;
  }

  #planFor(token: InjectionToken): Plan {
    return planFor(this.place, token);
  }

  #assertUsable(token: InjectionToken): void {
    if (this.phase === CLOSED) throw this.ended(`resolve ${nameOfToken(token)}`);
  }
}

/** The open scopes inside, at any depth: each after the one around it. */
function scopesInside(scope: OpenedScope): readonly OpenedScope[] {
  const found = [...eachNested(scope.nested)];
  for (const { nested } of found) found.push(...eachNested(nested));
  return found as OpenedScope[];
}
