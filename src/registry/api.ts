/** What containers and scopes offer, and what can be registered: the interfaces that the rest of this layer implements. */
import { RegistrationError } from "../errors.js";
import { Lifespan } from "../scope/lifespan.js";
import type { LifespanOptions } from "../scope/lifespan-options.js";
import type { Outcome } from "../scope/outcome.js";
import type { ScopeToken } from "../scope/run.js";
import type { Dep, Resolved } from "./dep.js";
import { Lifecycle } from "./lifecycle.js";
import type { Resolver } from "./resolver.js";
import { type Constructor, type InjectionToken, isNormalToken } from "./token.js";
import type { TsyringeClassProvider, TsyringeContainer } from "./tsyringe.js";

// Providers

/** Builds a class from what its decorators and metadata say. */
export interface ClassProvider<T> extends TsyringeClassProvider<T> {
  readonly deps?: undefined;
}

/** Builds a class from `deps`, with no decorators and no metadata. */
export interface ClassWithDepsProvider<T, D extends readonly Dep[]> {
  readonly useClass: new (...args: Resolved<D>) => T;
  readonly deps: D;
}

/** Gives a value that the caller made, and ends. */
export interface ValueProvider<T> {
  readonly useValue: T;
  readonly deps?: undefined;
}

/** Another name for a token. It owns nothing. */
export interface TokenProvider<T> {
  readonly useToken: InjectionToken<T>;
  readonly deps?: undefined;
}

/** Builds with a function, which may ask the container. */
export interface FactoryProvider<T> {
  /** Gets the container that resolves, and the scope of what it makes, if that lives in one. */
  useFactory(container: DependencyContainer, scope?: Scope): T;
  readonly deps?: undefined;
}

/** Builds with a function of its dependencies; the graph sees through it. */
export interface FactoryWithDepsProvider<T, D extends readonly Dep[]> {
  /** Gets what `deps` stand for, in their order. */
  useFactory(...deps: Resolved<D>): T;
  readonly deps: D;
}

/** Builds with an async function. Must name a lifetime. */
export interface AsyncFactoryProvider<T> {
  /** Runs in the Context of its instance's home. A rejection is not kept: the next who asks tries again. */
  useAsyncFactory(container: DependencyContainer, scope?: Scope): PromiseLike<T>;
  readonly deps?: undefined;
}

/** Builds with an async function of its dependencies. Must name a lifetime. */
export interface AsyncFactoryWithDepsProvider<T, D extends readonly Dep[]> {
  /** Gets what `deps` stand for, in their order. */
  useAsyncFactory(...deps: Resolved<D>): PromiseLike<T>;
  readonly deps: D;
}

/** What a generator provider returns: it yields its value once, and is resumed with the outcome when the owner ends. */
export type Lifetime<T> = Generator<T, void, Outcome> | AsyncGenerator<T, void, Outcome>;

/** Builds with a generator, which is also the only disposer of what it yields. Must name a lifetime. */
export interface GeneratorProvider<T> {
  /** Every step runs in the Context of its instance's home. */
  useGenerator(container: DependencyContainer, scope?: Scope): Lifetime<T>;
  readonly deps?: undefined;
}

/** The same, as a function of its dependencies. */
export interface GeneratorWithDepsProvider<T, D extends readonly Dep[]> {
  /** Gets what `deps` stand for, in their order. */
  useGenerator(...deps: Resolved<D>): Lifetime<T>;
  readonly deps: D;
}

/** Is given when a scope opens. */
export interface SeedProvider {
  readonly useSeed: true;
  readonly deps?: undefined;
}

/** Everything that can be registered for a token of type `T`. */
export type Provider<T = any> =
  | ClassProvider<T>
  | ClassWithDepsProvider<T, readonly Dep[]>
  | ValueProvider<T>
  | TokenProvider<T>
  | FactoryProvider<T>
  | FactoryWithDepsProvider<T, readonly Dep[]>
  | AsyncFactoryProvider<T>
  | AsyncFactoryWithDepsProvider<T, readonly Dep[]>
  | GeneratorProvider<T>
  | GeneratorWithDepsProvider<T, readonly Dep[]>
  | SeedProvider;

/** How long what a registration builds lives, and who ends it. */
export interface RegistrationOptions {
  /** Default: what `@contextScoped` or `@threadScoped` says of the class, with its options; else transient. */
  readonly lifecycle?: Lifecycle;
  /** With `Lifecycle.ContextScoped`: the name of the scope in which the instance lives. */
  readonly scopeName?: string;
  /** With `Lifecycle.ThreadScoped`: build it when the thread starts. */
  readonly eager?: boolean;
  /** Who disposes it. Default: ambit, for what it built; the caller, for values and for what a factory without a lifetime gave. */
  readonly owned?: boolean;
}

// Scopes

/** How a scope is opened. */
export interface ScopeOptions extends LifespanOptions {
  /** Values for `useSeed` tokens, unregistered tokens and unregistered classes. They stay the caller's. */
  readonly seeds?: Iterable<readonly [InjectionToken, unknown]> | undefined;
  /** Default: the current scope of the same container family, if it is open. `null`: none. */
  readonly parent?: Scope | null | undefined;
  /** What the work is for, in words, for the guard and for channels: `GET /orders`, `nightly invoices`. */
  readonly origin?: string | undefined;
}

/**
 * The owner of instances for one piece of work: a request, a job, a task.
 *
 * A container makes it: `runInScope`, `createScope`, `enterScope`. Disposers run in its Context when `runInScope` or an
 * adapter ends it, and in the closer's after `close()` by hand.
 */
export abstract class Scope extends Lifespan implements Resolver {
  /** The container that opened it. */
  abstract readonly container: DependencyContainer;
  /** The scope around it, of the same container family, while this one is open. */
  abstract readonly parent: Scope | undefined;

  abstract resolve<T>(token: InjectionToken<T>): T;
  abstract resolveAsync<T>(token: InjectionToken<T>): Promise<T>;
  abstract resolveAll<T>(token: InjectionToken<T>): T[];
  abstract tryResolve<T>(token: InjectionToken<T>): T | undefined;

  /**
   * Gives this scope, and those nested in it, a value for `token`. It stays the caller's: it is never disposed here.
   *
   * @throws RegistrationError ERR_AMBIT_REGISTRATION for a token that is registered otherwise than with `useSeed`
   */
  abstract seed<T>(token: InjectionToken<T>, value: T): this;

  /**
   * Replaces what `token` stands for, in this scope and in those nested in it: tests over one shared container can run
   * side by side. It lives as long as what it replaces, but no longer than this scope.
   *
   * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE when it could have no effect any more: what it replaces is built
   * here or in a scope inside, or something that was built holds it
   */
  abstract override<T>(token: InjectionToken<T>, provider: Provider<T>): this;
  abstract override<T>(token: InjectionToken<T>, provider: Provider<T> | Constructor<T>): this;
}

// Containers

type Work<R> = (scope: Scope) => R;

/** The ways to say what a token stands for. */
export abstract class Registrar {
  /**
   * Says what `token` stands for. The last registration answers `resolve`, all of them `resolveAll`.
   *
   * @throws RegistrationError ERR_AMBIT_REGISTRATION when provider and options cannot mean what they say
   */
  register<T>(token: InjectionToken<T>, provider: ValueProvider<T>, options?: RegistrationOptions): this;
  register<T, const D extends readonly Dep[] = readonly Dep[]>(
    token: InjectionToken<T>,
    provider: FactoryWithDepsProvider<T, D>,
    options?: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: FactoryProvider<T>, options?: RegistrationOptions): this;
  register<T, const D extends readonly Dep[] = readonly Dep[]>(
    token: InjectionToken<T>,
    provider: AsyncFactoryWithDepsProvider<T, D>,
    options: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: AsyncFactoryProvider<T>, options: RegistrationOptions): this;
  register<T, const D extends readonly Dep[] = readonly Dep[]>(
    token: InjectionToken<T>,
    provider: GeneratorWithDepsProvider<T, D>,
    options: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: GeneratorProvider<T>, options: RegistrationOptions): this;
  register<T>(token: InjectionToken<T>, provider: TokenProvider<T>, options?: RegistrationOptions): this;
  register<T, const D extends readonly Dep[] = readonly Dep[]>(
    token: InjectionToken<T>,
    provider: ClassWithDepsProvider<T, D>,
    options?: RegistrationOptions,
  ): this;
  register<T>(token: InjectionToken<T>, provider: ClassProvider<T>, options?: RegistrationOptions): this;
  register<T>(token: InjectionToken<T>, provider: SeedProvider, options?: RegistrationOptions): this;
  register<T>(token: InjectionToken<T>, provider: Constructor<T>, options?: RegistrationOptions): this;
  register(token: InjectionToken, provider: Provider | Constructor, options: RegistrationOptions = {}): this {
    this.enroll(token, provider, options);
    return this;
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

  /**
   * A class, or what stands for one, of which this container has one instance.
   *
   * @throws RegistrationError ERR_AMBIT_REGISTRATION for a name without a `to`
   */
  registerSingleton<T>(from: InjectionToken<T>, to?: InjectionToken<T>): this {
    if (isNormalToken(to)) return this.register(from, { useToken: to }, { lifecycle: Lifecycle.Singleton });
    const useClass = to ?? from;
    if (isNormalToken(useClass)) {
      throw new RegistrationError('Cannot register a type name as a singleton without a "to" token');
    }
    return this.register(from, { useClass: useClass as Constructor<T> }, { lifecycle: Lifecycle.Singleton });
  }

  /** Keeps a registration. @internal */
  abstract enroll(token: InjectionToken, provider: Provider | Constructor, options: RegistrationOptions): void;
}

/** What is ours, or typed more widely: everything else is as tsyringe has it. */
type Ours = keyof Registrar | keyof Resolver | "createChildContainer" | "dispose";

/** tsyringe's container, with async graphs and scopes. `Container` is the implementation. */
export interface DependencyContainer extends Omit<TsyringeContainer, Ours>, Registrar, Resolver, AsyncDisposable {
  /** A container that knows what this one does, can be told more, and ends before it. */
  createChildContainer(): DependencyContainer;

  /**
   * Forks the Context, opens a scope, calls `fn`, and closes the scope with the outcome when its work has settled.
   *
   * Rejects with what the work threw, unchanged; else with what disposers threw.
   */
  runInScope<R>(fn: Work<R>): Promise<Awaited<R>>;
  /** The same, in a scope that is opened with `options`. */
  runInScope<R>(options: ScopeOptions, fn: Work<R>): Promise<Awaited<R>>;
  /** As `runInScope`, for work and disposers that need no awaiting. */
  runInScopeSync<R>(fn: Work<R>): R;
  /** The same, in a scope that is opened with `options`. */
  runInScopeSync<R>(options: ScopeOptions, fn: Work<R>): R;
  /** Opens a scope without entering it: pass it along, or `scope.run(fn)`. Whoever opens it closes it. */
  createScope(options?: ScopeOptions): Scope;
  /** Opens a scope and makes it current in this Context until the token is reset. For scripts and tests. */
  enterScope(options?: ScopeOptions): ScopeToken<Scope>;
  /** Closes the scopes that are still open, then child containers, then its own instances: newest first each, awaited. */
  dispose(): Promise<void>;
}
