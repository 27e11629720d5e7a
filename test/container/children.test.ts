/** Child containers: what they see, what they share, from whose registrations things are built, and how they end. */
import { Container, dep, inject, Lifecycle, type Ref, UnregisteredTokenError } from "ambit";
import { describe, expect, test } from "vitest";

const singleton = { lifecycle: Lifecycle.Singleton } as const;
const perContainer = { lifecycle: Lifecycle.ContainerScoped } as const;
const perScope = { lifecycle: Lifecycle.ContextScoped } as const;
const perThread = { lifecycle: Lifecycle.ThreadScoped } as const;

/** Says in `calls` that it was disposed. */
function disposable(calls: string[], name: string) {
  return { name, dispose: () => void calls.push(name) };
}

test("a child sees what the containers around it registered, and they do not see its own", () => {
  const root = new Container().register("a", { useValue: "root" });
  const child = root.createChildContainer().register("b", { useValue: "child" });
  const grandchild = child.createChildContainer();
  expect([grandchild.resolve("a"), grandchild.resolve("b"), root.tryResolve("b")]).toEqual([
    "root",
    "child",
    undefined,
  ]);
});

test("a child's registration counts in it and below, and nowhere else", () => {
  const root = new Container().register("a", { useValue: "root" });
  const child = root.createChildContainer().register("a", { useValue: "child" });
  const sibling = root.createChildContainer();
  const seen = [root, child, child.createChildContainer(), sibling].map((container) => container.resolve("a"));
  expect(seen).toEqual(["root", "child", "child", "root"]);
});

test("a registration in a container counts in its children at once, also where they had resolved before", () => {
  const root = new Container().register("a", { useValue: 1 });
  const child = root.createChildContainer();
  expect(child.resolve("a")).toBe(1);
  root.register("a", { useValue: 2 });
  expect(child.resolve("a")).toBe(2);
});

describe("a singleton of the container around", () => {
  test("first resolved in a child, is the same for all", () => {
    const root = new Container().register("db", { useFactory: () => ({}) }, singleton);
    const [a, b] = [root.createChildContainer(), root.createChildContainer()];
    const first = a.createChildContainer().resolve("db");
    expect([b.resolve("db"), root.resolve("db"), a.resolve("db")].every((each) => each === first)).toBe(true);
  });

  test("first resolved in a child, outlives the child (tsyringe issue 237)", async () => {
    const calls: string[] = [];
    const root = new Container().register("db", { useFactory: () => disposable(calls, "db") }, singleton);
    const child = root.createChildContainer();
    const db = child.resolve("db");
    await child.dispose();
    expect([calls, root.resolve("db") === db]).toEqual([[], true]);
    await root.dispose();
    expect(calls).toEqual(["db"]);
  });

  test("is built from its own container's registrations, not from the child's (tsyringe issue 245)", () => {
    class Service {
      constructor(@inject("user") readonly user: string) {}
    }
    const root = new Container().register("user", { useValue: "root" }).register(Service, Service, singleton);
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    expect(child.resolve(Service).user).toBe("root");
  });

  test("whose dependency only the child has, is refused in the child too", () => {
    const root = new Container().register("service", { deps: ["user"], useFactory: (user) => user }, singleton);
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    expect(() => child.resolve("service")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED" }));
  });

  test("gets its container as the factory's argument, whoever asks", () => {
    const root = new Container();
    root.register("asked", { useFactory: (container) => container }, { ...singleton, owned: false });
    expect(root.createChildContainer().resolve("asked")).toBe(root);
  });
});

describe("a registration again in a child", () => {
  test("is a singleton of the child, beside the one around it", () => {
    const make = { useFactory: () => ({}) };
    const root = new Container().register("db", make, singleton);
    const child = root.createChildContainer().register("db", make, singleton);
    const grandchild = child.createChildContainer();
    expect(grandchild.resolve("db")).toBe(child.resolve("db"));
    expect(child.resolve("db")).not.toBe(root.resolve("db"));
  });

  test("does not change what the container around has built", () => {
    class Service {
      constructor(@inject("db") readonly db: string) {}
    }
    const root = new Container().register("db", { useValue: "root" }).register(Service, Service, singleton);
    const child = root
      .createChildContainer()
      .register("db", { useValue: "child" })
      .register(Service, Service, singleton);
    expect([root.resolve(Service).db, child.resolve(Service).db]).toEqual(["root", "child"]);
  });

  test("of the same class, by the same provider object, is a registration of its own", () => {
    const provider = { useClass: class Db {} };
    const root = new Container().register("db", provider, singleton);
    const child = root.createChildContainer().register("db", provider, singleton);
    expect(root.resolve("db")).not.toBe(child.resolve("db"));
  });
});

describe("a transient", () => {
  test("is built from the registrations of the container that is asked", () => {
    class Service {
      constructor(@inject("user") readonly user: string) {}
    }
    const root = new Container().register("user", { useValue: "root" });
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    expect([root.resolve(Service).user, child.resolve(Service).user]).toEqual(["root", "ann"]);
  });

  test("registered around, is built from the child's registrations when the child is asked", () => {
    const root = new Container().register("service", { deps: ["user"], useFactory: (user) => user });
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    expect(child.resolve("service")).toBe("ann");
  });
});

describe("a container-scoped instance", () => {
  test("is built from the registrations of the container that is asked", () => {
    const root = new Container()
      .register("service", { deps: ["user"], useFactory: (user) => ({ user }) }, perContainer)
      .register("user", { useValue: "root" });
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    expect([root.resolve("service"), child.resolve("service")]).toEqual([{ user: "root" }, { user: "ann" }]);
  });

  test("that a singleton holds is that of the singleton's container", () => {
    const root = new Container()
      .register("unit", { useFactory: () => ({}) }, perContainer)
      .register("service", { deps: ["unit"], useFactory: (unit) => ({ unit }) }, singleton);
    const child = root.createChildContainer();
    expect(child.resolve<{ unit: unknown }>("service").unit).toBe(root.resolve("unit"));
    expect(child.resolve("unit")).not.toBe(root.resolve("unit"));
  });

  test("ends with its container", async () => {
    const calls: string[] = [];
    let made = 0;
    const root = new Container().register(
      "unit",
      { useFactory: () => disposable(calls, `unit ${++made}`) },
      perContainer,
    );
    const child = root.createChildContainer();
    for (const container of [root, child]) container.resolve("unit");
    await child.dispose();
    expect(calls).toEqual(["unit 2"]);
    await root.dispose();
    expect(calls).toEqual(["unit 2", "unit 1"]);
  });

  test("registered after the child was made, still gives each its own", () => {
    const root = new Container();
    const child = root.createChildContainer();
    root.register("unit", { useFactory: () => ({}) }, perContainer);
    expect(child.resolve("unit")).not.toBe(root.resolve("unit"));
  });
});

describe("a context-lived instance", () => {
  test("is built through the container of its scope, whichever container of the family is asked", () => {
    const root = new Container()
      .register("service", { deps: ["user"], useFactory: (user) => ({ user }) }, perScope)
      .register("user", { useValue: "root" });
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    const inRootScope = root.runInScopeSync(() => [child.resolve("service"), root.resolve("service")]);
    const inChildScope = child.runInScopeSync(() => [root.resolve("service"), child.resolve("service")]);
    expect([inRootScope, inChildScope].map((pair) => pair[0] === pair[1])).toEqual([true, true]);
    expect([inRootScope[0], inChildScope[0]]).toEqual([{ user: "root" }, { user: "ann" }]);
  });

  test("may be built of what only its scope's container knows as resolution-scoped", () => {
    const root = new Container()
      .register("part", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ResolutionScoped })
      .register("a", { deps: ["part"], useFactory: (part) => ({ part }) }, perScope)
      .register("b", { deps: ["part"], useFactory: (part) => ({ part }) }, perScope)
      .register("both", { deps: ["a", "b"], useFactory: (a, b) => [a.part, b.part] });
    const child = root.createChildContainer().register("part", { useValue: "child's" });
    const [a, b] = root.runInScopeSync(() => child.resolve<object[]>("both"));
    expect(a).toEqual({});
    expect(a).toBe(b);
  });

  test("may be built of what only its scope's container knows as async", async () => {
    const root = new Container()
      .register("db", { useValue: "root's" })
      .register("service", { deps: ["db"], useFactory: (db) => ({ db }) }, perScope)
      .register("page", { deps: ["service"], useFactory: (service) => ({ service }) });
    const child = root.createChildContainer().register("db", { useAsyncFactory: async () => "child's" }, perScope);
    const inChild = await child.runInScope(() => root.resolveAsync("page"));
    const inRoot = await root.runInScope(() => child.resolveAsync("page"));
    expect([inChild, inRoot]).toEqual([{ service: { db: "child's" } }, { service: { db: "root's" } }]);
  });

  test("may be built of what only its scope's container knows at all", async () => {
    const root = new Container()
      .register("service", { deps: ["user"], useFactory: (user) => ({ user }) }, perScope)
      .register("page", { deps: ["service"], useFactory: (service) => ({ service }) })
      .register("cache", { deps: [dep.ref("service")], useFactory: (ref) => ({ ref }) }, singleton);
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    await child.runInScope(async (scope) => {
      const service = scope.resolve("service");
      expect(service).toEqual({ user: "ann" });
      expect(root.resolve("service")).toBe(service);
      expect(root.tryResolve("service")).toBe(service);
      expect(root.resolveAll("service")).toEqual([service]);
      expect(root.resolve<{ service: unknown }>("page").service).toBe(service);
      expect(await root.resolveAsync("service")).toBe(service);
      expect(root.resolve<{ ref: Ref<unknown> }>("cache").ref.get()).toBe(service);
    });
    root.runInScopeSync(() => expect(() => root.resolve("service")).toThrow(UnregisteredTokenError));
    expect(() => root.resolve("service")).toThrow(UnregisteredTokenError);
  });

  test("is built of what each scope's container knows then, however often the one above is asked", () => {
    const root = new Container().register("service", { deps: ["user"], useFactory: (user) => ({ user }) }, perScope);
    const [ann, bob] = ["ann", "bob"].map((user) => root.createChildContainer().register("user", { useValue: user }));
    const served = (child: Container) => child.runInScopeSync(() => root.resolve<{ user: string }>("service").user);
    expect([ann, bob, ann, bob].map(served)).toEqual(["ann", "bob", "ann", "bob"]);
    ann.register("user", { useValue: "anna" });
    expect([ann, bob].map(served)).toEqual(["anna", "bob"]);
    bob.reset();
    expect(() => served(bob)).toThrow(UnregisteredTokenError);
    root.register("service", { useValue: { user: "nobody" } });
    expect([ann, bob].map(served)).toEqual(["nobody", "nobody"]);
  });

  test("is diagnosed as for its own container's scopes, where a ref of that leads to it", () => {
    const root = new Container()
      .register("service", { deps: ["user"], useFactory: (user) => ({ user }) }, perScope)
      .register("cache", { deps: [dep.ref("service")], useFactory: (ref) => ({ ref }) }, singleton);
    const child = root.createChildContainer().register("user", { useValue: "ann" });
    for (const each of [root, child]) expect(each.diagnose().map(({ kind }) => kind)).toEqual(["unregistered"]);
  });

  test("that its scope's container cannot build either, is refused before anything is built", () => {
    const calls: string[] = [];
    const root = new Container()
      .register("part", { useFactory: () => calls.push("part") })
      .register("service", { deps: ["user"], useFactory: (user) => ({ user }) }, perScope)
      .register("page", { deps: ["part", "service"], useFactory: () => ({}) });
    const child = root.createChildContainer();
    child.runInScopeSync(() => expect(() => root.resolve("page")).toThrow(UnregisteredTokenError));
    expect(calls).toEqual([]);
  });

  test("gets its scope's container as the factory's argument", () => {
    const root = new Container().register("asked", { useFactory: (container) => ({ container }) }, perScope);
    const child = root.createChildContainer();
    expect(child.runInScopeSync(() => root.resolve("asked"))).toEqual({ container: child });
  });

  test("registered again in a child, is another one beside that of the container around", () => {
    const root = new Container().register("service", { useFactory: () => ({}) }, perScope);
    const child = root.createChildContainer().register("service", { useFactory: () => ({}) }, perScope);
    child.runInScopeSync((scope) => {
      expect(scope.resolve("service")).toBe(child.resolve("service"));
      expect(root.resolve("service")).not.toBe(child.resolve("service"));
    });
  });

  test("of an unrelated container's scope does not count: NoScopeError", () => {
    const [a, b] = [new Container(), new Container()];
    b.register("service", { useFactory: () => ({}) }, perScope);
    a.runInScopeSync(() =>
      expect(() => b.resolve("service")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" })),
    );
  });

  test("is found through a scope of an unrelated container in between", () => {
    const [a, b] = [new Container(), new Container()];
    a.register("service", { useFactory: () => ({}) }, perScope);
    a.runInScopeSync((scope) => b.runInScopeSync(() => expect(a.resolve("service")).toBe(scope.resolve("service"))));
  });
});

describe("a thread-lived instance", () => {
  test("is one for the root and its children, also where a child registered it", () => {
    const root = new Container();
    const child = root.createChildContainer().register("pool", { useFactory: () => ({}) }, perThread);
    expect(child.createChildContainer().resolve("pool")).toBe(child.resolve("pool"));
  });

  test("ends with the root container, not with the child that asked first", async () => {
    const calls: string[] = [];
    const root = new Container().register("pool", { useFactory: () => disposable(calls, "pool") }, perThread);
    const child = root.createChildContainer();
    child.resolve("pool");
    await child.dispose();
    expect(calls).toEqual([]);
    await root.dispose();
    expect(calls).toEqual(["pool"]);
  });

  test("is built from the root's registrations, whoever asks", () => {
    const root = new Container()
      .register("pool", { deps: ["url"], useFactory: (url) => ({ url }) }, perThread)
      .register("url", { useValue: "root" });
    const child = root.createChildContainer().register("url", { useValue: "child" });
    expect(child.resolve("pool")).toEqual({ url: "root" });
  });

  test("of two root containers are two", () => {
    class Pool {}
    const [a, b] = [1, 2].map(() => new Container().register(Pool, Pool, perThread).resolve(Pool));
    expect(a).not.toBe(b);
  });
});

describe("the end", () => {
  test("promise 3: children are disposed before their parent's instances, the youngest child first", async () => {
    const calls: string[] = [];
    const root = new Container();
    const children = [root.createChildContainer(), root.createChildContainer()];
    for (const [index, container] of [root, ...children].entries()) {
      container.register("db", { useFactory: () => disposable(calls, ["root", "first", "second"][index]) }, singleton);
      container.resolve("db");
    }
    await root.dispose();
    expect(calls).toEqual(["second", "first", "root"]);
  });

  test("a grandchild that alone has something to dispose is disposed with the root", async () => {
    const calls: string[] = [];
    const root = new Container();
    const grandchild = root.createChildContainer().createChildContainer();
    grandchild.register("db", { useFactory: () => disposable(calls, "db") }, singleton).resolve("db");
    await root.dispose();
    expect(calls).toEqual(["db"]);
  });

  test("promise 4: a child that fails to end does not keep the others from ending, and its failure is told", async () => {
    const calls: string[] = [];
    const failure = new Error("connection lost");
    const root = new Container().register("db", { useFactory: () => disposable(calls, "root") }, singleton);
    root.resolve("db");
    const child = root.createChildContainer();
    const dispose = () => {
      throw failure;
    };
    child.register("other", { useFactory: () => ({ dispose }) }, singleton).resolve("other");
    await expect(root.dispose()).rejects.toBe(failure);
    expect(calls).toEqual(["root"]);
  });

  test("promise 14: a child that was dropped with nothing to dispose is not kept", async () => {
    const root = new Container();
    const { countAlive } = await import("../support/gc.js");
    const refs = Array.from({ length: 50 }, () => {
      const child = root.createChildContainer().register("a", { useValue: {} });
      child.resolve("a");
      return new WeakRef(child);
    });
    expect(await countAlive(refs)).toBe(0);
    root.resolve(Container);
  });
});
