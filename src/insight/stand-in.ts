/** What the guard hands out: an object, or a function, that stands in for one instance and checks each use of it. */
import { inspect } from "node:util";
import { disguised, Forwarding, inspected, isConstructorLike, type Method } from "../container/proxy.js";
import { sourceOf } from "../registry/source.js";
import type { Constructor } from "../registry/token.js";
import { isGuarded, standsFor, unguarded } from "../scope/behind.js";

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
  const target = targetFor(instance, keeper.name);
  if (!Object.isExtensible(instance)) mirror(instance, target);
  traps.proxy = new Proxy(target, traps);
  trapsOf.set(traps.proxy, traps);
  return standsFor(traps.proxy, instance);
}

/** These only say what it is. */
const HARMLESS = new Set<PropertyKey>(["constructor", Symbol.toStringTag]);

/** These let go of an emitter, which a `finally` may do when all is over. */
const LETTING_GO = new Set<PropertyKey>(["off", "removeListener", "removeAllListeners", "removeEventListener"]);

const trapsOf = new WeakMap<object, Guarded>();

class Guarded extends Forwarding {
  readonly #instance: object;
  readonly #keeper: Keeper;

  constructor(instance: object, keeper: Keeper) {
    super(keeper.name, () => instance);
    this.#instance = instance;
    this.#keeper = keeper;
  }

  override get(target: object, key: PropertyKey): unknown {
    // Each `await` looks for it, which is no use of what is no thenable.
    if (key === "then" && typeof Reflect.get(this.#instance, key) !== "function") return undefined;
    const instance = this.instance(key);
    const value: unknown = Reflect.get(instance, key);
    if (isFixed(target, key)) return value;
    if (typeof value !== "function") return this.shown(value, instance);
    if (key === "constructor" || isConstructorLike(value as Method)) return value;
    // What has no `this` is a value like any other: a listener that was added inside is taken off outside.
    return Object.hasOwn(instance, key) && hasNoThis(value) ? value : forwardOf(value as Method);
  }

  override has(target: object, key: PropertyKey): boolean {
    return key === "then" ? key in this.#instance : super.has(target, key);
  }

  override getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#instance);
  }

  override getOwnPropertyDescriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
    const found = Reflect.getOwnPropertyDescriptor(this.instance(key), key);
    // What its target has not, a Proxy must call configurable.
    return found && { ...found, configurable: found.configurable || !Object.hasOwn(target, key) };
  }

  override defineProperty(target: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    const instance = this.instance(key);
    const done = Reflect.defineProperty(instance, key, descriptor);
    // What is there for good must be on the target as well.
    if (done && descriptor.configurable === false) copyProperty(instance, target, key);
    return done;
  }

  override deleteProperty(target: object, key: PropertyKey): boolean {
    return super.deleteProperty(target, key) && Reflect.deleteProperty(target, key);
  }

  override preventExtensions(target?: object): boolean {
    Object.preventExtensions(this.instance());
    mirror(this.#instance, target as object);
    return true;
  }

  apply(_: object, self: unknown, args: unknown[]): unknown {
    const instance = this.instance() as Method;
    return this.shown(Reflect.apply(instance, self, args), instance);
  }

  construct(_: object, args: unknown[], newTarget: Constructor): object {
    const instance = this.instance() as Constructor;
    return Reflect.construct(instance, args, newTarget === this.proxy ? instance : newTarget) as object;
  }

  /** Calls a method of the instance, as a method of it. */
  call(method: Method, args: unknown[]): unknown {
    const instance = this.instance(method.name);
    return this.shown(method.apply(instance, argumentsFor(instance, args)), instance);
  }

  protected override shown(value: unknown, instance: object): unknown {
    return value === instance ? this.proxy : this.#keeper.shown(value);
  }

  protected override instance(key?: PropertyKey): object {
    if (!this.#isNoUse(key)) this.#keeper.assertUsable(key);
    return this.#instance;
  }

  #isNoUse(key: PropertyKey | undefined): boolean {
    if (key === undefined) return false;
    return HARMLESS.has(key) || (LETTING_GO.has(key) && isEmitter(this.#instance));
  }
}

function isEmitter(instance: object): boolean {
  return "addListener" in instance || "addEventListener" in instance;
}

const forwards = new WeakMap<Method, Method>();

/** A method as stand-ins have it, the same for all of them: it serves the one on which it is called. */
function forwardOf(method: Method): Method {
  let forward = forwards.get(method);
  if (forward === undefined) forwards.set(method, (forward = makeForward(method)));
  return forward;
}

function makeForward(method: Method): Method {
  function forward(this: unknown, ...args: unknown[]): unknown {
    const traps = isGuarded(this) ? trapsOf.get(this) : undefined;
    return traps === undefined ? method.apply(this, args) : traps.call(method, args);
  }
  return disguised(forward, method);
}

/** Only the instance itself can be asked for what is `#private`, so that a method is given its like as it is. */
function argumentsFor(instance: object, args: unknown[]): unknown[] {
  if (!args.some(isGuarded)) return args;
  return args.map((arg) => (isGuarded(arg) && seesPrivate(instance, unguarded(arg)) ? unguarded(arg) : arg));
}

/** Whether both are of one class that has `#private` members. */
function seesPrivate(instance: object, other: object): boolean {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  const { constructor } = instance;
  if (prototype === null || typeof constructor !== "function" || prototype === Object.prototype) return false;
  return Object.getPrototypeOf(other) === prototype && sourceOf(constructor as Constructor).includes("#");
}

/** The target of the Proxy: callable where the instance is, an array where it is one, and without properties of its own. */
function targetFor(instance: object, name: string): object {
  if (Array.isArray(instance)) return showing(instance, []);
  if (typeof instance !== "function") return inspected(name, () => instance);
  // A bound function can be called and constructed, and has no `prototype` that could not be deleted.
  const target = function () {}.bind(undefined);
  for (const key of Reflect.ownKeys(target)) Reflect.deleteProperty(target, key);
  return showing(instance, target);
}

/** Has `util.inspect`, which looks at the target, print the instance. */
function showing(instance: object, target: object): object {
  return Object.defineProperty(target, inspect.custom, { value: () => instance, configurable: true });
}

/** Makes the target what a Proxy for something frozen must have: the same properties, and no more. */
function mirror(instance: object, target: object): void {
  Reflect.deleteProperty(target, inspect.custom);
  Object.setPrototypeOf(target, Object.getPrototypeOf(instance) as object | null);
  for (const key of Reflect.ownKeys(instance)) copyProperty(instance, target, key);
  Object.preventExtensions(target);
}

function copyProperty(instance: object, target: object, key: PropertyKey): void {
  const found = Reflect.getOwnPropertyDescriptor(instance, key);
  if (found !== undefined) Reflect.defineProperty(target, key, found);
}

/** Whether a Proxy must give the very value of its target. */
function isFixed(target: object, key: PropertyKey): boolean {
  const found = Reflect.getOwnPropertyDescriptor(target, key);
  return found !== undefined && found.configurable === false && found.writable === false;
}

/** Whether a function cannot tell as what it is called: an arrow, or bound. In doubt it can. */
function hasNoThis(value: unknown): boolean {
  const { name } = value as Method;
  if (Object.hasOwn(value as object, "prototype")) return false;
  return (typeof name === "string" && name.startsWith("bound ")) || ARROW.test(sourceOf(value as Constructor));
}

const ARROW = /^(?:async\b\s*)?(?:\(|[\w$]+\s*=>)/;
