/** The parts of tsyringe that ambit builds on, loaded after the polyfill that they need. */
import "reflect-metadata";

export {
  type ClassProvider as TsyringeClassProvider,
  type DependencyContainer as TsyringeContainer,
  type Disposable,
  delay,
  type InjectionToken as TsyringeToken,
  inject as tsyringeInject,
  injectAll as tsyringeInjectAll,
  injectAllWithTransform as tsyringeInjectAllWithTransform,
  injectWithTransform as tsyringeInjectWithTransform,
  Lifecycle as TsyringeLifecycle,
} from "tsyringe";
