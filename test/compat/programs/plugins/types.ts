/** Every type that tsyringe's index exports, as programs use them. */
import type {
  ClassProvider,
  DependencyContainer,
  Disposable,
  FactoryFunction,
  FactoryProvider,
  Frequency,
  InjectionToken,
  Provider,
  RegistrationOptions,
  TokenProvider,
  ValueProvider,
} from "tsyringe";
import {
  isClassProvider,
  isFactoryProvider,
  isNormalToken,
  isTokenProvider,
  isValueProvider,
  Lifecycle,
} from "tsyringe";

export const ALWAYS: Frequency = "Always";
const singleton: Lifecycle.Singleton = Lifecycle.Singleton;
export const ONCE: RegistrationOptions = { lifecycle: singleton };

export class Connection implements Disposable {
  dispose(): void {
    console.log("connection closed");
  }
}

export const connection: FactoryFunction<Connection> = (container: DependencyContainer) =>
  container.resolve(Connection);

export const classProvider: ClassProvider<Connection> = { useClass: Connection };
export const valueProvider: ValueProvider<number> = { useValue: 1 };
export const tokenProvider: TokenProvider<Connection> = { useToken: Connection };
export const factoryProvider: FactoryProvider<Connection> = { useFactory: connection };

export function kindOf(provider: Provider): string {
  if (isClassProvider(provider)) return "class";
  if (isValueProvider(provider)) return "value";
  if (isTokenProvider(provider)) return "token";
  return isFactoryProvider(provider) ? "factory" : "none";
}

export function printable(token: InjectionToken): string {
  return isNormalToken(token) ? token.toString() : "a class";
}

export function configure(container: DependencyContainer): DependencyContainer {
  return container
    .register<Connection>("class", classProvider, ONCE)
    .register<number>("value", valueProvider)
    .register<Connection>("token", tokenProvider)
    .register<Connection>("factory", factoryProvider);
}
