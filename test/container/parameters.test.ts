/** What a constructor parameter can ask for: one, all, an optional one, a transformed one, a ref. */
import {
  Container,
  dep,
  inject,
  injectAll,
  injectAllWithTransform,
  injectRef,
  injectWithTransform,
  Lifecycle,
  NoScopeError,
  type Ref,
  UnregisteredTokenError,
} from "ambit";
import { describe, expect, test } from "vitest";

describe("inject", () => {
  test("parameter decorators alone are enough, also where the compiler emits no types", () => {
    class Service {
      constructor(readonly name: string) {}
    }
    inject("name")(Service, undefined, 0);
    const container = new Container().register("name", { useValue: "orders" });
    expect(container.resolve(Service).name).toBe("orders");
  });

  test("wins over the parameter's type", () => {
    class Clock {}
    class FakeClock extends Clock {}
    class Service {
      constructor(@inject(FakeClock) readonly clock: Clock) {}
    }
    expect(new Container().resolve(Service).clock).toBeInstanceOf(FakeClock);
  });

  test("parameters without one are injected by their type", () => {
    class Clock {}
    class Service {
      constructor(
        readonly clock: Clock,
        @inject("name") readonly name: string,
      ) {}
    }
    const service = new Container().register("name", { useValue: "orders" }).resolve(Service);
    expect([service.clock, service.name]).toEqual([expect.any(Clock), "orders"]);
  });
});

describe("optional", () => {
  class Service {
    constructor(@inject("name", { isOptional: true }) readonly name?: string) {}
  }

  test("is undefined where nobody registered the token", () => {
    expect(new Container().resolve(Service).name).toBeUndefined();
  });

  test("is there from the registration on", () => {
    const container = new Container();
    container.resolve(Service);
    container.register("name", { useValue: "orders" });
    expect(container.resolve(Service).name).toBe("orders");
  });

  test("is found in the container around", () => {
    const root = new Container().register("name", { useValue: "orders" });
    expect(root.createChildContainer().resolve(Service).name).toBe("orders");
  });

  test("a registration that fails is an error, not an absence", () => {
    const container = new Container().register("name", { useToken: "missing" });
    expect(() => container.resolve(Service)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED" }));
  });

  test("a class is there without being registered, as in tsyringe", () => {
    class Clock {}
    class Watch {
      constructor(@inject(Clock, { isOptional: true }) readonly clock?: Clock) {}
    }
    expect(new Container().resolve(Watch).clock).toBeInstanceOf(Clock);
  });

  test("a value that a scope was given is there in that scope, and absent in another", () => {
    const container = new Container();
    const nameIn = (seeds: [string, string][]) =>
      container.runInScopeSync({ seeds }, () => container.resolve(Service).name);
    expect([nameIn([["name", "ann"]]), nameIn([]), container.resolve(Service).name]).toEqual([
      "ann",
      undefined,
      undefined,
    ]);
  });

  test("a useSeed token is absent where it was not given", () => {
    const container = new Container().register("name", { useSeed: true });
    expect(container.runInScopeSync((scope) => scope.resolve(Service).name)).toBeUndefined();
    expect(container.resolve(Service).name).toBeUndefined();
  });

  test("dep.optional of a seed that is undefined is undefined, of null is null", () => {
    const container = new Container().register("given", { deps: [dep.optional("seed")], useFactory: (seed) => [seed] });
    const given = (seed: unknown) =>
      container.runInScopeSync({ seeds: [["seed", seed]] }, () => container.resolve<unknown[]>("given")[0]);
    expect([given(undefined), given(null)]).toEqual([undefined, null]);
  });

  test("a seed may still not be kept by a singleton", () => {
    const container = new Container().register("name", { useSeed: true });
    container.register(Service, Service, { lifecycle: Lifecycle.Singleton });
    expect(() => container.resolve(Service)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_CAPTIVE" }));
  });
});

describe("injectAll", () => {
  class Host {
    constructor(@injectAll("plugin") readonly plugins: unknown[]) {}
  }

  test("gives everything that was registered, in the order of registration", () => {
    const container = new Container();
    for (const plugin of ["a", "b", "c"]) container.register("plugin", { useValue: plugin });
    expect(container.resolve(Host).plugins).toEqual(["a", "b", "c"]);
  });

  test("gives a new array each time: who changes it changes nobody else's", () => {
    const container = new Container().register("plugin", { useValue: "a" });
    container.resolve(Host).plugins.push("mine");
    container.resolveAll("plugin").push("mine");
    expect([container.resolve(Host).plugins, container.resolveAll("plugin")]).toEqual([["a"], ["a"]]);
  });

  test("follows the lifetime of each", () => {
    const container = new Container();
    container.register("plugin", { useFactory: () => ({}) }, { lifecycle: Lifecycle.Singleton });
    container.register("plugin", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped });
    container.register("plugin", { useFactory: () => ({}) });
    const pluginsIn = () =>
      container.runInScopeSync(() => [container.resolve(Host).plugins, container.resolveAll("plugin")]);
    const [[a, b], [c]] = [pluginsIn(), pluginsIn()];
    expect(new Set([a[0], b[0], c[0]]).size).toBe(1);
    expect([a[1] === b[1], a[1] === c[1], a[2] === b[2]]).toEqual([true, false, false]);
  });

  test("of a container that registers some hides those of the container around it, as in tsyringe", () => {
    const root = new Container().register("plugin", { useValue: "root" });
    const child = root.createChildContainer().register("plugin", { useValue: "child" });
    expect([child.resolve(Host).plugins, root.resolve(Host).plugins]).toEqual([["child"], ["root"]]);
  });

  test("of what nobody registered is an error, for a class a list of one", () => {
    class Clock {}
    const container = new Container();
    expect(() => container.resolveAll("plugin")).toThrow('unregistered dependency token: "plugin"');
    expect(() => container.resolve(Host)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED" }));
    expect(container.resolveAll(Clock)).toEqual([expect.any(Clock)]);
  });

  test("of what nobody registered is an error in deps, too", () => {
    const container = new Container().register("holder", { deps: [dep.all("missing")], useFactory: (all) => all });
    expect(() => container.resolve("holder")).toThrow(UnregisteredTokenError);
  });

  test("that is optional gives an empty list where nobody registered any", () => {
    class Calm {
      constructor(@injectAll("plugin", { isOptional: true }) readonly plugins: unknown[]) {}
    }
    expect(new Container().resolve(Calm).plugins).toEqual([]);
  });

  test("gives the seed of the scope", () => {
    const container = new Container();
    container.runInScopeSync({ seeds: [["plugin", "given"]] }, (scope) => {
      expect([scope.resolveAll("plugin"), scope.resolve(Host).plugins]).toEqual([["given"], ["given"]]);
    });
  });

  test("that is optional gives what is registered", () => {
    class Calm {
      constructor(@injectAll("plugin", { isOptional: true }) readonly plugins: unknown[]) {}
    }
    const container = new Container().register("plugin", { useValue: "a" });
    expect(container.resolve(Calm).plugins).toEqual(["a"]);
    container.register("plugin", { useValue: "b" });
    expect(container.resolve(Calm).plugins).toEqual(["a", "b"]);
  });

  test("that is optional gives the seed of the scope, and an empty list in a scope that was not given one", () => {
    class Calm {
      constructor(@injectAll("plugin", { isOptional: true }) readonly plugins: unknown[]) {}
    }
    const container = new Container();
    const pluginsIn = (seeds: [string, string][]) =>
      container.runInScopeSync({ seeds }, (scope) => scope.resolve(Calm).plugins);
    expect([pluginsIn([["plugin", "given"]]), pluginsIn([])]).toEqual([["given"], []]);
    container.register("plugin", { useSeed: true });
    expect([pluginsIn([["plugin", "given"]]), pluginsIn([])]).toEqual([["given"], []]);
  });

  test("an undefined among them stays in its place", () => {
    const container = new Container();
    for (const plugin of [undefined, "b"]) container.register("plugin", { useValue: plugin });
    expect(container.resolveAll("plugin")).toEqual([undefined, "b"]);
  });
});

describe("transforms", () => {
  class Upper {
    transform(name: string, suffix = ""): string {
      return name.toUpperCase() + suffix;
    }
  }
  class Joined {
    transform(names: string[], by: string): string {
      return names.join(by);
    }
  }

  test("injectWithTransform gives what the transformer makes of it", () => {
    class Service {
      constructor(@injectWithTransform("name", Upper, "!") readonly name: string) {}
    }
    const container = new Container().register("name", { useValue: "orders" });
    expect(container.resolve(Service).name).toBe("ORDERS!");
  });

  test("injectAllWithTransform gives what the transformer makes of all", () => {
    class Service {
      constructor(@injectAllWithTransform("name", Joined, ", ") readonly names: string) {}
    }
    const container = new Container().register("name", { useValue: "a" }).register("name", { useValue: "b" });
    expect(container.resolve(Service).names).toBe("a, b");
  });

  test("the transformer is resolved like anything, from a registration too", () => {
    class Lower extends Upper {
      override transform(name: string): string {
        return name.toLowerCase();
      }
    }
    class Service {
      constructor(@injectWithTransform("name", Upper) readonly name: string) {}
    }
    const container = new Container().register("name", { useValue: "Orders" }).register(Upper, Lower);
    expect(container.resolve(Service).name).toBe("orders");
  });

  test("promise 8: a singleton may not keep a transformed context-lived thing, nor a context-lived transformer", () => {
    class Service {
      constructor(@injectWithTransform("name", Upper) readonly name: string) {}
    }
    const [byName, byTransformer] = [new Container(), new Container()];
    for (const container of [byName, byTransformer]) {
      container.register(Service, Service, { lifecycle: Lifecycle.Singleton });
    }
    byName.register("name", { useFactory: () => "ann" }, { lifecycle: Lifecycle.ContextScoped });
    byTransformer.register("name", { useValue: "ann" }).register(Upper, Upper, { lifecycle: Lifecycle.ContextScoped });
    for (const container of [byName, byTransformer]) {
      expect(() => container.runInScopeSync(() => container.resolve(Service))).toThrow(
        expect.objectContaining({ code: "ERR_AMBIT_CAPTIVE" }),
      );
    }
  });
});

describe("injectRef", () => {
  class Cache {
    constructor(@injectRef("user") readonly user: Ref<{ name: string }>) {}
  }
  const familyWith = () =>
    new Container()
      .register("user", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped })
      .register(Cache, Cache, { lifecycle: Lifecycle.Singleton });

  test("a singleton asks for the instance of the current scope, each time", () => {
    const container = familyWith();
    const cache = container.resolve(Cache);
    const users = [1, 2].map(() =>
      container.runInScopeSync((scope) => {
        expect(cache.user.get()).toBe(scope.resolve("user"));
        return cache.user.get();
      }),
    );
    expect(users[0]).not.toBe(users[1]);
  });

  test("promise 9: outside of every scope, get is a NoScopeError and tryGet undefined", () => {
    const { user } = familyWith().resolve(Cache);
    expect(() => user.get()).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" }));
    expect(user.tryGet()).toBeUndefined();
  });

  test("tryGet of what nobody registered is undefined; other failures are thrown", () => {
    const failure = new Error("no such user");
    class User {
      constructor() {
        throw failure;
      }
    }
    const container = new Container();
    container.register(User, User, { lifecycle: Lifecycle.ContextScoped });
    container.register("refs", { deps: [dep.ref("missing"), dep.ref(User)], useFactory: (...refs) => refs });
    container.runInScopeSync((scope) => {
      const [missing, user] = scope.resolve<[Ref<unknown>, Ref<User>]>("refs");
      expect(missing.tryGet()).toBeUndefined();
      expect(() => user.tryGet()).toThrow(failure);
    });
  });

  test("tryGet of what lives in a scope that is not there is undefined; what its factory does not find is thrown", () => {
    const container = new Container();
    const named = { lifecycle: Lifecycle.ContextScoped, scopeName: "connection" } as const;
    container.register("connection", { useFactory: () => ({}) }, named);
    container.register("alias", { useToken: "connection" });
    container.register("query", { useFactory: (asked) => ({ on: asked.resolve("connection") }) });
    container.register("refs", {
      deps: [dep.ref("connection"), dep.ref("alias"), dep.ref("query")],
      useFactory: (...refs) => refs,
    });
    const [connection, alias, query] = container.resolve<Ref<unknown>[]>("refs");
    expect([connection.tryGet(), alias.tryGet(), query.tryGet()]).toEqual([undefined, undefined, undefined]);
    container.runInScopeSync(() => {
      expect([connection.tryGet(), alias.tryGet()]).toEqual([undefined, undefined]);
      expect(() => query.tryGet()).toThrow(NoScopeError);
    });
  });

  test("breaks a cycle", () => {
    const container = new Container();
    container.register("a", { deps: ["b"], useFactory: (b) => ({ b }) }, { lifecycle: Lifecycle.Singleton });
    container.register("b", { deps: [dep.ref("a")], useFactory: (a) => ({ a }) }, { lifecycle: Lifecycle.Singleton });
    const a = container.resolve<{ b: { a: Ref<unknown> } }>("a");
    expect(a.b.a.get()).toBe(a);
  });

  test("asked for a class, is written as @inject writes: the class keeps its other parameters", () => {
    class User {}
    class Service {
      constructor(
        @injectRef(User) readonly user: Ref<User>,
        @inject("name") readonly name: string,
      ) {}
    }
    const container = new Container().register("name", { useValue: "orders" });
    const service = container.resolve(Service);
    expect([service.user.get(), service.name]).toEqual([expect.any(User), "orders"]);
  });

  test("two refs of one class to two tokens do not mix", () => {
    class Pair {
      constructor(
        @injectRef("a") readonly a: Ref<string>,
        @injectRef("b") readonly b: Ref<string>,
      ) {}
    }
    const container = new Container().register("a", { useValue: "A" }).register("b", { useValue: "B" });
    const { a, b } = container.resolve(Pair);
    expect([a.get(), b.get()]).toEqual(["A", "B"]);
  });
});
