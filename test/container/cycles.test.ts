/** Things that need each other: an error with the way round, never a RangeError. */
import {
  Container,
  CyclicDependencyError,
  type DependencyContainer,
  delay,
  dep,
  inject,
  injectAll,
  Lifecycle,
  type Provider,
} from "ambit";
import { describe, expect, test } from "vitest";

function thrownBy(fn: () => unknown): CyclicDependencyError {
  try {
    fn();
  } catch (error) {
    return error as CyclicDependencyError;
  }
  throw new Error("it threw nothing");
}

const namesOf = (error: CyclicDependencyError) => error.path.map(({ name }) => name);

const lifetimes = [
  { lifecycle: Lifecycle.Transient },
  { lifecycle: Lifecycle.Singleton },
  { lifecycle: Lifecycle.ResolutionScoped },
  { lifecycle: Lifecycle.ContainerScoped },
  { lifecycle: Lifecycle.ContextScoped },
  { lifecycle: Lifecycle.ThreadScoped },
];

describe.each(lifetimes)("with $lifecycle", (options) => {
  /** The error of a circle of three, entered from outside, and what had been built by then. */
  function circle(links: (next: string, built: string[], container: Container) => Provider) {
    const built: string[] = [];
    const container = new Container();
    for (const [name, next] of ["ab", "bc", "ca"])
      container.register(name, links(next, built, container) as never, options);
    container.register("outside", { deps: ["a"], useFactory: (a) => a });
    const ask = () => container.runInScopeSync((scope) => scope.resolve("outside"));
    return { error: thrownBy(ask), again: thrownBy(ask), built };
  }

  test("a circle of dependencies is refused before anything is constructed", () => {
    const { error, built } = circle((next, log) => ({ deps: [next], useFactory: () => log.push(next) }));
    expect(error).toBeInstanceOf(CyclicDependencyError);
    expect(error.message).toContain("Cannot build a: it needs itself (a -> b -> c -> a).");
    expect(namesOf(error)).toEqual(["outside", "a", "b", "c", "a"]);
    expect(built).toEqual([]);
  });

  test("a circle through factories that ask", () => {
    const { error, again } = circle((next) => ({ useFactory: (inner: DependencyContainer) => inner.resolve(next) }));
    for (const each of [error, again]) {
      expect(each).toBeInstanceOf(CyclicDependencyError);
      expect(each.message).toContain("a -> b -> c -> a");
      expect(namesOf(each)).toEqual(["outside", "a", "b", "c", "a"]);
    }
  });

  test("a circle through constructors that ask", () => {
    const { error } = circle((next, _, container) => ({
      useClass: class {
        constructor() {
          container.resolve(next);
        }
      },
    }));
    expect(error).toBeInstanceOf(CyclicDependencyError);
    expect(error.message).toContain("a -> b -> c -> a");
    expect(error.message.length).toBeLessThan(2000);
  });

  test("one that asks for itself", () => {
    const container = new Container();
    container.register("self", { useFactory: (inner) => inner.resolve("self") }, options);
    const error = thrownBy(() => container.runInScopeSync((scope) => scope.resolve("self")));
    expect(error).toBeInstanceOf(CyclicDependencyError);
    expect([error.message.includes("self -> self"), namesOf(error)]).toEqual([true, ["self", "self"]]);
  });

  test("after it, everything else resolves as before", () => {
    const container = new Container();
    let broken = true;
    const ask = (inner: { resolve(token: string): unknown }) => (broken ? inner.resolve("self") : "built");
    container.register("self", { useFactory: ask }, options).register("other", { useFactory: () => "other" }, options);
    container.runInScopeSync((scope) => {
      expect(() => scope.resolve("self")).toThrow(CyclicDependencyError);
      broken = false;
      expect([scope.resolve("other"), scope.resolve("self")]).toEqual(["other", "built"]);
    });
  });
});

test("classes that inject each other: the whole text", () => {
  class Chicken {
    constructor(@inject("egg") readonly egg: unknown) {}
  }
  class Egg {
    constructor(@inject(Chicken) readonly chicken: Chicken) {}
  }
  const container = new Container().register("egg", Egg, { lifecycle: Lifecycle.Singleton });
  const error = thrownBy(() => container.resolve(Chicken));
  expect(error.code).toBe("ERR_AMBIT_CYCLE");
  expect(error.message).toBe(
    [
      'Cannot inject the dependency "egg" at position #0 of "Chicken" constructor. Reason:',
      '    Cannot inject the dependency "chicken" at position #0 of "Egg" constructor. Reason:',
      "        Cannot build Chicken: it needs itself (Chicken -> egg -> Chicken).",
      "  Chicken   transient",
      "  egg       singleton   parameter #0 (egg)",
      "  Chicken   transient   parameter #0 (chicken)",
      "Fix: take one of them with @injectRef(...) or @inject(delay(() => ...)), or move what both need into a third class.",
    ].join("\n"),
  );
});

test("a class that injects itself", () => {
  class Self {
    constructor(@inject(Symbol.for("cycles.self")) readonly self: unknown) {}
  }
  const container = new Container().register(Symbol.for("cycles.self"), Self);
  expect(namesOf(thrownBy(() => container.resolve(Self)))).toEqual(["Self", "cycles.self", "cycles.self"]);
});

test("classes that nobody registered and that inject each other", () => {
  class Chicken {}
  class Egg {}
  inject(Egg)(Chicken, undefined, 0);
  inject(Chicken)(Egg, undefined, 0);
  const error = thrownBy(() => new Container().resolve(Chicken));
  expect(namesOf(error)).toEqual(["Chicken", "Egg", "Chicken"]);
  // Nothing in the source names these parameters.
  expect(error.path.map(({ via }) => via)).toEqual([undefined, "parameter #0", "parameter #0"]);
  expect(error.message).toContain('dependency at position #0 of "Chicken"');
});

test("a circle through injectAll, through an optional one, and through an alias", () => {
  for (const through of [dep.all("b"), dep.optional("b")]) {
    const container = new Container()
      .register("a", { deps: [through], useFactory: () => 1 })
      .register("b", { useToken: "c" })
      .register("c", { deps: ["a"], useFactory: () => 1 });
    expect(thrownBy(() => container.resolve("a"))).toBeInstanceOf(CyclicDependencyError);
  }
});

test("a circle through injectAll of classes", () => {
  class Plugin {
    constructor(@injectAll("plugin") readonly all: unknown[]) {}
  }
  const container = new Container().register("plugin", Plugin);
  expect(thrownBy(() => container.resolveAll("plugin"))).toBeInstanceOf(CyclicDependencyError);
});

test("names that lead round over two containers", () => {
  const root = new Container().register("a", { useToken: "b" });
  const child = root.createChildContainer().register("b", { useToken: "a" });
  expect(thrownBy(() => child.resolve("a"))).toBeInstanceOf(CyclicDependencyError);
});

test("the same name in a child and in the container around it is no circle", () => {
  const root = new Container().register("a", { useValue: 1 });
  const wrap = (inner: number) => inner + 1;
  root.register("wrapped", { deps: ["a"], useFactory: wrap }, { lifecycle: Lifecycle.Singleton });
  const child = root.createChildContainer().register("a", { deps: ["wrapped"], useFactory: wrap });
  expect(child.resolve("a")).toBe(3);
});

test("a diamond is no circle", () => {
  const container = new Container()
    .register("top", { deps: ["left", "right"], useFactory: (...both) => both })
    .register("left", { deps: ["bottom"], useFactory: (bottom) => bottom })
    .register("right", { deps: ["bottom"], useFactory: (bottom) => bottom })
    .register("bottom", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ResolutionScoped });
  const [left, right] = container.resolve<unknown[]>("top");
  expect(left).toBe(right);
});

test("a circle of factories is one also where the call stack is full sooner: while edges are recorded, and far down", () => {
  const container = new Container()
    .register("a", { useFactory: (inner) => inner.resolve("b") })
    .register("b", { useClass: class {}, deps: ["a"] as const } as never, { lifecycle: Lifecycle.ResolutionScoped });
  const resolve = () => thrownBy(() => container.resolve("a"));
  const from = (depth: number): CyclicDependencyError => (depth === 0 ? resolve() : from(depth - 1));
  container.recordEdges();
  for (const depth of [0, 1_000, 4_000]) {
    const error = from(depth);
    expect(error).toBeInstanceOf(CyclicDependencyError);
    expect(error.message).toContain("a -> b -> a");
  }
});

test("one that was refused leaves as much room for others as there was before", () => {
  const container = new Container();
  let deepest = 0;
  container.register("self", {
    useFactory: (inner) => {
      deepest++;
      return inner.resolve("self");
    },
  });
  const depths = Array.from({ length: 5 }, () => {
    deepest = 0;
    thrownBy(() => container.resolve("self"));
    return deepest;
  });
  expect(new Set(depths).size).toBe(1);
});

test("what a container around it builds of its own registration is no circle", () => {
  const root = new Container()
    .register("each", { deps: ["base"], useFactory: (base) => `each of ${base}` })
    .register("base", { useValue: "the root" })
    .register("shared", { deps: ["each"], useFactory: (each) => `shared ${each}` }, { lifecycle: Lifecycle.Singleton });
  const child = root.createChildContainer().register("base", { useToken: "shared" });
  expect(child.resolve("each")).toBe("each of shared each of the root");
});

test("a factory may ask for itself as long as it comes to an end", () => {
  let depth = 0;
  interface Node {
    child?: Node;
  }
  const container = new Container().register<Node>("node", {
    useFactory: (inner) => (++depth < 100 ? { child: inner.resolve<Node>("node") } : {}),
  });
  let count = 0;
  for (let node: Node | undefined = container.resolve<Node>("node"); node !== undefined; node = node.child) count++;
  expect(count).toBe(100);
});

describe("delay", () => {
  class Chicken {
    constructor(@inject(delay(() => Egg)) readonly egg: { name: string; chicken: Chicken }) {}
    get name() {
      return "chicken";
    }
  }
  class Egg {
    constructor(@inject(Chicken) readonly chicken: Chicken) {}
    get name() {
      return "egg";
    }
  }

  test.each(lifetimes)("breaks a circle of equals with $lifecycle", (options) => {
    const container = new Container().register(Chicken, Chicken, options).register(Egg, Egg, options);
    container.runInScopeSync((scope) => {
      const chicken = scope.resolve(Chicken);
      expect([chicken.egg.name, chicken.egg.chicken.name]).toEqual(["egg", "chicken"]);
    });
  });

  test("what is behind it is the one instance of its owner", () => {
    const options = { lifecycle: Lifecycle.ContextScoped };
    const container = new Container().register(Chicken, Chicken, options).register(Egg, Egg, options);
    container.runInScopeSync((scope) => {
      const chicken = scope.resolve(Chicken);
      expect(chicken.egg.chicken).toBe(chicken);
      expect(scope.resolve(Egg).chicken).toBe(chicken);
    });
  });

  test("nothing is built before it is used", () => {
    let built = 0;
    class Lazy {
      readonly number = ++built;
    }
    class Holder {
      constructor(@inject(delay(() => Lazy)) readonly lazy: Lazy) {}
    }
    const holder = new Container().resolve(Holder);
    expect(built).toBe(0);
    expect([holder.lazy.number, holder.lazy.number, built]).toEqual([1, 1, 1]);
  });

  test("what is behind it is built for the scope for which the stand-in was made, whichever is current then", async () => {
    const calls: string[] = [];
    class Lazy {
      readonly ready = true;
      dispose() {
        calls.push("lazy");
      }
    }
    class Holder {
      constructor(@inject(delay(() => Lazy)) readonly lazy: Lazy) {}
    }
    const container = new Container();
    const outer = container.createScope();
    const { lazy } = outer.resolve(Holder);
    await container.runInScope({ parent: null }, () => lazy.ready);
    expect(calls).toEqual([]);
    await outer.close();
    expect(calls).toEqual(["lazy"]);
  });

  test("promise 6: first used after its scope has closed, it is a ScopeClosedError", async () => {
    class Lazy {
      readonly ready = true;
    }
    class Holder {
      constructor(@inject(delay(() => Lazy)) readonly lazy: Lazy) {}
    }
    const container = new Container();
    const holder = await container.runInScope((scope) => scope.resolve(Holder));
    expect(() => holder.lazy.ready).toThrow(expect.objectContaining({ code: "ERR_AMBIT_SCOPE_CLOSED" }));
  });

  test("to a class that is missing something, says what and where when it is used", () => {
    class Lazy {
      constructor(@inject("missing") readonly missing: unknown) {}
    }
    class Holder {
      constructor(@inject(delay(() => Lazy)) readonly lazy: Lazy) {}
    }
    const holder = new Container().resolve(Holder);
    expect(() => holder.lazy.missing).toThrow(/"missing" at position #0 of "Lazy"/);
  });

  test("a delayed class can be resolved, and stands for its registration", () => {
    const container = new Container().register(Egg, { useClass: class extends Egg {} });
    expect(container.resolve<Egg>(delay(() => Egg) as never).name).toBe("egg");
  });
});
