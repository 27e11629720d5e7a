/**
 * A random tsyringe program in either library. What it prints says which instances are the same, and of what they are
 * made. It stays away from the known differences: docs/differences-from-tsyringe.md has their numbers.
 */
import type { DependencyContainer } from "tsyringe";
import type { Library } from "./libraries.js";

/** What a class depends on: a leaf, or a class that comes later, so that there are no circles (9). */
export interface Dependency {
  readonly on: number;
  readonly all: boolean;
  readonly optional: boolean;
}

/** A registration; numbers choose, modulo what there is. */
export interface Registering {
  readonly token: number;
  readonly as: "class" | "factory" | "alias" | "value";
  readonly target: number;
  readonly lifecycle: 0 | 1 | 2 | 3;
}

const CLASSES = 4;
/** Always registered (25). */
const LEAVES = ["leaf0", "leaf1"];
/** Nothing depends on it, so that children may register it (4). */
const TOP = "top";

type Instance = object & { readonly given?: readonly unknown[] };

export class RandomWorld {
  readonly printed: string[] = [];
  readonly #classes: (new (
    ...given: unknown[]
  ) => Instance)[];
  readonly #containers: DependencyContainer[];
  readonly #numbers = new Map<object, number>();
  #made = 0;

  constructor({ container, inject, injectable, injectAll }: Library, dependencies: readonly (readonly Dependency[])[]) {
    this.#containers = [container.createChildContainer()];
    this.#classes = Array.from({ length: CLASSES }, (_, index) => classNamed(`C${index}`));
    for (const [index, target] of this.#classes.entries()) {
      const available = [...LEAVES, ...this.#classes.slice(index + 1)];
      for (const [position, { on, all, optional }] of (dependencies[index] ?? []).entries()) {
        const decorate = all ? injectAll : inject;
        decorate(available[on % available.length], { isOptional: optional })(target, undefined, position);
      }
      injectable()(target);
    }
    this.#registerLeaves();
  }

  /** Registers in the outermost container what classes may depend on. */
  register({ token, as, target, lifecycle }: Registering): void {
    const index = token % CLASSES;
    const later = this.#classes.slice(index);
    const options = { lifecycle };
    const [root] = this.#containers;
    const own: new () => unknown = this.#classes[index];
    if (as === "class") root.register(own, { useClass: later[target % later.length] }, options);
    else if (as === "factory") root.register(own, { useFactory: () => this.#leaf("made") });
    else root.register(own, { useToken: [...later.slice(1), ...LEAVES][target % (later.length + 1)] }, options);
  }

  /** Registers, in any container, what nothing depends on. */
  registerTop(at: number, { as, target, lifecycle }: Registering): void {
    const container = this.#at(at);
    const to = this.#classes[target % CLASSES];
    const options = { lifecycle };
    if (as === "class") container.register(TOP, to, options);
    else if (as === "alias") container.register(TOP, { useToken: to }, options);
    else if (as === "value") container.register(TOP, { useValue: target + 1 });
    else container.register(TOP, { useFactory: (asked) => `asked ${this.#containers.indexOf(asked)}` });
  }

  resolve(at: number, token: number): void {
    this.#print(() => this.#at(at).resolve(this.#token(token)));
  }

  resolveAll(at: number, token: number): void {
    this.#print(() => this.#at(at).resolveAll(this.#token(token)));
  }

  isRegistered(at: number, token: number): void {
    this.#print(() => this.#at(at).isRegistered(this.#token(token), true));
  }

  /** Interceptors of what singletons are made of would be the child's that asks first, or the parent's (4). */
  intercept(
    at: number,
    token: number,
    when: "beforeResolution" | "afterResolution",
    frequency: "Always" | "Once",
  ): void {
    const watched = this.#containers.length > 1 ? TOP : this.#token(token);
    this.#at(at)[when](watched, (...args: unknown[]) => void this.printed.push(`${when} ${this.#show(args)}`), {
      frequency,
    });
  }

  clearInstances(at: number): void {
    this.#at(at).clearInstances();
  }

  /** Forgets the registrations of the outermost container. */
  reset(): void {
    this.#containers[0].reset();
    this.#registerLeaves();
  }

  openChild(at: number): void {
    this.#containers.push(this.#at(at).createChildContainer());
  }

  #registerLeaves(): void {
    for (const leaf of LEAVES) this.#containers[0].register(leaf, { useFactory: () => this.#leaf(leaf) });
  }

  #leaf(name: string): string {
    return `${name}.${++this.#made}`;
  }

  #at(at: number): DependencyContainer {
    return this.#containers[at % this.#containers.length];
  }

  #token(token: number): string | (new () => Instance) {
    const tokens = [...this.#classes, TOP, ...LEAVES];
    return tokens[token % tokens.length];
  }

  #print(ask: () => unknown): void {
    try {
      this.printed.push(this.#show(ask()));
    } catch (error) {
      // ambit says more on further lines (15).
      this.printed.push(String((error as Error).message.split("\n")[0]));
    }
  }

  #show(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((each) => this.#show(each)).join()}]`;
    if (typeof value === "function") return value.name;
    if (typeof value !== "object" || value === null) return String(value);
    if (!this.#numbers.has(value)) this.#numbers.set(value, this.#numbers.size);
    return `${value.constructor.name}#${this.#numbers.get(value)}(${this.#show((value as Instance).given)})`;
  }
}

function classNamed(name: string): new (...given: unknown[]) => Instance {
  const named = {
    [name]: class {
      readonly given: readonly unknown[];
      constructor(...given: unknown[]) {
        this.given = given;
      }
    },
  };
  return named[name];
}
