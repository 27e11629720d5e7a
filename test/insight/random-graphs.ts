/** Random registrations for the properties of `diagnose`: every lifetime, provider and way to ask. */
import {
  type Constructor,
  Container,
  delay,
  dep,
  type InjectionToken,
  Lifecycle,
  type RegistrationOptions,
} from "ambit";
import fc from "fast-check";

type How = "direct" | "optional" | "all" | "ref" | "proxy" | "delayed";

export interface Need {
  readonly how: How;
  /** The index of a node; the one after the last is registered nowhere. */
  readonly target: number;
}

export interface NodeSpec {
  readonly kind: "class" | "factory" | "async factory" | "asking factory" | "alias" | "seed" | "value";
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
    this.tokens = specs.map((spec, index) => (spec.kind === "class" ? classNamed(`N${index}`) : `N${index}`));
    this.tokens.push("nowhere");
    for (const [index, spec] of specs.entries()) this.#register(index, spec);
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

  #depFor({ how, target }: Need) {
    const token = this.tokens[target];
    if (how === "delayed")
      return typeof token === "function" ? (delay(() => token as Constructor) as InjectionToken) : token;
    return how === "direct" ? token : dep[how](token);
  }
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
