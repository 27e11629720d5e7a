/** The instance of the current scope, for those who live longer than it does. */
import { currentCell } from "../context/cell.js";
import { NoScopeError } from "../errors.js";
import type { Resolver } from "./resolver.js";
import type { InjectionToken } from "./token.js";
import { nameOfToken, undelayed } from "./token.js";

/** A handle that finds the instance of the current scope each time it is asked, and keeps none. */
export interface Ref<T> {
  /** @throws NoScopeError ERR_AMBIT_NO_SCOPE outside of every scope */
  get(): T;
  /** As `get`, for graphs with async providers. */
  getAsync(): Promise<T>;
  /** `undefined` outside of every scope, or of one of the token's name, or when nobody registered the token. */
  tryGet(): T | undefined;
}

/** A `Ref` that asks a container each time: the container finds the current scope. */
export class ScopeRef<T> implements Ref<T> {
  readonly #resolver: Resolver;
  readonly #token: InjectionToken<T>;

  constructor(resolver: Resolver, token: InjectionToken<T>) {
    this.#resolver = resolver;
    this.#token = token;
  }

  get(): T {
    return this.#resolver.resolve(undelayed(this.#token));
  }

  getAsync(): Promise<T> {
    return this.#resolver.resolveAsync(undelayed(this.#token));
  }

  tryGet(): T | undefined {
    try {
      return this.#resolver.tryResolve(undelayed(this.#token));
    } catch (error) {
      if (error instanceof NoScopeError && (currentCell().scope === undefined || isOfWhatWasAsked(error)))
        return undefined;
      throw error;
    }
  }
}

/** Whether it is the token itself that finds no scope, by whatever alias, and nothing that is asked for to build it. */
function isOfWhatWasAsked({ path }: NoScopeError): boolean {
  return path.slice(1).every(({ via }) => via === "alias");
}

/** What a ref's token stands for: `@injectRef` writes such a symbol, which only ambit's containers understand. */
export interface RefTarget {
  readonly token: InjectionToken;
  readonly kind: "ref" | "proxy";
}

const targets = new Map<symbol, RefTarget>();

/** The target of a token that `@injectRef` or `@injectProxy` wrote. */
export function refTargetOf(token: unknown): RefTarget | undefined {
  return typeof token === "symbol" ? targets.get(token) : undefined;
}

/** A token that stands for a ref to another one: only ambit's containers understand it. */
export function refToken(target: RefTarget): symbol {
  const symbol = Symbol(`${target.kind} of ${nameOfToken(target.token)}`);
  targets.set(symbol, target);
  return symbol;
}
