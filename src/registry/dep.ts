/** `deps`: what a provider depends on, said without decorators or metadata, and typed as a tuple. */
import type { Ref } from "./ref.js";
import type { InjectionToken, TokenType } from "./token.js";

/** How a dependency is asked for, where a plain token would not say it. */
export type DepKind = "optional" | "all" | "ref" | "proxy";

/** A token with the way in which it is asked for; made by `dep.optional`, `dep.all`, `dep.ref`, `dep.proxy`. */
export class MarkedDep<T> {
  /** What the provider receives; a type only. */
  declare readonly receives: T;

  /** @internal */
  constructor(
    readonly token: InjectionToken,
    readonly kind: DepKind,
  ) {}
}

/** One entry of `deps`: a token, or a marked one. */
export type Dep = InjectionToken | MarkedDep<unknown>;

/** What a provider receives for its `deps`. */
export type Resolved<D extends readonly Dep[]> = { -readonly [K in keyof D]: Received<D[K]> };

type Received<D> = D extends MarkedDep<infer T> ? T : TokenType<D>;

/** Ways to ask for a dependency in `deps`. */
export const dep = {
  /** `undefined` when nobody registered the token; a class is there without that, as with `@inject`'s `isOptional`. */
  optional: <K extends InjectionToken>(token: K) => new MarkedDep<TokenType<K> | undefined>(token, "optional"),
  /** Everything that was registered for the token, in the order of registration. */
  all: <K extends InjectionToken>(token: K) => new MarkedDep<TokenType<K>[]>(token, "all"),
  /** A handle that finds the instance of the current scope each time it is asked. */
  ref: <K extends InjectionToken>(token: K) => new MarkedDep<Ref<TokenType<K>>>(token, "ref"),
  /** A stand-in that forwards each access to the instance of the current scope. */
  proxy: <K extends InjectionToken>(token: K) => new MarkedDep<TokenType<K>>(token, "proxy"),
};
