/** The parts of tsyringe that ambit builds on, loaded after the polyfill that they need. */
import "reflect-metadata";

export {
  type ClassProvider as TsyringeClassProvider,
  delay,
  type Disposable,
  type DependencyContainer as TsyringeContainer,
  type InjectionToken as TsyringeToken,
  inject as tsyringeInject,
  injectAll as tsyringeInjectAll,
  injectAllWithTransform as tsyringeInjectAllWithTransform,
  injectWithTransform as tsyringeInjectWithTransform,
  Lifecycle as TsyringeLifecycle,
} from "tsyringe";
