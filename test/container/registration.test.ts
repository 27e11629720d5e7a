/** What can be registered, what is refused and in which words; isRegistered, tryResolve, reset, clearInstances. */
import { Container, delay, dep, Lifecycle, type RegistrationOptions, token } from "ambit";
import { describe, expect, test } from "vitest";

const refused = (words: string) =>
  expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION", message: expect.stringContaining(words) });

const generator = {
  *useGenerator() {
    yield 1;
  },
};

describe("refused", () => {
  test.each([
    [Lifecycle.Singleton, "Singleton"],
    [Lifecycle.ResolutionScoped, "ResolutionScoped"],
    [Lifecycle.ContainerScoped, "ContainerScoped"],
    [Lifecycle.ContextScoped, "ContextScoped"],
    [Lifecycle.ThreadScoped, "ThreadScoped"],
  ])("a value with lifetime %i, in tsyringe's words", (lifecycle, name) => {
    expect(() => new Container().register("config", { useValue: 1 }, { lifecycle })).toThrow(
      refused(`Cannot use lifecycle "${name}" with ValueProviders or FactoryProviders`),
    );
  });

  test("a value that is said to be transient is not", () => {
    const container = new Container().register("config", { useValue: 1 }, { lifecycle: Lifecycle.Transient });
    expect(container.resolve("config")).toBe(1);
  });

  test.each([
    ["useAsyncFactory", { useAsyncFactory: async () => 1 }],
    ["useGenerator", generator],
  ])("%s without a lifetime, with what to pass", (kind, provider) => {
    const register = () => new Container().register("db", provider as never, undefined as never);
    expect(register).toThrow(refused(`a provider with ${kind} must say how long`));
    expect(register).toThrow(refused("Fix: pass { lifecycle: "));
  });

  test.each([Lifecycle.Transient, Lifecycle.Singleton, Lifecycle.ThreadScoped, undefined])(
    "a scopeName with lifetime %s",
    (lifecycle) => {
      const options = { lifecycle, scopeName: "connection" } as RegistrationOptions;
      expect(() => new Container().register("db", class {}, options)).toThrow(
        refused('scopeName "connection" needs Lifecycle.ContextScoped'),
      );
    },
  );

  test.each([Lifecycle.Transient, Lifecycle.Singleton, Lifecycle.ContextScoped, undefined])(
    "eager with lifetime %s",
    (lifecycle) => {
      const options = { lifecycle, eager: true } as RegistrationOptions;
      expect(() => new Container().register("db", class {}, options)).toThrow(
        refused("eager needs Lifecycle.ThreadScoped"),
      );
    },
  );

  test.each([6, -1, 1.5, Number.NaN, "Singleton", "1", null])("%s as a lifetime", (lifecycle) => {
    expect(() => new Container().register("db", class {}, { lifecycle } as never)).toThrow(
      refused(`${lifecycle} is not a Lifecycle`),
    );
  });

  test.each([
    ["nothing", undefined, "it has none"],
    ["null", null, "it has none"],
    ["a number", 5, "it has none"],
    ["an object of another kind", { useClas: class {} }, "it has none"],
    ["two kinds at once", { useValue: 1, useFactory: () => 1 }, "it has useValue and useFactory"],
  ])("%s as a provider", (_, provider, words) => {
    expect(() => new Container().register("db", provider as never)).toThrow(refused(words));
  });

  test.each(["useFactory", "useAsyncFactory", "useGenerator"])("a %s that is no function", (kind) => {
    const provider = { [kind]: "select 1" } as never;
    expect(() => new Container().register("db", provider, { lifecycle: Lifecycle.Singleton })).toThrow(
      refused(`${kind} is not a function`),
    );
  });

  test.each([
    ["a string", "Db"],
    ["an object", {}],
    ["null", null],
  ])("useClass with %s", (_, useClass) => {
    const register = () => new Container().register("db", { useClass: useClass as never });
    expect(register).toThrow(refused("is not a class"));
    expect(register).not.toThrow("{ useFactory: ");
  });

  test.each([
    ["an arrow function", () => 1],
    ["an async function", async () => 1],
    ["a method", { db() {} }.db],
  ])("%s where a class belongs, with what to write instead", (_, notAClass) => {
    expect(() => new Container().register("db", notAClass as never)).toThrow(refused("is not a class"));
    expect(() => new Container().register("db", notAClass as never)).toThrow(refused("{ useFactory: "));
    expect(() => new Container().register("db", { useClass: notAClass as never })).toThrow(refused("is not a class"));
  });

  test("a function of old that is a constructor is a class like any", () => {
    function Db(this: { ready: boolean }) {
      this.ready = true;
    }
    const container = new Container().register("db", Db as never);
    expect(container.resolve("db")).toEqual({ ready: true });
  });

  test("a class that is undefined when it is registered, as modules that import each other have it", () => {
    const container = new Container();
    for (const provider of [{ useClass: undefined }, { useToken: undefined }]) {
      const register = () => container.register("db", provider as never).resolve("db");
      expect(register).toThrow(expect.objectContaining({ code: "ERR_AMBIT_MISSING_TYPE_INFO" }));
      expect(register).toThrow(/Attempted to construct an undefined constructor[^]*delay/);
    }
  });

  test.each([undefined, null, 5, true, {}, Object.create(null), []])("%o as a token", (rubbish) => {
    expect(() => new Container().register(rubbish as never, { useValue: 1 })).toThrow(refused("is not a token"));
  });

  test("undefined as a token, with what to do; not so for others", () => {
    const register = (rubbish: unknown) => () => new Container().register(rubbish as never, { useValue: 1 });
    expect(register(undefined)).toThrow(refused("Fix: import the class directly"));
    expect(register(5)).toThrow(refused("Fix: register a class, a string"));
  });

  test("a name for what is no token", () => {
    expect(() => new Container().register("db", { useToken: 5 as never })).toThrow(refused("is not a token"));
  });

  test("deps that are no list", () => {
    const register = () => new Container().register("db", { useFactory: () => 1, deps: "config" } as never);
    expect(register).toThrow(refused("deps is not an array"));
  });

  test.each([
    ["undefined, as modules that import each other have it", undefined, "is undefined", "delay(() => TheClass)"],
    ["undefined in dep.all", dep.all(undefined as never), "is undefined", "delay(() => TheClass)"],
    ["null", null, "is null", "give a class"],
    ["an object", {}, "is an object", "give a class"],
  ])("an entry of deps that is no token: %s", (_, entry, what, fix) => {
    const register = () => new Container().register("page", { useFactory: () => 1, deps: ["a", entry as never] });
    expect(register).toThrow(refused(`entry #1 of its deps ${what}`));
    expect(register).toThrow(refused(fix));
  });

  test.each([
    ["an option that there is not", { lifecyle: Lifecycle.Singleton }, "with the option lifecyle"],
    ["a lifetime in place of the options", Lifecycle.Singleton, "with 1"],
    ["null in place of the options", null, "with null"],
  ])("%s", (_, options, words) => {
    expect(() => new Container().register("db", { useFactory: () => 1 }, options as never)).toThrow(refused(words));
  });

  test("an option in the provider, where nobody reads it", () => {
    const provider = { useFactory: () => 1, lifecycle: Lifecycle.Singleton };
    expect(() => new Container().register("db", provider)).toThrow(refused("lifecycle is no part of a provider"));
    expect(() => new Container().register("db", provider)).toThrow(
      refused("Fix: pass { lifecycle: ... } as the third"),
    );
  });

  test("deps beside a value or an alias, which would never be asked", () => {
    const container = new Container();
    expect(() => container.register("db", { useValue: 1, deps: [] } as never)).toThrow(refused("deps"));
    expect(() => container.register("db", { useToken: "other", deps: [] } as never)).toThrow(refused("deps"));
  });

  test("owned: true for an alias or a seed, which own nothing", () => {
    const container = new Container();
    expect(() => container.register("db", { useToken: "pool" }, { owned: true })).toThrow(refused("owned: true"));
    expect(() => container.register("db", { useSeed: true }, { owned: true })).toThrow(refused("owned: true"));
  });

  test("owned: false for a generator, whose end is part of it", () => {
    const options = { lifecycle: Lifecycle.Singleton, owned: false };
    expect(() => new Container().register("db", generator, options)).toThrow(refused("owned: false"));
  });

  test("names that lead back to themselves, in tsyringe's words", () => {
    const container = new Container().register("a", { useToken: "b" }).register("b", { useToken: "c" });
    expect(() => container.register("c", { useToken: "a" })).toThrow(
      refused("Token registration cycle detected! c -> a -> b -> c"),
    );
    expect(() => container.register("a", { useToken: "a" })).toThrow(refused("a -> a"));
  });

  test("a refused registration registers nothing", () => {
    const container = new Container().register("db", { useValue: 1 });
    expect(() => container.register("db", {} as never)).toThrow(refused("it has none"));
    expect(container.resolveAll("db")).toEqual([1]);
  });
});

describe("rubbish that is asked for", () => {
  test.each([null, 5, true, {}, Object.create(null), []])("%o: an error that says what can be asked for", (rubbish) => {
    const container = new Container();
    for (const ask of ["resolve", "resolveAll", "tryResolve"] as const) {
      expect(() => container[ask](rubbish as never)).toThrow(
        expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED", message: expect.stringContaining("not a token") }),
      );
    }
  });

  test("undefined: tsyringe's sentence, and what to do", () => {
    const container = new Container();
    for (const ask of ["resolve", "resolveAll", "tryResolve"] as const) {
      expect(() => container[ask](undefined as never)).toThrow(
        /undefined constructor[^]*Fix: import the class directly/,
      );
    }
  });

  test("an arrow function: an error that says that it is no class", () => {
    const container = new Container();
    expect(() => container.resolve((() => 1) as never)).toThrow(refused("is not a class"));
  });
});

describe("isRegistered", () => {
  test("knows what was registered here", () => {
    const name = token("name");
    class Clock {}
    const container = new Container().register(name, { useValue: 1 });
    expect([container.isRegistered(name), container.isRegistered(token("name"))]).toEqual([true, false]);
    expect(container.isRegistered(Clock)).toBe(false);
  });

  test("asks the containers around it only when it is told to", () => {
    const root = new Container().register("name", { useValue: 1 });
    const grandchild = root.createChildContainer().createChildContainer();
    expect([grandchild.isRegistered("name"), grandchild.isRegistered("name", true)]).toEqual([false, true]);
    expect(grandchild.isRegistered("other", true)).toBe(false);
  });

  test("a class that was only resolved is not registered", () => {
    class Clock {}
    const container = new Container();
    container.resolve(Clock);
    expect(container.isRegistered(Clock)).toBe(false);
  });
});

describe("tryResolve", () => {
  test("gives undefined for what nobody registered", () => {
    expect(new Container().tryResolve("name")).toBeUndefined();
    expect(new Container().createScope().tryResolve("name")).toBeUndefined();
  });

  test("gives what is registered, here or around", () => {
    const root = new Container().register("name", { useValue: "ann" });
    expect([root.tryResolve("name"), root.createChildContainer().tryResolve("name")]).toEqual(["ann", "ann"]);
  });

  test("gives what the scope was given, and undefined in a scope that was not", () => {
    const container = new Container();
    const seen = [[["user", "ann"]] as const, []].map((seeds) =>
      container.runInScopeSync({ seeds }, (scope) => [scope.tryResolve("user"), container.tryResolve("user")]),
    );
    expect(seen).toEqual([
      ["ann", "ann"],
      [undefined, undefined],
    ]);
  });

  test("builds a class that nobody registered", () => {
    class Clock {}
    expect(new Container().tryResolve(Clock)).toBeInstanceOf(Clock);
  });

  test("hides no other failure: a dependency that is missing is an error", () => {
    const container = new Container().register("url", { useFactory: String, deps: ["port"] });
    expect(() => container.tryResolve("url")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED" }));
  });
});

describe("reset", () => {
  test("forgets every registration of this container, and none of another", () => {
    const root = new Container().register("a", { useValue: 1 });
    const child = root.createChildContainer().register("b", { useValue: 2 });
    child.reset();
    expect([child.isRegistered("b"), child.tryResolve("b"), child.resolve("a")]).toEqual([false, undefined, 1]);
  });

  test("what was built before is still disposed with the container", async () => {
    const calls: string[] = [];
    class Db {
      dispose() {
        calls.push("disposed");
      }
    }
    const container = new Container().register(Db, Db, { lifecycle: Lifecycle.Singleton });
    container.resolve(Db);
    container.reset();
    await container.dispose();
    expect(calls).toEqual(["disposed"]);
  });

  test("forgets interceptors", () => {
    const calls: unknown[] = [];
    const container = new Container();
    container.beforeResolution("a", (asked) => calls.push(asked));
    container.reset();
    container.register("a", { useValue: 1 }).resolve("a");
    expect(calls).toEqual([]);
  });
});

describe("clearInstances", () => {
  test("has singletons built anew, and keeps registrations", () => {
    class Db {}
    const container = new Container().register(Db, Db, { lifecycle: Lifecycle.Singleton });
    const before = container.resolve(Db);
    container.clearInstances();
    expect([container.isRegistered(Db), container.resolve(Db) === before]).toEqual([true, false]);
    expect(container.resolve(Db)).toBe(container.resolve(Db));
  });

  test("forgets values", () => {
    const container = new Container().register("config", { useValue: 1 });
    container.clearInstances();
    expect(container.tryResolve("config")).toBeUndefined();
  });

  test("a value that hid one of the container around it hides it no more", () => {
    const root = new Container().register("name", { useValue: "ann" });
    const child = root.createChildContainer().register("name", { useValue: "bob" });
    child.clearInstances();
    expect([child.isRegistered("name"), child.resolve("name")]).toEqual([false, "ann"]);
  });

  test("a singleton built anew gets the new ones below it", () => {
    class Db {}
    class Repository {
      constructor(readonly db: Db) {}
    }
    const container = new Container()
      .register(Db, Db, { lifecycle: Lifecycle.Singleton })
      .register(Repository, { useClass: Repository, deps: [Db] }, { lifecycle: Lifecycle.Singleton });
    const before = container.resolve(Repository).db;
    container.clearInstances();
    expect(container.resolve(Repository).db).not.toBe(before);
    expect(container.resolve(Repository).db).toBe(container.resolve(Db));
  });

  test("promise 1: the instances of before and of after are disposed, each once, with the container", async () => {
    const calls: number[] = [];
    let made = 0;
    class Db {
      readonly number = ++made;
      dispose() {
        calls.push(this.number);
      }
    }
    const container = new Container().register(Db, Db, { lifecycle: Lifecycle.Singleton });
    container.resolve(Db);
    container.clearInstances();
    container.resolve(Db);
    await container.dispose();
    expect(calls).toEqual([2, 1]);
  });

  test("leaves the instances of open scopes and of other containers alone", () => {
    const root = new Container().register(
      "request",
      { useFactory: () => ({}) },
      { lifecycle: Lifecycle.ContextScoped },
    );
    root.register("db", { useFactory: () => ({}) }, { lifecycle: Lifecycle.Singleton });
    const child = root.createChildContainer();
    child.runInScopeSync((scope) => {
      const before = [scope.resolve("request"), scope.resolve("db")];
      child.clearInstances();
      expect([scope.resolve("request"), scope.resolve("db")].every((each, index) => each === before[index])).toBe(true);
    });
  });
});

describe("a disposed container", () => {
  const uses: Record<string, (container: Container) => unknown> = {
    register: (container) => container.register("a", { useValue: 1 }),
    resolve: (container) => container.resolve("a"),
    resolveAll: (container) => container.resolveAll("a"),
    tryResolve: (container) => container.tryResolve("a"),
    isRegistered: (container) => container.isRegistered("a"),
    reset: (container) => container.reset(),
    clearInstances: (container) => container.clearInstances(),
    createChildContainer: (container) => container.createChildContainer(),
    createScope: (container) => container.createScope(),
    runInScopeSync: (container) => container.runInScopeSync(() => 1),
    enterScope: (container) => container.enterScope(),
  };

  test.each(Object.entries(uses))("refuses %s, in tsyringe's words", async (_, use) => {
    const container = new Container().register("a", { useValue: 1 });
    const child = container.createChildContainer();
    await container.dispose();
    for (const ended of [container, child]) {
      expect(() => use(ended)).toThrow(
        expect.objectContaining({
          code: "ERR_AMBIT_CONTAINER_DISPOSED",
          message: expect.stringContaining(
            "This container has been disposed, you cannot interact with a disposed container",
          ),
        }),
      );
    }
  });

  test("leaves the container around it alone", async () => {
    const root = new Container().register("a", { useValue: 1 });
    await root.createChildContainer().dispose();
    expect(root.resolve("a")).toBe(1);
  });

  test("promise 5: one that is disposed by what it disposes is disposed once, and gives the same promise", async () => {
    const calls: string[] = [];
    let inner: Promise<void> | undefined;
    const container = new Container();
    for (const name of ["first", "second", "third"]) {
      const dispose = () => {
        calls.push(name);
        if (name === "second") inner = container.dispose();
      };
      container.register(name, { useFactory: () => ({ dispose }) }, { lifecycle: Lifecycle.Singleton });
      container.resolve(name);
    }
    const end = container.dispose();
    expect([container.dispose() === end, inner === end]).toEqual([true, true]);
    await end;
    expect(calls).toEqual(["third", "second", "first"]);
  });
});

test("a delayed class can be registered and asked for", () => {
  class Clock {
    now = 5;
  }
  const container = new Container().register<Clock>("clock", { useClass: delay(() => Clock) });
  expect(container.resolve<Clock>("clock").now).toBe(5);
});
