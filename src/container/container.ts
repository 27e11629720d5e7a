/** The container: registers, resolves, opens scopes, has children, and ends what it built. */
import { inspect } from "node:util";
import { type ContextCell, currentCell } from "../context/cell.js";
import { ContainerDisposedError, RegistrationError, ScopeStateError } from "../errors.js";
import { disposeAll, type Ending, Failure, isWaiting, Link, NESTED, type Stack, thrown } from "../scope/disposal.js";
import { DEFAULT_TIMEOUT } from "../scope/extras.js";
import type { Lifespan, OpenScopes } from "../scope/lifespan.js";
import { type Outcome, PARENT_ENDED, SUCCESS } from "../scope/outcome.js";
import { CLOSED, DISPOSING, DRAINING, OPEN } from "../scope/owner.js";
import { assertNoneEntered, runToEnd, runToEndSync, ScopeToken } from "../scope/run.js";
import { forgetContainer, rememberContainer } from "../thread/thread-scope.js";
import {
  type AsyncFactoryProvider,
  type AsyncFactoryWithDepsProvider,
  type ClassProvider,
  type ClassWithDepsProvider,
  type DependencyContainer,
  type FactoryProvider,
  type FactoryWithDepsProvider,
  type GeneratorProvider,
  type GeneratorWithDepsProvider,
  type Provider,
  type RegistrationOptions,
  Scope,
  type ScopeOptions,
  type SeedProvider,
  type TokenProvider,
  type ValueProvider,
} from "./api.js";
import type { Dep } from "./dep.js";
import { ask, askAsync, builtHere, type Counter, scopeIn } from "./ask.js";
import { compile, planFor, planForAll, planIfAny } from "./compile.js";
import type { Foreign } from "./foreign.js";
import { ContainerHome, type Host, isContainers, Outside } from "./homes.js";
import { flightOf } from "./flight.js";
import { Lifecycle } from "./lifecycle.js";
import { OpenedScope } from "./opened-scope.js";
import { NOT_CONSTANT, type Plan } from "./plan.js";
import { assertStays, proxyOf } from "./proxy.js";
import { Registration } from "./registration.js";
import { type Constructor, type InjectionToken, isNormalToken, nameOfToken, undelayed } from "./token.js";
import { Family, View } from "./view.js";

/** How a container is made. */
export interface ContainerOptions {
  /** Hears of disposal failures that have no caller to be thrown to. Default: a process warning. */
  readonly onDisposalError?: (error: unknown) => void;
  /**
   * The order of named scopes, the outermost first: `["connection", "message"]`. It lets ambit refuse, before anything
   * is built, that what lives in an outer one holds what lives in an inner one; names that are not in it are checked
   * when they are used.
   */
  readonly scopes?: readonly string[];
}

type Work<R> = (scope: Scope) => R;

/**
 * A container: tsyringe's, with async graphs, scopes, and two more lifetimes.
 *
 * It owns its singletons, container-scoped and thread-scoped instances, and disposes them newest first.
 */
export class Container implements DependencyContainer, AsyncDisposable {
  /** Hears of disposal failures that have no caller to be thrown to. Default: a process warning. */
  onDisposalError: (error: unknown) => void;
  readonly #view: View;
  readonly #home: ContainerHome;
  readonly #outside: Outside;
  readonly #forOne: Counter;
  readonly #forAll: Counter;
  readonly #open: OpenScopes = { newest: undefined };
  readonly #parent: Container | undefined;
  /** Child containers that have something to dispose, the oldest first. */
  readonly #children = new Set<Container>();
  #kept = false;
  #disposing: Promise<void> | undefined;

  constructor(options: ContainerOptions = {}, parent?: Container) {
    this.#parent = parent;
    this.onDisposalError = options.onDisposalError ?? parent?.onDisposalError ?? warn;
    const family = parent === undefined ? new Family(options.scopes) : parent.#view.family;
    const host = this.#host(family);
    this.#home = new ContainerHome(host);
    this.#outside = new Outside(host);
    this.#view = new View(this, family, parent === undefined ? undefined : parent.#view, this.#home, host);
    this.#forOne = { place: this.#view, outside: this.#outside, planIn: planFor };
    this.#forAll = { place: this.#view, outside: this.#outside, planIn: planForAll };
    if (parent === undefined) registerBuiltIn(family);
  }

  // Registering

  /**
   * Says what `token` stands for. The last registration answers `resolve`, all of them `resolveAll`.
   *
   * @throws RegistrationError ERR_AMBIT_REGISTRATION when provider and options cannot mean what they say
   */
  register<T>(token: InjectionToken<T>, provider: ValueProvider<T>, options?: RegistrationOptions): this;
  register<T, const D extends readonly Dep[]>(
    token: InjectionToken<T>,
    provider: FactoryWithDepsProvider<T, D>,
    options?: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: FactoryProvider<T>, options?: RegistrationOptions): this;
  register<T, const D extends readonly Dep[]>(
    token: InjectionToken<T>,
    provider: AsyncFactoryWithDepsProvider<T, D>,
    options: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: AsyncFactoryProvider<T>, options: RegistrationOptions): this;
  register<T, const D extends readonly Dep[]>(
    token: InjectionToken<T>,
    provider: GeneratorWithDepsProvider<T, D>,
    options: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: GeneratorProvider<T>, options: RegistrationOptions): this;
  register<T>(token: InjectionToken<T>, provider: TokenProvider<T>, options?: RegistrationOptions): this;
  register<T, const D extends readonly Dep[]>(
    token: InjectionToken<T>,
    provider: ClassWithDepsProvider<T, D>,
    options?: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: ClassProvider<T>, options?: RegistrationOptions): this;
  register<T>(token: InjectionToken<T>, provider: SeedProvider, options?: RegistrationOptions): this;
  register<T>(token: InjectionToken<T>, provider: Constructor<T>, options?: RegistrationOptions): this;
  register(token: InjectionToken, provider: Provider | Constructor, options: RegistrationOptions = {}): this {
    this.#assertLiving();
    const registration = new Registration(token, provider, options);
    assertNoTokenCycle(this.#view, token, registration);
    this.#view.add(registration);
    const { kind, owned, provider: given } = registration;
    if (kind === "useValue" && owned && !this.#owns(given.useValue)) this.#home.own(given.useValue);
    return this;
  }

  /** Joins a container of another library; once, however often it is asked. @internal */
  join(other: object, foreign: () => Foreign): void {
    this.#assertLiving();
    this.#view.join(other, this.#view.joined.get(other) ?? foreign());
  }

  /** Another name for `to`, or a class for `from`. */
  registerType<T>(from: InjectionToken<T>, to: InjectionToken<T>): this {
    return isNormalToken(to)
      ? this.register(from, { useToken: to })
      : this.register(from, { useClass: to as Constructor<T> });
  }

  /** A value that the caller made, and ends. */
  registerInstance<T>(token: InjectionToken<T>, instance: T): this {
    return this.register(token, { useValue: instance });
  }

  registerSingleton<T>(from: InjectionToken<T>, to?: InjectionToken<T>): this {
    if (isNormalToken(to)) return this.register(from, { useToken: to }, { lifecycle: Lifecycle.Singleton });
    const useClass = to ?? from;
    if (isNormalToken(useClass)) {
      throw new RegistrationError('Cannot register a type name as a singleton without a "to" token');
    }
    return this.register(from, { useClass: useClass as Constructor<T> }, { lifecycle: Lifecycle.Singleton });
  }

  /** Whether this container knows `token`; with `recursive`, also whether one around it does. */
  isRegistered(token: InjectionToken, recursive = false): boolean {
    this.#assertLiving();
    if (this.#view.registrations.has(token)) return true;
    return recursive && (this.#parent?.isRegistered(token, true) ?? this.#view.foreignTo(token) !== undefined);
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

  beforeResolution(
    token: InjectionToken,
    callback: (...args: any[]) => void,
    options: { frequency: "Always" | "Once" } = { frequency: "Always" },
  ): void {
    this.#view.intercept("before", token, callback, options.frequency);
  }

  afterResolution(
    token: InjectionToken,
    callback: (...args: any[]) => void,
    options: { frequency: "Always" | "Once" } = { frequency: "Always" },
  ): void {
    this.#view.intercept("after", token, callback, options.frequency);
  }

  // Asking

  resolve<T>(token: InjectionToken<T>): T {
    const plan = planFor(this.#view, token);
    return (this.#isFinal(plan) ? plan.constant : (builtHere(plan) ?? ask(this.#forOne, token, plan))) as T;
  }

  async resolveAsync<T>(token: InjectionToken<T>): Promise<T> {
    const plan = planFor(this.#view, token);
    return (this.#isFinal(plan) ? plan.constant : await askAsync(this.#forOne, token, plan)) as T;
  }

  resolveAll<T>(token: InjectionToken<T>): T[] {
    return ask(this.#forAll, token, planForAll(this.#view, token)) as T[];
  }

  /** Whether the answer is there, no scope has another one, and nobody may be refused it. */
  #isFinal({ constant, reaches }: Plan): boolean {
    return constant !== NOT_CONSTANT && this.#view.family.overriding === 0 && reaches.length === 0;
  }

  /** An object that forwards each access to what this container gives for `token` there. @internal */
  standInFor(token: InjectionToken): object {
    let known: Plan | undefined;
    return proxyOf(nameOfToken(token), () => {
      const asked = undelayed(token);
      const plan = planFor(this.#view, asked);
      if (plan !== known) assertStays((known = plan));
      return this.#isFinal(plan) ? plan.constant : (builtHere(plan) ?? ask(this.#forOne, asked, plan));
    });
  }

  tryResolve<T>(token: InjectionToken<T>): T | undefined {
    this.#assertLiving();
    const plan = planIfAny(this.#view, token);
    return plan === undefined ? undefined : (ask(this.#forOne, token, plan) as T);
  }

  // Scopes

  runInScope<R>(fn: Work<R>): Promise<Awaited<R>>;
  runInScope<R>(options: ScopeOptions, fn: Work<R>): Promise<Awaited<R>>;
  runInScope<R>(options: ScopeOptions | Work<R>, fn?: Work<R>): Promise<Awaited<R>> {
    try {
      const work = workOf<R>(fn ?? options);
      const from = currentCell();
      const scope = this.#openScope(from, fn === undefined ? undefined : (options as ScopeOptions));
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
    const scope = this.#openScope(from, fn === undefined ? undefined : (options as ScopeOptions));
    return runToEndSync(from, scope, work, this.#report);
  }

  createScope(options?: ScopeOptions): Scope {
    return this.#openScope(currentCell(), options);
  }

  enterScope(options?: ScopeOptions): ScopeToken<Scope> {
    assertNoneEntered();
    return new ScopeToken(this.#openScope(currentCell(), options));
  }

  createChildContainer(): Container {
    this.#assertLiving();
    return new Container({}, this);
  }

  // The end

  /**
   * Closes the scopes that are still open, then child containers, then disposes its own instances: newest first each,
   * awaited. Afterwards everything here answers `ContainerDisposedError`. Calling again gives the same promise.
   *
   * @throws DisposalError ERR_AMBIT_DISPOSAL when two or more disposers failed; a single failure as it is
   */
  dispose(): Promise<void> {
    return this.#disposing ?? this.#begin(SUCCESS).promise;
  }

  /**
   * As `dispose`, telling the generators of its own instances this outcome. Never throws: gives a promise only when
   * something has to be awaited, and a synchronous failure as a value. @internal
   */
  end(outcome: Outcome): Ending {
    // When the process exits, what has not been disposed is, without waiting.
    if (this.#disposing !== undefined) return isWaiting() ? this.#disposing : this.#dispose(outcome);
    const { promise, ending } = this.#begin(outcome);
    // Whoever ends it this way hears of a failure here, and not from the promise as well.
    promise.catch(() => {});
    return ending;
  }

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

  #openScope(from: ContextCell, options: ScopeOptions | undefined): OpenedScope {
    if (this.#view.closing) throw new ContainerDisposedError();
    const parent =
      options?.parent === undefined ? this.#implicitParent(from) : explicitParent(options.parent, this.#view.family);
    if (!this.#kept) this.#keepAlive();
    const scope = new OpenedScope(viewInside(parent, this.#view), parent, from);
    if (options !== undefined) scope.prepare(options);
    // A build waits for what it opens a scope for, unless that is work of its own.
    if (from.flight !== undefined && options?.parent !== null) scope.flight = flightOf(from);
    const around = from.scope as OpenedScope | undefined;
    if (around !== undefined && options?.parent !== null && around.family !== scope.family) scope.more.around = around;
    return scope;
  }

  /** The current scope. One that has closed is no parent any more; one that is closing takes no new scopes. */
  #implicitParent(from: ContextCell): OpenedScope | undefined {
    const current = scopeIn(from, this.#view.family) as OpenedScope | undefined;
    if (current === undefined || current.phase === OPEN) return current;
    if (current.phase === CLOSED) return undefined;
    throw current.ended("open a scope inside it");
  }

  /** Begins the end. Its promise is there before anything runs: a disposer may dispose its own container. */
  #begin(outcome: Outcome): { readonly promise: Promise<void>; readonly ending: Ending } {
    let settle!: (ended: Promise<void>) => void;
    const promise = new Promise<void>((resolve) => (settle = resolve));
    this.#disposing = promise;
    const ending = this.#dispose(outcome);
    settle(promiseOf(ending));
    return { promise, ending };
  }

  #dispose(outcome: Outcome): Ending {
    this.#home.phase = DRAINING;
    const inner = this.#endInner();
    return inner instanceof Promise
      ? inner.then((failures) => thrown(this.#disposeOwn(failures, outcome)))
      : this.#disposeOwn(inner, outcome);
  }

  /** Ends open scopes, the newest first, then child containers. */
  #endInner(): readonly unknown[] | Promise<readonly unknown[]> {
    const inner = { top: undefined as Link | undefined };
    inner.top = new Link(this, () => this.#pushChildren(inner, new Set()), NESTED, undefined);
    this.#pushScopes(inner);
    return disposeAll(inner, SUCCESS, Number.POSITIVE_INFINITY);
  }

  /** Child containers, and after them those that have something to dispose only since then. */
  #pushChildren(stack: Stack, seen: Set<Container>): void {
    const children = [...this.#children].filter((child) => !seen.has(child));
    if (children.length === 0) return;
    stack.top = new Link(this, () => this.#pushChildren(stack, seen), NESTED, stack.top);
    for (const child of children) stack.top = new Link(child, endChild, NESTED, stack.top);
    for (const child of children) seen.add(child);
  }

  #pushScopes(stack: Stack): void {
    const scopes: Lifespan[] = [];
    for (let scope = this.#open.newest; scope !== undefined; scope = scope.older) scopes.push(scope);
    for (const scope of scopes.reverse()) stack.top = new Link(scope, endScope, NESTED, stack.top);
  }

  /** Ends the scopes that are open, here and in child containers; from now on none are opened. @internal */
  endScopes(): Ending {
    if (this.#home.phase === OPEN) this.#home.phase = DRAINING;
    const stack = { top: undefined as Link | undefined };
    for (const child of this.#children) stack.top = new Link(child, endScopes, NESTED, stack.top);
    this.#pushScopes(stack);
    const failures = disposeAll(stack, SUCCESS, Number.POSITIVE_INFINITY);
    return failures instanceof Promise ? failures.then((all) => thrown(Failure.of(all))) : Failure.of(failures);
  }

  #disposeOwn(earlier: readonly unknown[], outcome: Outcome): Ending {
    const home = this.#home;
    home.phase = DISPOSING;
    this.#outside.phase = DISPOSING;
    this.#view.changed();
    this.#outside.release(home);
    const failures = disposeAll(home, outcome, DEFAULT_TIMEOUT);
    return failures instanceof Promise
      ? failures.then((later) => thrown(this.#finish([...earlier, ...later])))
      : this.#finish([...earlier, ...failures]);
  }

  #finish(failures: readonly unknown[]): Failure | undefined {
    this.#home.phase = CLOSED;
    this.#outside.phase = CLOSED;
    this.#view.instances.clear();
    this.#kept = false;
    if (this.#parent === undefined) forgetContainer(this);
    else this.#parent.#children.delete(this);
    return Failure.of(failures);
  }

  /** Something here must be ended one day: whoever ends first, the container around it or the thread, will find it. */
  #keepAlive(): void {
    this.#kept = true;
    if (this.#parent === undefined) return rememberContainer(this);
    this.#parent.#children.add(this);
    this.#parent.#keepAlive();
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
      open: this.#open,
      report: this.#report,
      planOf: (registration) => compile(this.#view, registration),
      standInFor: (token) => this.standInFor(token),
      owns: (value) => this.#owns(value),
      keepAlive: () => this.#keepAlive(),
    };
  }

  #assertLiving(): void {
    if (this.#view.ended) throw new ContainerDisposedError();
  }
}

/** A nested scope sees the overrides of those around it. */
function viewInside(parent: OpenedScope | undefined, view: View): View {
  if (parent === undefined || parent.place === parent.place.base) return view;
  return parent.place.base === view ? parent.place : view.overlay(parent.place.replaced);
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

function explicitParent(parent: Scope | null, family: object): OpenedScope | undefined {
  if (parent === null) return undefined;
  if (!(parent instanceof OpenedScope) || parent.family !== family) {
    throw new ScopeStateError(
      "Cannot open a scope inside one of an unrelated container.",
      "give a scope of the same root container, or null.",
    );
  }
  if (parent.phase !== OPEN) throw parent.ended("open a scope inside it");
  return parent;
}

function endScope(this: unknown): Promise<void> | undefined {
  return thrown((this as Lifespan).end(PARENT_ENDED));
}

/** What a child that ends without waiting has disposed, is disposed when its parent's `dispose()` returns. */
function endChild(this: unknown): Promise<void> | undefined {
  return thrown((this as Container).end(SUCCESS));
}

function endScopes(this: unknown): Promise<void> | undefined {
  return thrown((this as Container).endScopes());
}

function promiseOf(ending: Ending): Promise<void> {
  return ending instanceof Failure ? Promise.reject(ending.error) : Promise.resolve(ending);
}

/** What every container can be asked for without a registration. */
function registerBuiltIn({ builtIn }: Family): void {
  const itself = (container: DependencyContainer) => container;
  builtIn.set(Container, new Registration(Container, { useFactory: itself }, {}));
  const current = (_: DependencyContainer, scope?: Scope) => scope;
  builtIn.set(Scope, new Registration(Scope, { useFactory: current }, { lifecycle: Lifecycle.ContextScoped }));
}

/** tsyringe's check: names that lead back to themselves. */
function assertNoTokenCycle(view: View, token: InjectionToken, registration: Registration): void {
  const path = [token];
  for (
    let next = registration.provider.useToken;
    next !== undefined;
    next = view.registrations.get(next)?.at(-1)?.provider.useToken
  ) {
    path.push(next);
    if (path.indexOf(next) < path.length - 1) {
      throw new RegistrationError(`Token registration cycle detected! ${path.map(nameOfToken).join(" -> ")}`);
    }
  }
}

function warn(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`A disposer failed, and nobody was there to be told: ${message}`, {
    type: "AmbitDisposalWarning",
  });
}

/** The default root container: what the decorators register into. */
export const container = new Container();
