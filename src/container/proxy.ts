/** The stand-in of `@injectProxy`: an object that forwards each access to the instance of the current scope. */
import { type InspectOptionsStylized, inspect } from "node:util";
import { kindOf } from "../context/arguments.js";
import { AmbitError, RegistrationError } from "../errors.js";
import { standIn } from "../plan/claim.js";
import { ForeignRegistration } from "../plan/foreign.js";
import type { Plan } from "../plan/plan.js";
import { Lifecycle } from "../registry/lifecycle.js";

/** A function that is called as a method. */
export type Method = (...args: unknown[]) => unknown;

/**
 * Makes the stand-in. It keeps no instance: `current` is asked at each access.
 *
 * It is never a thenable, whatever the instance is: `await` would otherwise take it for a promise, and build what is
 * behind it to find out.
 */
export function proxyOf(name: string, current: () => unknown): object {
  const forwarding = new Forwarding(name, current);
  forwarding.proxy = new Proxy(inspected(name, current), forwarding);
  return standIn(forwarding.proxy);
}

/** The traps of a stand-in. They ask for the instance at each access, and keep none. */
export class Forwarding implements ProxyHandler<object> {
  /** The stand-in itself: a method is called on the instance where it is called on this. */
  proxy: object | undefined;
  /** A method read twice is the same function twice, in every scope. */
  readonly #methods = new WeakMap<Method, Method>();
  /** Those of classes, by their key, which halves the cost of a call. A method of one instance would keep it alive here. */
  readonly #inherited = new Map<PropertyKey, { readonly method: Method; readonly forward: Method }>();
  readonly #name: string;
  readonly #current: () => unknown;

  constructor(name: string, current: () => unknown) {
    this.#name = name;
    this.#current = current;
  }

  get(_: object, key: PropertyKey): unknown {
    if (key === "then") return undefined;
    const instance = this.instance(key);
    // The instance is its own receiver: a getter may read what is #private.
    const value = (instance as Record<PropertyKey, unknown>)[key];
    // No property may be the way to the instance itself, which whoever lives longer would keep.
    if (typeof value !== "function") return this.shown(value, instance);
    const known = this.#inherited.get(key);
    if (known !== undefined && known.method === value) return known.forward;
    return this.#methods.get(value as Method) ?? this.#forward(value as Method, instance, key);
  }

  set(_: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    const instance = this.instance(key);
    // What inherits from the stand-in takes the property itself.
    return Reflect.set(instance, key, value, receiver === this.proxy ? instance : receiver);
  }

  has(_: object, key: PropertyKey): boolean {
    return key !== "then" && Reflect.has(this.instance(key), key);
  }

  deleteProperty(_: object, key: PropertyKey): boolean {
    return Reflect.deleteProperty(this.instance(key), key);
  }

  ownKeys(): (string | symbol)[] {
    return Reflect.ownKeys(this.instance());
  }

  getOwnPropertyDescriptor(_: object, key: PropertyKey): PropertyDescriptor | undefined {
    const found = Reflect.getOwnPropertyDescriptor(this.instance(key), key);
    // A Proxy may not call configurable what is not there on its target, which has no properties of its own.
    return found && { ...found, configurable: true };
  }

  defineProperty(_: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    // A Proxy may not say that it has defined, for good, what is not there on its target.
    return descriptor.configurable !== false && Reflect.defineProperty(this.instance(key), key, descriptor);
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.instance());
  }

  setPrototypeOf(_: object, prototype: object | null): boolean {
    return Reflect.setPrototypeOf(this.instance(), prototype);
  }

  /** A stand-in for many instances cannot be sealed for one of them. */
  preventExtensions(): boolean {
    return false;
  }

  /** What a property or a method gives, as those outside see it: the instance is its stand-in. */
  protected shown(value: unknown, instance: object): unknown {
    return value === instance ? this.proxy : value;
  }

  /** The instance, for one access. */
  protected instance(_key?: PropertyKey): object {
    const value = this.#current();
    if (typeof value === "object" && value !== null) return value;
    throw new RegistrationError(
      `Cannot stand in for ${this.#name}: its value here is ${kindOf(value)}, and only objects have stand-ins.`,
      `take it with @injectRef(${this.#name}), or dep.ref(${this.#name}), and call get().`,
    );
  }

  #forward(method: Method, instance: object, key: PropertyKey): Method {
    if (key === "constructor") return method;
    const forward = isConstructorLike(method) ? method : this.#forwarding(method);
    this.#methods.set(method, forward);
    if (isInherited(instance, key, method)) this.#inherited.set(key, { method, forward });
    return forward;
  }

  #forwarding(method: Method): Method {
    const { proxy } = this;
    const call = (args: unknown[]) => {
      const instance = this.instance(method.name);
      // What a fluent method returns must not outlive the scope either.
      return this.shown(method.apply(instance, args), instance);
    };
    function forward(this: unknown, ...args: unknown[]): unknown {
      return this === proxy ? call(args) : method.apply(this, args);
    }
    return disguised(forward, method);
  }
}

/** Gives `forward` the looks of `method`: what was put on that is seen through it, the calls of a mock, for one. */
export function disguised(forward: Method, method: Method): Method {
  return Object.setPrototypeOf(Object.defineProperty(forward, "name", { value: method.name }), method) as Method;
}

/** The target of the Proxy, without properties of its own. `util.inspect` looks at it, not through the traps. */
export function inspected(name: string, current: () => unknown): object {
  const print = (_: number, options: InspectOptionsStylized) => {
    try {
      return current();
    } catch (error) {
      if (!(error instanceof AmbitError)) throw error;
      return options.stylize(`[stand-in for ${name}: ${error.code}]`, "special");
    }
  };
  return Object.create({ [inspect.custom]: print }) as object;
}

/** Whether the method is that of a class, and holds no instance. */
function isInherited(instance: object, key: PropertyKey, method: Method): boolean {
  let at: object | null = Object.getPrototypeOf(instance);
  while (at !== null && !Object.hasOwn(at, key)) at = Object.getPrototypeOf(at);
  return !Object.hasOwn(instance, key) && at !== null && Object.getOwnPropertyDescriptor(at, key)?.value === method;
}

/** Classes are values, not methods: `proxy.constructor` is the class. Their `prototype` is read-only. */
export function isConstructorLike(value: Method): boolean {
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

/**
 * Refuses a stand-in for what is built anew each time: each access would build one more.
 *
 * @throws RegistrationError ERR_AMBIT_REGISTRATION
 */
export function assertStays(plan: Plan): void {
  const built = aliased(plan);
  const { lifecycle, registration, name } = built;
  if (lifecycle !== Lifecycle.Transient && lifecycle !== Lifecycle.ResolutionScoped) return;
  if (registration === undefined || registration.kind === "useValue") return;
  if (registration instanceof ForeignRegistration) throw foreign(name);
  throw new RegistrationError(
    `Cannot stand in for ${built.step().lifetime} ${name}: each access would build another one.`,
    `register ${name} with a longer lifecycle, or take it with @injectRef(${name}) and call get() once.`,
  );
}

function foreign(name: string): RegistrationError {
  return new RegistrationError(
    `Cannot stand in for ${name}: only a joined container knows it, which does not say how long it lives.`,
    `take it with @inject(${name}), or register it here.`,
  );
}

/** What an alias leads to. */
function aliased(plan: Plan): Plan {
  const [edge] = plan.registration?.kind === "useToken" ? plan.edges : [];
  const [next] = edge?.plans ?? [];
  return next === undefined ? plan : aliased(next);
}
