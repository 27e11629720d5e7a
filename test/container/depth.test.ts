/** Deep graphs, long lists, and registrations that change while they are in use. */
import {
  type Constructor,
  Container,
  dep,
  Lifecycle,
  RegistrationError,
  type Scope,
  UnregisteredTokenError,
} from "ambit";
import { describe, expect, test } from "vitest";

/** Classes of which each needs the next. */
function chain(length: number, lifecycle: Lifecycle): { container: Container; classes: Constructor[] } {
  const container = new Container();
  const classes = Array.from({ length }, (_, level) => {
    const name = `Level${level}`;
    return {
      [name]: class {
        constructor(readonly next?: unknown) {}
      },
    }[name];
  });
  for (const [level, target] of classes.entries()) {
    container.register(target, { useClass: target, deps: classes.slice(level + 1, level + 2) }, { lifecycle });
  }
  return { container, classes };
}

function levelsOf(top: unknown): number {
  let levels = 0;
  for (let at = top as { next?: unknown } | undefined; at !== undefined; at = at.next as typeof at) levels++;
  return levels;
}

const LIFETIMES = [
  ["transient", Lifecycle.Transient],
  ["singleton", Lifecycle.Singleton],
  ["context-scoped", Lifecycle.ContextScoped],
  ["resolution-scoped", Lifecycle.ResolutionScoped],
] as const;

describe.each(LIFETIMES)("a graph of %s classes", (_, lifecycle) => {
  test("of 300 levels is built", () => {
    const { container, classes } = chain(300, lifecycle);
    container.runInScopeSync((scope) => expect(levelsOf(scope.resolve(classes[0]))).toBe(300));
  });

  test("of 20,000 levels is an error that says what to do, and leaves nothing half built", () => {
    const { container, classes } = chain(20_000, lifecycle);
    container.runInScopeSync((scope) => {
      const top = () => scope.resolve(classes[0]);
      expect(top).toThrow(RegistrationError);
      expect(top).toThrow("Cannot build Level0: its dependencies are nested more deeply than the call stack goes.");
      expect(levelsOf(scope.resolve(classes[19_900]))).toBe(100);
    });
  });
});

test.each([Lifecycle.Singleton, Lifecycle.ContextScoped])(
  "5,000 levels of lifetime %i are built from below",
  (lifecycle) => {
    const { container, classes } = chain(5_000, lifecycle);
    container.runInScopeSync((scope) => {
      for (let level = 4_999; level >= 0; level -= 50) scope.resolve(classes[level]);
      expect(levelsOf(scope.resolve(classes[0]))).toBe(5_000);
    });
  },
);

test("what overflows the stack while it is built can be built from below after that", { timeout: 120_000 }, () => {
  const { container, classes } = chain(20_000, Lifecycle.ContextScoped);
  const build = (scope: Scope) => {
    for (let level = 19_999; level >= 0; level -= 50) scope.resolve(classes[level]);
    return levelsOf(scope.resolve(classes[0]));
  };
  // From here on every plan is there, so it is the build that overflows.
  expect(container.runInScopeSync(build)).toBe(20_000);
  container.runInScopeSync((scope) => {
    expect(() => scope.resolve(classes[0])).toThrow("nested more deeply than the call stack goes");
    expect(build(scope)).toBe(20_000);
  });
});

test("a constructor that calls itself for ever is told of the stack, and not of the graph", () => {
  class Endless {
    constructor() {
      this.again();
    }
    again(): void {
      this.again();
    }
  }
  const container = new Container();
  expect(() => container.resolve(Endless)).toThrow(RangeError);
  expect(() => container.resolve(Endless)).not.toThrow(RegistrationError);
});

test("below a deep graph, what such a constructor threw is the cause", () => {
  const thrown: unknown[] = [];
  const endless = (): number => endless() + 1;
  const { container, classes } = chain(300, Lifecycle.ContextScoped);
  const bottom = {
    useFactory: () => {
      try {
        return endless();
      } catch (error) {
        thrown.push(error);
        throw error;
      }
    },
  };
  container.register<unknown>(classes[299], bottom, { lifecycle: Lifecycle.ContextScoped });
  const build = () => container.runInScopeSync((scope) => scope.resolve(classes[0]));
  expect(build).toThrow(RegistrationError);
  let cause: unknown;
  try {
    build();
  } catch (error) {
    cause = (error as Error).cause;
  }
  expect(cause).toBe(thrown.at(-1));
});

describe("10,000 registrations", () => {
  const MANY = 10_000;

  test("of as many tokens: each answers, in a scope and in a child", () => {
    const container = new Container();
    for (let index = 0; index < MANY; index++) {
      container.register(`token ${index}`, { useFactory: () => ({ index }) }, { lifecycle: Lifecycle.ContextScoped });
    }
    const child = container.createChildContainer();
    child.runInScopeSync((scope) => {
      const found = Array.from({ length: MANY }, (_, index) => scope.resolve<{ index: number }>(`token ${index}`));
      expect(found.every(({ index }, at) => index === at)).toBe(true);
      expect(new Set(found).size).toBe(MANY);
      expect(child.resolve("token 9999")).toBe(found[9999]);
    });
  });

  test("of one token: all, in order, and the last", () => {
    const container = new Container();
    for (let index = 0; index < MANY; index++) container.register("token", { useValue: index });
    expect(container.resolveAll("token")).toEqual(Array.from({ length: MANY }, (_, index) => index));
    expect(container.resolve("token")).toBe(MANY - 1);
  });

  test("of which one class takes 10,000", () => {
    const container = new Container();
    const tokens = Array.from({ length: MANY }, (_, index) => `token ${index}`);
    for (const [index, token] of tokens.entries()) container.register(token, { useValue: index });
    container.register("sum", { useFactory: (...all: number[]) => all.reduce((a, b) => a + b), deps: tokens });
    expect(container.resolve("sum")).toBe((MANY * (MANY - 1)) / 2);
  });
});

describe("a registration while what it replaces is in use", () => {
  class First {}
  class Second {}
  const context = { lifecycle: Lifecycle.ContextScoped };

  test("of a context-lived thing: an open scope that has the old one gives the new one, and ends both", async () => {
    const ended: string[] = [];
    const ending = (name: string) => ({ useFactory: () => ({ name, [Symbol.dispose]: () => void ended.push(name) }) });
    const container = new Container().register("thing", ending("old"), context);
    await container.runInScope((scope) => {
      expect(scope.resolve("thing")).toMatchObject({ name: "old" });
      container.register("thing", ending("new"), context);
      expect(scope.resolve("thing")).toMatchObject({ name: "new" });
      expect(scope.resolveAll<{ name: string }>("thing").map(({ name }) => name)).toEqual(["old", "new"]);
    });
    expect(ended).toEqual(["new", "old"]);
  });

  test("of a singleton: who holds the old one keeps it, who is built later gets the new one", () => {
    const container = new Container()
      .register("thing", { useClass: First }, { lifecycle: Lifecycle.Singleton })
      .register(
        "holder",
        { useFactory: (thing: object) => ({ thing }), deps: ["thing"] },
        { lifecycle: Lifecycle.Singleton },
      )
      .register("later", { useFactory: (thing: object) => ({ thing }), deps: ["thing"] });
    const holder = container.resolve<{ thing: object }>("holder");
    container.register("thing", { useClass: Second }, { lifecycle: Lifecycle.Singleton });
    expect(container.resolve("holder")).toBe(holder);
    expect(holder.thing).toBeInstanceOf(First);
    expect(container.resolve<{ thing: object }>("later").thing).toBeInstanceOf(Second);
  });

  test("by its own factory: it counts from the next resolve on", () => {
    const container = new Container();
    container.register("thing", {
      useFactory: (own) => {
        own.register("thing", { useValue: "registered by the first" });
        return "first";
      },
    });
    expect([container.resolve("thing"), container.resolve("thing")]).toEqual(["first", "registered by the first"]);
  });

  test("by an async factory, before what waits for it goes on: those that wait are given what they asked for", async () => {
    const container = new Container()
      .register(
        "thing",
        {
          useAsyncFactory: async (own) => {
            own.register("thing", { useValue: "second" });
            return "first";
          },
        },
        context,
      )
      .register("holder", { useFactory: (thing: string) => `holds the ${thing}`, deps: ["thing"] }, context);
    await container.runInScope(async (scope) => {
      expect(await scope.resolveAsync("holder")).toBe("holds the first");
      expect(await scope.resolveAsync("thing")).toBe("second");
    });
  });
});

describe("reset and clearInstances with an open scope", () => {
  const ended: string[] = [];
  const ending = (name: string) => ({ useFactory: () => ({ name, [Symbol.dispose]: () => void ended.push(name) }) });

  test("reset: what the scope has built is still ended with it; it can be asked for no more", async () => {
    const container = new Container().register("thing", ending("thing"), { lifecycle: Lifecycle.ContextScoped });
    await container.runInScope((scope) => {
      scope.resolve("thing");
      container.reset();
      expect(() => scope.resolve("thing")).toThrow(UnregisteredTokenError);
      expect(ended).toEqual([]);
      container.register("thing", ending("another"), { lifecycle: Lifecycle.ContextScoped });
      expect(scope.resolve("thing")).toMatchObject({ name: "another" });
    });
    expect(ended.splice(0)).toEqual(["another", "thing"]);
  });

  test("reset while an async build is under way: who waits is given it, and it is ended with the scope", async () => {
    const container = new Container().register(
      "thing",
      { useAsyncFactory: async () => ending("thing").useFactory() },
      { lifecycle: Lifecycle.ContextScoped },
    );
    await container.runInScope(async (scope) => {
      const pending = scope.resolveAsync("thing");
      container.reset();
      expect(await pending).toMatchObject({ name: "thing" });
    });
    expect(ended.splice(0)).toEqual(["thing"]);
  });

  test("clearInstances: the scope keeps its own, and a singleton is built anew for it", async () => {
    const container = new Container()
      .register("own", ending("own"), { lifecycle: Lifecycle.ContextScoped })
      .register("shared", ending("shared"), { lifecycle: Lifecycle.Singleton })
      .register("holder", { useFactory: (shared: object) => ({ shared }), deps: [dep.optional("shared")] });
    await container.runInScope((scope) => {
      const [own, shared] = [scope.resolve("own"), scope.resolve("shared")];
      container.clearInstances();
      expect(scope.resolve("own")).toBe(own);
      expect(scope.resolve<{ shared: object }>("holder").shared).not.toBe(shared);
    });
    expect(ended.splice(0)).toEqual(["own"]);
    await container.dispose();
    expect(ended.splice(0)).toEqual(["shared", "shared"]);
  });
});
