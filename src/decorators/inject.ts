/** Parameter decorators: tsyringe's, with wider types, and ambit's. */
import type { Transform } from "../plan/sources.js";
import { refToken } from "../registry/ref.js";
import type { InjectionToken } from "../registry/token.js";
import {
  tsyringeInject,
  tsyringeInjectAll,
  tsyringeInjectAllWithTransform,
  tsyringeInjectWithTransform,
} from "../registry/tsyringe.js";

/** Decorates a constructor parameter. */
type DecoratesParameter = (target: any, propertyKey: string | symbol | undefined, parameterIndex: number) => any;

/** Injects what `token` stands for; with `isOptional`, `undefined` where nobody registered a string or symbol. */
export const inject: (token: InjectionToken, options?: { isOptional?: boolean }) => DecoratesParameter =
  tsyringeInject as never;

/** Injects everything that was registered for `token`, in the order of registration. */
export const injectAll: (token: InjectionToken, options?: { isOptional?: boolean }) => DecoratesParameter =
  tsyringeInjectAll as never;

/** Injects what the `transform` method of `transformer` makes of what `token` stands for, and of `args`. */
export const injectWithTransform: (
  token: InjectionToken,
  transformer: InjectionToken<Transform>,
  ...args: any[]
) => DecoratesParameter = tsyringeInjectWithTransform as never;

/** The same for everything that was registered for `token`: the transformer is given the list. */
export const injectAllWithTransform: (
  token: InjectionToken,
  transformer: InjectionToken<Transform>,
  ...args: any[]
) => DecoratesParameter = tsyringeInjectAllWithTransform as never;

/**
 * Injects a `Ref` to `token`: a singleton's way to this request's instance.
 *
 * tsyringe's own container refuses such a parameter, because it has no scopes.
 */
export function injectRef(token: InjectionToken): DecoratesParameter {
  return tsyringeInject(refToken({ token, kind: "ref" }));
}

/**
 * Injects a stand-in that forwards each access to the instance of the current scope: it can be used like the instance.
 *
 * Outside of every scope each access throws NoScopeError. Only objects have stand-ins; for all else take `@injectRef`.
 */
export function injectProxy(token: InjectionToken): DecoratesParameter {
  return tsyringeInject(refToken({ token, kind: "proxy" }));
}
