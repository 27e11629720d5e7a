/**
 * ambit: tsyringe's decorators and container, with one instance per request and one per worker thread.
 *
 * @module ambit
 */
export { Container, container } from "./container/container.js";
export type { ContainerOptions } from "./container/container-options.js";
export * from "./context/index.js";
export { autoInjectable } from "./decorators/auto-injectable.js";
export { contextScoped, injectable, scoped, singleton, threadScoped } from "./decorators/classes.js";
export {
  inject,
  injectAll,
  injectAllWithTransform,
  injectProxy,
  injectRef,
  injectWithTransform,
} from "./decorators/inject.js";
export { type RegistryEntry, registry } from "./decorators/registry.js";
export {
  AsyncDependencyError,
  CaptiveDependencyError,
  ContainerDisposedError,
  CyclicDependencyError,
  DisposalError,
  DisposeTimeoutError,
  InspectorError,
  MissingTypeInfoError,
  NoScopeError,
  type PathStep,
  RegistrationError,
  ScopeClosedError,
  ScopeLeakError,
  ScopeStateError,
  TravelError,
  UnregisteredTokenError,
  ValidationError,
} from "./errors.js";
export { type ExplainedHolder, type ExplainedStep, Explanation } from "./insight/explain.js";
export { Graph } from "./insight/graph.js";
export type { GraphData, GraphEdge, GraphNode } from "./insight/graph-data.js";
export type { LeakReport, Misuse, Outlived, Undisposed } from "./plan/leaks.js";
export type { Transform } from "./plan/sources.js";
export {
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
} from "./registry/api.js";
export { type Dep, dep } from "./registry/dep.js";
export { isClassProvider, isFactoryProvider, isTokenProvider, isValueProvider } from "./registry/guards.js";
export type { Frequency, ResolutionType } from "./registry/interceptors.js";
export { Lifecycle } from "./registry/lifecycle.js";
export type { Ref } from "./registry/ref.js";
export {
  type AbstractConstructor,
  type Constructor,
  type InjectionToken,
  isNormalToken,
  type Token,
  token,
} from "./registry/token.js";
export { type Disposable, delay } from "./registry/tsyringe.js";
export {
  type FactoryFunction,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  predicateAwareClassFactory,
} from "./resolve/factories.js";

import "./insight/install.js";

export type { Problem, ProblemKind } from "./insight/problem.js";
export type { NodeProvider } from "./insight/reasons.js";
export type { EdgeKind } from "./insight/sight.js";
export { bridge } from "./interop/bridge.js";

import "./insight/guard.js";
import "./interop/tsyringe-container.js";

export { currentScope } from "./container/current-scope.js";
export type {
  Channels,
  DisposeMessage,
  ResolveMessage,
  ScopeCloseBeginMessage,
  ScopeCloseEndMessage,
  ScopeCloseMessage,
  ScopeOpenMessage,
} from "./scope/channels.js";
export type { Outcome } from "./scope/outcome.js";
export { ScopeToken } from "./scope/run.js";
export { disposeThread } from "./thread/thread-scope.js";
export { WorkerLocal, type WorkerLocalOptions } from "./thread/worker-local.js";
