/** Random graphs of sync and async providers, and what is seen of everything that they build. */
import { Container, currentScope, Lifecycle, type Provider, type Scope } from "ambit";
import type { World } from "#src/testing/scheduler.js";

const LIFETIMES = ["singleton", "context-scoped", "transient"] as const;
const KINDS = ["class", "factory", "async factory", "asking factory", "generator", "async generator"] as const;

/** Those that wait between the first of their parts and their own birth. */
const WAITING = new Set<string>(["async factory", "asking factory", "async generator"]);

/** One token of a graph. */
export interface Node {
  readonly token: string;
  readonly lifetime: (typeof LIFETIMES)[number];
  readonly kind: (typeof KINDS)[number];
  /** Earlier tokens: there are no circles, and nothing longer-lived reaches something shorter-lived. */
  readonly deps: readonly Node[];
  /** How many of its builds fail before one succeeds. */
  readonly failures: number;
  /** Whether its end takes time. */
  readonly endsSlowly: boolean;
}

/** A graph of `size` tokens. */
export function randomGraph(random: () => number, size: number): Node[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const nodes: Node[] = [];
  for (let index = 0; index < size; index++) {
    const lifetime = pick(LIFETIMES);
    const allowed = lifetime === "singleton" ? nodes.filter((node) => !reachesScope(node)) : nodes;
    const deps =
      allowed.length === 0 ? [] : [...new Set(Array.from({ length: Math.floor(random() * 4) }, () => pick(allowed)))];
    const failures = random() < 0.3 ? 1 + Math.floor(random() * 2) : 0;
    nodes.push({ token: `n${index}`, lifetime, kind: pick(KINDS), deps, failures, endsSlowly: random() < 0.3 });
  }
  return nodes;
}

function reachesScope({ lifetime, deps }: Node): boolean {
  return lifetime === "context-scoped" || (lifetime === "transient" && deps.some(reachesScope));
}

/** What was built for a token. */
export class Instance {
  /** When it was disposed: how many steps had been taken. */
  ended: number | undefined;

  constructor(
    readonly node: Node,
    readonly parts: readonly Instance[],
    /** The scope for which it was built; `undefined` for what outlives scopes. */
    readonly home: Scope | undefined,
    readonly built: number,
  ) {}

  get name(): string {
    return `${this.node.token} of ${this.home === undefined ? "the container" : this.home.name}`;
  }
}

/** A failure that a graph has planned. */
export class Planned extends Error {}

/** A container with a graph; it sees every instance from its birth to its end. */
export class Observed {
  readonly container = new Container({ onDisposalError: (error) => this.broken.push(error) });
  readonly instances: Instance[] = [];
  readonly thrown = new Set<unknown>();
  /** What has gone wrong where nobody could be told. */
  readonly broken: unknown[] = [];
  readonly #world: World;
  #steps = 0;
  readonly #failed = new Map<Node, number>();

  constructor(world: World, graph: readonly Node[]) {
    this.#world = world;
    for (const node of graph) this.#register(node);
  }

  async step(label: string): Promise<void> {
    await this.#world.step(label);
    this.#steps++;
  }

  #register(node: Node): void {
    const lifecycle = {
      singleton: Lifecycle.Singleton,
      "context-scoped": Lifecycle.ContextScoped,
      transient: Lifecycle.Transient,
    };
    this.container.register(node.token, this.#provider(node) as Provider as { useSeed: true }, {
      lifecycle: lifecycle[node.lifetime],
    });
  }

  #provider(node: Node): object {
    const deps = node.deps.map(({ token }) => token);
    const build = (...parts: Instance[]) => this.#build(node, parts);
    const buildLater = async (...parts: Instance[]) => {
      await this.step(`builds ${node.token}`);
      return build(...parts);
    };
    switch (node.kind) {
      case "class":
        return { useClass: constructorFrom(build), deps };
      case "factory":
        return { useFactory: build, deps };
      case "async factory":
        return { useAsyncFactory: buildLater, deps };
      case "asking factory":
        return { useAsyncFactory: (container: Container) => this.#ask(node, container) };
      case "generator":
        return { useGenerator: generatorFrom(build, (made) => this.#end(made)), deps };
      case "async generator":
        return { useGenerator: asyncGeneratorFrom(buildLater, (made) => this.end(made)), deps };
    }
  }

  /** A factory that asks its container, one after the other, between and after awaits. */
  async #ask(node: Node, container: Container): Promise<Instance> {
    const parts: Instance[] = [];
    for (const { token } of node.deps) {
      await this.step(`${node.token} asks for ${token}`);
      parts.push(await container.resolveAsync<Instance>(token));
    }
    return this.#build(node, parts);
  }

  #build(node: Node, parts: readonly Instance[]): Instance {
    const failed = this.#failed.get(node) ?? 0;
    if (failed < node.failures) {
      this.#failed.set(node, failed + 1);
      const error = new Planned(`${node.token} fails`);
      this.thrown.add(error);
      throw error;
    }
    // One that waits itself may go on when its scope has ended; what it builds is ended at once.
    const over = WAITING.has(node.kind) ? undefined : parts.find(({ ended }) => ended !== undefined);
    if (over !== undefined) this.broken.push(new Error(`6: ${node.token} was built of ${over.name}, which has ended`));
    const instance = new Instance(node, parts, currentScope(), this.#steps);
    this.instances.push(instance);
    if (!node.kind.endsWith("generator")) Object.assign(instance, { dispose: () => this.end(instance) });
    return instance;
  }

  /** Whether its owner cannot know of it yet: an async factory has made it in this very turn. It comes too late then. */
  #isUnknown({ node, built }: Instance): boolean {
    return WAITING.has(node.kind) && built === this.#steps;
  }

  end(instance: Instance): Promise<void> | undefined {
    this.#end(instance);
    return instance.node.endsSlowly ? this.step(`ends ${instance.node.token}`) : undefined;
  }

  #end(instance: Instance): void {
    if (instance.ended !== undefined) this.broken.push(new Error(`1: ${instance.name} ended twice`));
    instance.ended = this.#steps;
    for (const other of this.instances) {
      if (other.ended !== undefined || this.#isUnknown(other)) continue;
      if (other.parts.includes(instance))
        this.broken.push(new Error(`3: ${instance.name} ended before its holder ${other.name}`));
      const isNewer = other.home === instance.home && other.built > instance.built;
      if (isNewer) this.broken.push(new Error(`3: ${instance.name} ended before the newer ${other.name}`));
    }
  }
}

type Build<R> = (...parts: Instance[]) => R;

/** A function of old that is called with `new`, and returns what it likes. */
function constructorFrom(build: Build<Instance>): Build<Instance> {
  return function Built(...parts: Instance[]) {
    return build(...parts);
  };
}

function generatorFrom(build: Build<Instance>, end: (made: Instance) => void): Build<Generator<Instance>> {
  return function* (...parts) {
    const made = build(...parts);
    yield made;
    end(made);
  };
}

function asyncGeneratorFrom(
  build: Build<Promise<Instance>>,
  end: (made: Instance) => Promise<void> | undefined,
): Build<AsyncGenerator<Instance>> {
  return async function* (...parts) {
    const made = await build(...parts);
    yield made;
    await end(made);
  };
}
