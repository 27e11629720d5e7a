/**
 * ambit: tsyringe's decorators and container, with one instance per request and one per worker thread.
 *
 * @module ambit
 */
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
} from "./container/api.js";
export { Container, type ContainerOptions, container } from "./container/container.js";
export { type Dep, dep } from "./container/dep.js";
export {
  type FactoryFunction,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  predicateAwareClassFactory,
} from "./container/factories.js";
export { isClassProvider, isFactoryProvider, isTokenProvider, isValueProvider } from "./container/guards.js";
export type { Frequency, ResolutionType } from "./container/interceptors.js";
export type { LeakReport, Misuse, Outlived, Undisposed } from "./container/leaks.js";
export { Lifecycle } from "./container/lifecycle.js";
export {
  inject,
  injectAll,
  injectAllWithTransform,
  injectProxy,
  injectRef,
  injectWithTransform,
} from "./container/inject.js";
export type { Ref } from "./container/ref.js";
export {
  type AbstractConstructor,
  type Constructor,
  type InjectionToken,
  isNormalToken,
  type Token,
  token,
} from "./container/token.js";
export type { Transform } from "./container/sources.js";
export { delay, type Disposable } from "./container/tsyringe.js";
export * from "./context/index.js";
export { autoInjectable } from "./decorators/auto-injectable.js";
export { contextScoped, injectable, scoped, singleton, threadScoped } from "./decorators/classes.js";
export { registry, type RegistryEntry } from "./decorators/registry.js";
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
export { Explanation, type ExplainedHolder, type ExplainedStep } from "./insight/explain.js";
export { Graph } from "./insight/graph.js";
export type { GraphData, GraphEdge, GraphNode } from "./insight/graph-data.js";
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
