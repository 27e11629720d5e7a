/** What is asked for: injection tokens, and their names in errors. */
import type { TsyringeToken } from "./tsyringe.js";

/** A class that can be constructed. */
export type Constructor<T = unknown> = new (...args: any[]) => T;

/** A class that stands for its subclasses: a token only. */
export type AbstractConstructor<T = unknown> = abstract new (...args: any[]) => T;

declare const provides: unique symbol;

/** A symbol that knows what it stands for, so that a wrong provider or a wrong use does not compile. */
export type Token<T> = symbol & { readonly [provides]: T };

/** What is asked for: a class, an abstract class, a string, a symbol, a `token<T>()`, or tsyringe's `delay(() => Class)`. */
export type InjectionToken<T = any> = TsyringeToken<T> | Token<T> | AbstractConstructor<T>;

/** The type that a token stands for; `any` for plain strings and symbols, which say nothing. */
export type TokenType<K> =
  K extends Token<infer T>
    ? T
    : K extends AbstractConstructor<infer T>
      ? T
      : K extends string | symbol
        ? any
        : K extends TsyringeToken<infer T>
          ? T
          : unknown;

/** Makes a typed token. Two tokens with the same description are two tokens. */
export function token<T>(description: string): Token<T> {
  return Symbol(description) as Token<T>;
}

/** Strings and symbols: they say nothing of how to build what they stand for. */
export function isNormalToken(token: unknown): token is string | symbol {
  return typeof token === "string" || typeof token === "symbol";
}

/** A class, or anything else that is a function: `isConstructor` tells which. */
export function isClass(token: unknown): token is Constructor {
  return typeof token === "function";
}

/** Whether `new` works on it: not on arrow functions, async functions and methods. Does not call it. */
export function isConstructor(target: unknown): target is Constructor {
  try {
    Reflect.construct(Object, [], target as Constructor);
    return true;
  } catch {
    return false;
  }
}

/** tsyringe's `delay(() => Class)`: a stand-in that asks for the class when it is first used. */
export interface Delayed {
  createProxy(create: (target: Constructor) => unknown): unknown;
}

export function isDelayed(token: unknown): token is Delayed {
  return typeof token === "object" && token !== null && "createProxy" in token;
}

/** The token itself; of a `delay(() => Class)`, the class, whose module has been loaded by now. */
export function undelayed<T>(token: InjectionToken<T>): InjectionToken<T> {
  if (!isDelayed(token)) return token;
  let found: Constructor | undefined;
  const probe = (token as Delayed).createProxy((target) => {
    found = target;
    return {};
  });
  // tsyringe asks for the class when its stand-in is first used.
  Reflect.getPrototypeOf(probe as object);
  return found as InjectionToken<T>;
}

/** Whether it can be asked for at all. */
export function isToken(value: unknown): value is InjectionToken {
  return isNormalToken(value) || isClass(value) || isDelayed(value);
}

/** How errors and graphs call a token: a class by its name, a symbol by its description. */
export function nameOfToken(token: unknown): string {
  if (typeof token === "function") return nameOfClass(token);
  if (typeof token === "symbol") return token.description ?? "Symbol()";
  if (typeof token !== "object" || token === null) return String(token);
  return isDelayed(token) ? "delay(...)" : "an object";
}

/** The token as code has it, for what is to be pasted: a string in its quotes. */
export function inCode(token: unknown): string {
  return typeof token === "string" ? JSON.stringify(token) : nameOfToken(token);
}

/** A class may have a static `name` of its own, which need not be a string. */
function nameOfClass({ name }: { readonly name: unknown }): string {
  return typeof name === "string" && name !== "" ? name : "(anonymous class)";
}
