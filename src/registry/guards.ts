/** tsyringe's type guards, which tell the kinds of providers and tokens apart. */
import type {
  ClassProvider,
  ClassWithDepsProvider,
  FactoryProvider,
  FactoryWithDepsProvider,
  Provider,
  TokenProvider,
  ValueProvider,
} from "./api.js";

/** Whether it builds a class. */
export function isClassProvider<T>(
  provider: Provider<T>,
): provider is ClassProvider<T> | ClassWithDepsProvider<T, any> {
  return "useClass" in provider;
}

/** Whether it gives a value, `undefined` included. */
export function isValueProvider<T>(provider: Provider<T>): provider is ValueProvider<T> {
  return "useValue" in provider;
}

/** Whether it is another name for a token. */
export function isTokenProvider<T>(provider: Provider<T>): provider is TokenProvider<T> {
  return "useToken" in provider;
}

/** Whether it builds with a synchronous function. */
export function isFactoryProvider<T>(
  provider: Provider<T>,
): provider is FactoryProvider<T> | FactoryWithDepsProvider<T, any> {
  return "useFactory" in provider;
}
