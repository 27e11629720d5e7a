/** What the guard hands out: an object, or a function, that stands in for one instance and checks each use of it. */
import { Forwarding, inspected } from "../container/proxy.js";
import { sourceOf } from "../container/source.js";
import type { Constructor } from "../container/token.js";
import { isGuarded, standsFor, unguarded } from "../scope/behind.js";

type AnyFunction = (...args: unknown[]) => unknown;

/** Says which instances have stand-ins, and refuses uses. */
export interface Keeper {
  readonly name: string;
  /** @throws ScopeLeakError ERR_AMBIT_SCOPE_LEAK */
  assertUsable(key: PropertyKey | undefined): void;
  /** What is handed out in place of `value`, if that is an instance of the same scope. */
  shown(value: unknown): unknown;
}

/** Makes the stand-in of `instance`. */
export function standInFor(instance: object, keeper: Keeper): object {
  const traps = new Guarded(instance, keeper);
  traps.proxy = new Proxy(targetFor(instance, keeper.name), traps);
  return standsFor(traps.proxy, instance);
}

/** These say what it is, and let go of it, wherever they are asked: `await`, `instanceof` and `finally` are no use of it. */
const HARMLESS = new Set<PropertyKey>([
  "constructor",
  "then",
  Symbol.toStringTag,
  "off",
  "removeListener",
  "removeAllListeners",
  "removeEventListener",
]);

class Guarded extends Forwarding {
  readonly #instance: object;
  readonly #keeper: Keeper;

  constructor(instance: object, keeper: Keeper) {
    super(keeper.name, () => instance);
    this.#instance = instance;
    this.#keeper = keeper;
  }

  override get(target: object, key: PropertyKey): unknown {
    if (key !== "then") {
      const own = Object.getOwnPropertyDescriptor(this.#instance, key)?.value as unknown;
      // What has no `this` is a value like any other: a listener that is added inside is taken off outside.
      return typeof own === "function" && hasNoThis(own) ? this.#own(own, key) : super.get(target, key);
    }
    // Looked at by each `await`, which is no use of what is no thenable.
    const then: unknown = Reflect.get(this.#instance, key);
    return typeof then === "function" ? (...args: unknown[]) => then.apply(this.instance(key), args) : then;
  }

  override has(target: object, key: PropertyKey): boolean {
    return key === "then" ? key in this.#instance : super.has(target, key);
  }

  override getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#instance);
  }

  override getOwnPropertyDescriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
    const found = Reflect.getOwnPropertyDescriptor(this.instance(key), key);
    // What its target has for good, the `length` of an array, a Proxy must not call configurable.
    return found && { ...found, configurable: found.configurable || !Object.hasOwn(target, key) };
  }

  apply(_: object, self: unknown, args: unknown[]): unknown {
    const instance = this.instance() as AnyFunction;
    return this.shown(Reflect.apply(instance, self, args), instance);
  }

  construct(_: object, args: unknown[], newTarget: Constructor): object {
    const instance = this.instance() as Constructor;
    return Reflect.construct(instance, args, newTarget === this.proxy ? instance : newTarget) as object;
  }

  protected override shown(value: unknown, instance: object): unknown {
    return value === instance ? this.proxy : this.#keeper.shown(value);
  }

  /** Only the instance itself can be asked for what is `#private`, so that a method is given its like as it is. */
  protected override given(args: unknown[], instance: object): unknown[] {
    if (!args.some(isGuarded)) return args;
    return args.map((arg) => (isGuarded(arg) && seesPrivate(instance, unguarded(arg)) ? unguarded(arg) : arg));
  }

  protected override instance(key?: PropertyKey): object {
    if (key === undefined || !HARMLESS.has(key)) this.#keeper.assertUsable(key);
    return this.#instance;
  }

  #own(value: unknown, key: PropertyKey): unknown {
    this.instance(key);
    return value;
  }
}

/** The target of the Proxy: callable where the instance is, an array where it is one, and without properties of its own. */
function targetFor(instance: object, name: string): object {
  if (Array.isArray(instance)) return [];
  if (typeof instance !== "function") return inspected(name, () => instance);
  // A bound function can be called and constructed, and has no `prototype` that could not be deleted.
  const target = function () {}.bind(undefined);
  for (const key of Reflect.ownKeys(target)) Reflect.deleteProperty(target, key);
  return target;
}

/** Whether a function cannot tell as what it is called: an arrow, or bound. In doubt it can. */
function hasNoThis(value: unknown): boolean {
  const { name } = value as AnyFunction;
  if (Object.hasOwn(value as object, "prototype")) return false;
  return (typeof name === "string" && name.startsWith("bound ")) || ARROW.test(sourceOf(value as Constructor));
}

const ARROW = /^(?:async\b\s*)?(?:\(|[\w$]+\s*=>)/;

/** Whether both are of one class that has `#private` members. */
function seesPrivate(instance: object, other: object): boolean {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  const { constructor } = instance;
  if (prototype === null || typeof constructor !== "function" || prototype === Object.prototype) return false;
  return Object.getPrototypeOf(other) === prototype && sourceOf(constructor as Constructor).includes("#");
}
