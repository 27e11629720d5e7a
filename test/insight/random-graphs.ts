/** Random registrations for the properties of `diagnose`: every lifetime, provider and way to ask. */
import {
  type Constructor,
  Container,
  contextScoped,
  delay,
  dep,
  type InjectionToken,
  inject,
  injectAll,
  injectable,
  injectProxy,
  injectRef,
  Lifecycle,
  type RegistrationOptions,
  scoped,
  singleton,
  threadScoped,
} from "ambit";
import fc from "fast-check";

type How = "direct" | "optional" | "all" | "ref" | "proxy" | "delayed";

export interface Need {
  readonly how: How;
  /** The index of a node; the one after the last is registered nowhere. */
  readonly target: number;
}

export interface NodeSpec {
  /** A "decorated class" is registered nowhere in its world. */
  readonly kind:
    | "class"
    | "decorated class"
    | "factory"
    | "async factory"
    | "asking factory"
    | "alias"
    | "seed"
    | "value";
  readonly options: RegistrationOptions;
  readonly needs: readonly Need[];
  readonly inChild: boolean;
}

/** What every provider here gives: the things that it was given. */
export interface Part {
  readonly parts: readonly unknown[];
}

const lifetimes: RegistrationOptions[] = [
  { lifecycle: Lifecycle.Transient },
  { lifecycle: Lifecycle.Singleton },
  { lifecycle: Lifecycle.ResolutionScoped },
  { lifecycle: Lifecycle.ContainerScoped },
  { lifecycle: Lifecycle.ContextScoped },
  { lifecycle: Lifecycle.ContextScoped, scopeName: "outer" },
  { lifecycle: Lifecycle.ContextScoped, scopeName: "inner" },
  { lifecycle: Lifecycle.ThreadScoped },
];

export function graphs(kinds: readonly NodeSpec["kind"][], hows: readonly How[]): fc.Arbitrary<NodeSpec[]> {
  const need = (count: number) =>
    fc.record({
      how: fc.constantFrom(...hows),
      // Mostly what comes later, so that not everything is a circle; rarely what nobody registered.
      target: fc.integer({ min: 0, max: count }),
    });
  const node = (index: number, count: number) =>
    fc.record({
      kind: fc.constantFrom(...kinds),
      options: fc.constantFrom(...lifetimes),
      needs: fc.array(
        need(count).map(({ how, target }) => ({
          how,
          target: target % 4 === 3 ? target : Math.min(count - 1, index + 1 + (target % 3)),
        })),
        { maxLength: 2 },
      ),
      inChild: fc.boolean(),
    });
  return fc
    .integer({ min: 2, max: 7 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => node(index, count))));
}

/** A container with these registrations, or the child of one. */
export class World {
  readonly tokens: InjectionToken[];
  readonly root = new Container({ scopes: ["outer", "inner"] });
  readonly container: Container;

  constructor(
    readonly specs: readonly NodeSpec[],
    withChild: boolean,
  ) {
    this.container = withChild ? this.root.createChildContainer() : this.root;
    this.tokens = specs.map(({ kind }, index) => (kind.endsWith("class") ? classNamed(`N${index}`) : `N${index}`));
    this.tokens.push("nowhere");
    for (const [index, spec] of specs.entries()) this.#register(index, spec);
  }

  /** What `diagnose` has to be told of: what nobody registered. */
  get unregistered(): InjectionToken[] {
    return this.tokens.filter((_, index) => this.specs[index]?.kind === "decorated class");
  }

  get seeds(): [InjectionToken, Part][] {
    return this.specs.flatMap(({ kind }, index) => (kind === "seed" ? [[this.tokens[index], { parts: [] }]] : []));
  }

  #register(index: number, { kind, options, needs, inChild }: NodeSpec): void {
    const token = this.tokens[index];
    const container = inChild ? this.container : this.root;
    const deps = needs.map((need) => this.#depFor(need));
    const give = (...parts: unknown[]): Part => ({ parts });
    const asked = needs.map(({ target }) => this.tokens[target]);
    if (kind === "decorated class") this.#decorate(token as Constructor<Part>, options, needs);
    if (kind === "class") container.register(token, { useClass: token as Constructor<Part>, deps }, options);
    if (kind === "factory") container.register(token, { useFactory: give, deps }, options);
    if (kind === "async factory")
      container.register(token, { useAsyncFactory: async (...parts) => give(...parts), deps }, options);
    if (kind === "asking factory")
      container.register(token, { useFactory: (asks) => give(...asked.map((each) => asks.resolve(each))) }, options);
    // An alias to what comes later: tsyringe refuses circles of names at once.
    if (kind === "alias") container.register(token, { useToken: this.tokens[index + 1] });
    if (kind === "seed") container.register(token, { useSeed: true });
    if (kind === "value") container.register(token, { useValue: give() });
  }

  #decorate(target: Constructor<Part>, options: RegistrationOptions, needs: readonly Need[]): void {
    for (const [index, need] of needs.entries()) this.#parameterFor(need)(target, undefined, index);
    decoratorFor(options)(target);
  }

  #parameterFor({ how, target }: Need) {
    const token = this.tokens[target];
    if (how === "ref") return injectRef(token);
    if (how === "proxy") return injectProxy(token);
    if (how === "all") return injectAll(token as string);
    if (how === "optional") return inject(token as string, { isOptional: true });
    const isDelayed = how === "delayed" && typeof token === "function";
    return inject(isDelayed ? delay(() => token as Constructor) : (token as string));
  }

  #depFor({ how, target }: Need) {
    const token = this.tokens[target];
    if (how === "delayed")
      return typeof token === "function" ? (delay(() => token as Constructor) as InjectionToken) : token;
    return how === "direct" ? token : dep[how](token);
  }
}

function decoratorFor({ lifecycle, scopeName }: RegistrationOptions): (target: Constructor) => void {
  if (lifecycle === Lifecycle.ContextScoped) return contextScoped({ scopeName });
  if (lifecycle === Lifecycle.ThreadScoped) return threadScoped();
  if (lifecycle === Lifecycle.Singleton) return singleton();
  return lifecycle === Lifecycle.ContainerScoped || lifecycle === Lifecycle.ResolutionScoped
    ? scoped(lifecycle)
    : injectable();
}

function classNamed(name: string): Constructor<Part> {
  const given = class implements Part {
    readonly parts: readonly unknown[];
    constructor(...parts: unknown[]) {
      this.parts = parts;
    }
  };
  return Object.defineProperty(given, "name", { value: name });
}
