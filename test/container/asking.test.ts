/** Asking from inside: what a factory is given, and whose instances a constructor or a factory that asks gets. */
import { AsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import {
  Container,
  currentScope,
  type DependencyContainer,
  delay,
  dep,
  inject,
  Lifecycle,
  type Ref,
  Scope,
} from "ambit";
import { describe, expect, test } from "vitest";

const singleton = { lifecycle: Lifecycle.Singleton } as const;
const perScope = { lifecycle: Lifecycle.ContextScoped } as const;
const perThread = { lifecycle: Lifecycle.ThreadScoped } as const;
const perContainer = { lifecycle: Lifecycle.ContainerScoped } as const;

/** A factory that gives what it was given. */
const given = (container: DependencyContainer, scope?: Scope) => ({ container, scope });
type Given = ReturnType<typeof given>;

describe("a factory is given", () => {
  test.each([Lifecycle.Transient, Lifecycle.ResolutionScoped])(
    "with lifetime %i: the container that is asked, and the scope it builds for",
    (lifecycle) => {
      const root = new Container().register("given", { useFactory: given }, { lifecycle });
      const child = root.createChildContainer();
      expect([root, child].map((container) => container.resolve<Given>("given"))).toEqual([
        { container: root, scope: undefined },
        { container: child, scope: undefined },
      ]);
      root.runInScopeSync((scope) => {
        expect(root.resolve<Given>("given")).toEqual({ container: root, scope });
        expect(child.resolve<Given>("given")).toEqual({ container: child, scope });
      });
    },
  );

  test.each([
    ["a singleton", singleton],
    ["a thread-scoped instance", perThread],
    ["a container-scoped instance", perContainer],
  ])("for %s: its container, and no scope", (_, options) => {
    const root = new Container().register("given", { useFactory: given }, options);
    expect(root.runInScopeSync((scope) => scope.resolve<Given>("given"))).toEqual({
      container: root,
      scope: undefined,
    });
  });

  test("for what a child has of its own: the child", () => {
    const root = new Container().register("each", { useFactory: given }, perContainer);
    const child = root.createChildContainer().register("own", { useFactory: given }, singleton);
    expect([child.resolve<Given>("each").container, child.resolve<Given>("own").container]).toEqual([child, child]);
  });

  test("for a context-lived instance: its scope, and the container of that scope", () => {
    const root = new Container().register("given", { useFactory: given }, perScope);
    const child = root.createChildContainer();
    child.runInScopeSync((outer) => {
      root.runInScopeSync({ parent: outer }, (inner) => {
        expect(child.resolve<Given>("given")).toEqual({ container: root, scope: inner });
        expect(outer.resolve<Given>("given")).toEqual({ container: child, scope: outer });
      });
    });
  });

  test("for an instance of a named lifetime: the scope of that name", () => {
    const container = new Container().register("given", { useFactory: given }, { ...perScope, scopeName: "job" });
    container.runInScopeSync({ name: "job" }, (job) =>
      container.runInScopeSync((inner) => expect(inner.resolve<Given>("given").scope).toBe(job)),
    );
  });

  test("that and nothing else", () => {
    const container = new Container().register("given", { useFactory: (...args: unknown[]) => args.length });
    expect(container.resolve("given")).toBe(2);
  });

  test("the same container object each time", () => {
    const container = new Container().register("given", { useFactory: given });
    const [a, b] = [container.resolve<Given>("given"), container.resolve<Given>("given")];
    expect([a.container, b.container]).toEqual([container, container]);
  });

  test("for a generator: the same two", () => {
    const container = new Container();
    const provider = {
      *useGenerator(inner: DependencyContainer, scope?: Scope) {
        yield { container: inner, scope };
      },
    };
    container.register("given", provider, perScope);
    container.runInScopeSync((scope) => expect(scope.resolve("given")).toEqual({ container, scope }));
  });
});

describe("container.resolve inside of what is being built", () => {
  test("gives the instances of the scope for which it is built, whichever scope is current", () => {
    const container = new Container().register("user", { useFactory: () => ({}) }, perScope);
    class Service {
      readonly user = container.resolve("user");
    }
    container.register("made", { useFactory: (inner) => inner.resolve("user") });
    const other = container.createScope();
    container.runInScopeSync((current) => {
      expect([other.resolve(Service).user, other.resolve("made")]).toEqual([
        other.resolve("user"),
        other.resolve("user"),
      ]);
      expect(other.resolve(Service).user).toBe(other.resolve("user"));
      expect(other.resolve("made")).toBe(other.resolve("user"));
      expect(current.resolve("user")).not.toBe(other.resolve("user"));
    });
  });

  test("in a context-lived instance, gives those of its own scope", () => {
    const container = new Container().register("user", { useFactory: () => ({}) }, perScope);
    container.register("service", { useFactory: (inner) => ({ user: inner.resolve("user") }) }, perScope);
    const [a, b] = [container.createScope(), container.createScope()];
    const inA = a.run(() => b.resolve<{ user: unknown }>("service"));
    expect(inA.user).toBe(b.resolve("user"));
  });

  test("in a named lifetime's instance, gives those of the named scope", () => {
    const container = new Container()
      .register(
        "connection",
        { useFactory: (inner) => inner.resolve<object>("pool") },
        { ...perScope, scopeName: "job" },
      )
      .register("pool", { useFactory: () => ({}) }, { ...perScope, scopeName: "job", owned: false });
    container.runInScopeSync({ name: "job" }, (job) =>
      container.runInScopeSync({ name: "job" }, (inner) => {
        const outerOnes = [job.resolve("connection"), job.resolve("pool")];
        const innerOnes = [inner.resolve("connection"), inner.resolve("pool")];
        expect([outerOnes[0] === outerOnes[1], innerOnes[0] === innerOnes[1]]).toEqual([true, true]);
        expect(outerOnes[0]).not.toBe(innerOnes[0]);
      }),
    );
  });

  test("in a singleton, gives those of its container, from its container's registrations", () => {
    const root = new Container().register("user", { useValue: "root" });
    root.register("cache", { useFactory: (inner) => inner.resolve("user") }, singleton);
    const child = root.createChildContainer().register("user", { useValue: "child" });
    expect(child.runInScopeSync((scope) => scope.resolve("cache"))).toBe("root");
  });

  test("in a child's factory that asks the root: the root's registrations, for the same home", () => {
    const root = new Container()
      .register("name", { useValue: "root" })
      .register("unit", { useFactory: () => ({}) }, perScope);
    const child = root.createChildContainer().register("name", { useValue: "child" });
    child.register("asked", { useFactory: () => [root.resolve("name"), child.resolve("name"), root.resolve("unit")] });
    const scope = child.createScope();
    expect(scope.resolve("asked")).toEqual(["root", "child", scope.resolve("unit")]);
  });

  test("what it builds there belongs to that home", async () => {
    const calls: string[] = [];
    class Part {
      dispose() {
        calls.push("part");
      }
    }
    const container = new Container();
    container.register("cache", { useFactory: (inner) => ({ part: inner.resolve(Part) }) }, singleton);
    await container.runInScope((scope) => void scope.resolve("cache"));
    expect(calls).toEqual([]);
    await container.dispose();
    expect(calls).toEqual(["part"]);
  });

  test("of an unrelated container, asks that one's current scope", () => {
    const [mine, theirs] = [new Container(), new Container()];
    theirs.register("unit", { useFactory: () => ({}) }, perScope);
    mine.register("service", { useFactory: () => theirs.resolve("unit") });
    theirs.runInScopeSync((unit) =>
      mine.runInScopeSync((scope) => expect(scope.resolve("service")).toBe(unit.resolve("unit"))),
    );
    expect(() => mine.runInScopeSync((scope) => scope.resolve("service"))).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" }),
    );
  });

  test("of a singleton, an unrelated container has no current scope: no request is kept by what outlives it", () => {
    const [mine, theirs] = [new Container(), new Container()];
    theirs.register("unit", { useFactory: () => ({}) }, perScope);
    mine.register("cache", { useFactory: () => theirs.resolve("unit") }, singleton);
    theirs.runInScopeSync(() =>
      expect(() => mine.resolve("cache")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" })),
    );
  });

  test("tryResolve and resolveAll ask from the same home", () => {
    const container = new Container().register("unit", { useFactory: () => ({}) }, perScope);
    container.register("asked", { useFactory: (inner) => [inner.tryResolve("unit"), ...inner.resolveAll("unit")] });
    const scope = container.createScope();
    const unit = scope.resolve("unit");
    expect(scope.resolve<unknown[]>("asked").every((each) => each === unit)).toBe(true);
  });

  test("a ref that a singleton uses in its constructor asks as the singleton does: it may not", () => {
    const container = new Container().register("user", { useFactory: () => ({}) }, perScope);
    const provider = { deps: [dep.ref("user")] as const, useFactory: (user: Ref<unknown>) => user.get() };
    container.register("cache", provider, singleton);
    expect(() => container.runInScopeSync((scope) => scope.resolve("cache"))).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_CAPTIVE" }),
    );
  });

  test("after a factory that failed, the next one asks for itself again", () => {
    const container = new Container().register("unit", { useFactory: () => ({}) }, perScope);
    const fail = () => {
      throw new Error("no");
    };
    container.register("failing", { useFactory: fail }, singleton);
    container.register("asked", { useFactory: (inner) => inner.resolve("unit") });
    container.runInScopeSync((scope) => {
      expect(() => scope.resolve("failing")).toThrow("no");
      expect(scope.resolve("asked")).toBe(container.resolve("unit"));
    });
  });

  test("what Node itself runs in another Context meanwhile asks for the scope of that one", async () => {
    const listeners = new EventEmitter();
    class Announces {
      constructor() {
        listeners.emit("built");
      }
    }
    const container = new Container().register(Announces, Announces, perScope);
    const heard: unknown[] = [];
    await container.runInScope({ seeds: [["user", "Bob"]] }, async () => {
      listeners.on(
        "built",
        AsyncResource.bind(() => heard.push(currentScope()?.resolve("user"), container.resolve("user"))),
      );
      await container.runInScope({ parent: null, seeds: [["user", "Ada"]] }, () => void container.resolve(Announces));
    });
    expect(heard).toEqual(["Bob", "Bob"]);
  });

  test("a scope opened inside a factory is entered as always: what is asked there is that scope's", () => {
    const container = new Container().register("unit", { useFactory: () => ({}) }, perScope);
    container.register("report", {
      useFactory: (inner) => inner.runInScopeSync((own) => own.resolve("unit") === inner.resolve("unit")),
    });
    expect(container.runInScopeSync((scope) => scope.resolve("report"))).toBe(true);
  });
});

describe("what outlives scopes is built", () => {
  test.each([
    ["a singleton", singleton],
    ["a thread-scoped instance", perThread],
    ["a container-scoped instance", perContainer],
  ])("%s: in the root Context, with no current scope", (_, options) => {
    const container = new Container();
    container.register("seen", { useFactory: () => [currentScope()] }, options);
    container.register(
      "yielded",
      {
        *useGenerator() {
          yield [currentScope()];
        },
      },
      options,
    );
    expect(container.runInScopeSync((scope) => [scope.resolve("seen"), scope.resolve("yielded")])).toEqual([
      [undefined],
      [undefined],
    ]);
  });
});

describe("several registrations on one token", () => {
  test("made while one of them is being built, count from the next resolve on", () => {
    const container = new Container().register("name", { useValue: "old" });
    container.register("service", {
      deps: ["name"],
      useFactory: (name) => {
        container.register("name", { useValue: "new" });
        return [name, container.resolve("name")];
      },
    });
    expect(container.resolve("service")).toEqual(["old", "new"]);
  });

  test("made while a singleton is being built do not make a second one", () => {
    let calls = 0;
    const container = new Container();
    const make = () => {
      calls++;
      container.register("other", { useValue: 1 });
      return {};
    };
    container.register("single", { useFactory: make }, singleton);
    container.register("pair", { deps: ["single", "single"], useFactory: (...both) => both });
    const [a, b] = container.resolve<unknown[]>("pair");
    expect([a === b, a === container.resolve("single"), calls]).toEqual([true, true, 1]);
  });
});

describe("asked while something else is built for another", () => {
  const owner = { useFactory: (_: unknown, scope?: Scope) => scope };

  test("a scope builds for itself, also what its factories ask for", () => {
    const container = new Container()
      .register("owner", owner, perScope)
      .register("inner", { useFactory: (inner) => inner.resolve("owner") });
    const other = container.createScope();
    container.register("outer", { useFactory: () => other.resolve("inner") }, perScope);
    container.runInScopeSync((scope) => expect(scope.resolve("outer")).toBe(other));
  });

  test("what is behind a stand-in of delay asks for the scope for which that was made", async () => {
    const container = new Container().register("owner", owner, perScope);
    class Lazy {
      readonly owner = container.resolve("owner");
    }
    class Holder {
      constructor(@inject(delay(() => Lazy)) readonly lazy: Lazy) {}
    }
    const mine = container.createScope();
    const { lazy } = mine.resolve(Holder);
    container.runInScopeSync({ parent: null }, () => expect(lazy.owner).toBe(mine));
    await mine.close();
  });

  test("after the beginning of an async build nobody is asking any more", async () => {
    const container = new Container()
      .register("owner", owner, perScope)
      .register("async", { useAsyncFactory: async () => 1 }, perScope);
    const other = container.createScope();
    await container.runInScope(async (scope) => {
      const asked = other.resolveAsync("async");
      expect(container.resolve("owner")).toBe(scope);
      await asked;
    });
    await other.close();
  });
});

test("resolveAsync takes a stand-in of delay, as resolve does", async () => {
  class Lazy {
    readonly ready = true;
  }
  const container = new Container();
  const { ready } = await container.runInScope((scope) => scope.resolveAsync<Lazy>(delay(() => Lazy) as never));
  expect(ready).toBe(true);
});
