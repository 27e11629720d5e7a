/** Class decorators: what they register in the default container, and with which lifetime. */
import {
  autoInjectable,
  Container,
  container,
  contextScoped,
  inject,
  injectable,
  Lifecycle,
  RegistrationError,
  registry,
  scoped,
  singleton,
  threadScoped,
  token,
} from "ambit";
import { describe, expect, test } from "vitest";

/** How many instances of `target` two scopes share, and two resolves in one: which lifetime it is. */
function sharing(target: new () => object) {
  const pair = () => container.runInScopeSync((scope) => [scope.resolve(target), scope.resolve(target)]);
  const [[a, b], [c]] = [pair(), pair()];
  return { withinAScope: a === b, acrossScopes: a === c };
}

test("@injectable leaves a class transient and unregistered", () => {
  @injectable()
  class Service {}
  expect(sharing(Service)).toEqual({ withinAScope: false, acrossScopes: false });
  expect(container.isRegistered(Service)).toBe(false);
});

test("@injectable({ token }) makes the class an answer to the token, or to each of several", () => {
  const [a, b] = [token<object>("a"), token<object>("b")];
  @injectable({ token: a })
  class One {}
  @injectable({ token: [a, b] })
  class Two {}
  expect(container.resolveAll(a)).toEqual([expect.any(One), expect.any(Two)]);
  expect(container.resolve(b)).toBeInstanceOf(Two);
});

test("@singleton makes one instance for the default container and its children", () => {
  @singleton()
  class Service {}
  expect(sharing(Service)).toEqual({ withinAScope: true, acrossScopes: true });
  expect(container.createChildContainer().resolve(Service)).toBe(container.resolve(Service));
});

test("@scoped(ContainerScoped) makes one instance for each container", () => {
  @scoped(Lifecycle.ContainerScoped)
  class Service {}
  const child = container.createChildContainer();
  expect(child.resolve(Service)).toBe(child.resolve(Service));
  expect(child.resolve(Service)).not.toBe(container.resolve(Service));
});

test("@scoped(ResolutionScoped) makes one instance for each resolution", () => {
  @scoped(Lifecycle.ResolutionScoped)
  class Work {}
  class Pair {
    constructor(
      @inject(Work) readonly a: Work,
      @inject(Work) readonly b: Work,
    ) {}
  }
  const [first, second] = [container.resolve(Pair), container.resolve(Pair)];
  expect([first.a === first.b, first.a === second.a]).toEqual([true, false]);
});

test("@contextScoped makes one instance for each scope", () => {
  @contextScoped()
  class Service {}
  expect(sharing(Service)).toEqual({ withinAScope: true, acrossScopes: false });
  expect(() => container.resolve(Service)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" }));
});

test("@contextScoped({ scopeName }) makes one instance for the nearest scope of that name", () => {
  @contextScoped({ scopeName: "connection" })
  class Connection {}
  container.runInScopeSync({ name: "connection" }, (connection) => {
    const inner = container.runInScopeSync((scope) => scope.resolve(Connection));
    expect(inner).toBe(connection.resolve(Connection));
  });
  expect(() => container.runInScopeSync((scope) => scope.resolve(Connection))).toThrow('"connection"');
});

test("@threadScoped makes one instance for the thread, whichever scope asks", () => {
  @threadScoped()
  class Pool {}
  expect(sharing(Pool)).toEqual({ withinAScope: true, acrossScopes: true });
  expect(container.createChildContainer().resolve(Pool)).toBe(container.resolve(Pool));
});

test("@threadScoped({ eager }) builds nothing by itself in the main thread", () => {
  let built = 0;
  @threadScoped({ eager: true })
  class Pool {
    readonly number = ++built;
  }
  expect(built).toBe(0);
  expect(container.resolve(Pool).number).toBe(1);
});

describe("with a token", () => {
  const lifetimes = [
    ["@contextScoped", (name: symbol) => contextScoped({ token: name })],
    ["@threadScoped", (name: symbol) => threadScoped({ token: name })],
    ["@scoped(ContainerScoped)", (name: symbol) => scoped(Lifecycle.ContainerScoped, name)],
  ] as const;

  test.each(lifetimes)("%s: the token and the class give the same instance, not two", (_, decorate) => {
    const name = token<object>("service");
    @decorate(name)
    class Service {}
    container.runInScopeSync((scope) => {
      expect(scope.resolve(name)).toBeInstanceOf(Service);
      expect(scope.resolve(Service)).toBe(scope.resolve(name));
      expect(scope.resolveAll(name)).toEqual([scope.resolve(Service)]);
    });
  });

  test("promise 1: an instance that has two names is disposed once", async () => {
    const calls: string[] = [];
    const name = token<object>("service");
    @contextScoped({ token: name })
    class Service {
      dispose() {
        calls.push("disposed");
      }
    }
    await container.runInScope((scope) => [scope.resolve(name), scope.resolve(Service)]);
    expect(calls).toEqual(["disposed"]);
  });

  test("two classes of one token are both there", () => {
    const plugin = token<object>("plugin");
    @contextScoped({ token: plugin })
    class A {}
    @contextScoped({ token: plugin })
    class B {}
    container.runInScopeSync((scope) => expect(scope.resolveAll(plugin)).toEqual([scope.resolve(A), scope.resolve(B)]));
  });
});

test("decorators leave the class as it is", () => {
  class Plain {
    constructor(readonly name = "plain") {}
  }
  const decorated = [injectable(), singleton(), contextScoped(), threadScoped(), scoped(Lifecycle.ContainerScoped)];
  for (const decorate of decorated) expect(decorate(Plain)).toBeUndefined();
  expect(new Plain().name).toBe("plain");
});

test("a decorated class with dependencies gets them", () => {
  @contextScoped()
  class User {}
  @contextScoped()
  class Service {
    constructor(
      readonly user: User,
      @inject("service.name") readonly name: string,
    ) {}
  }
  container.register("service.name", { useValue: "orders" });
  container.runInScopeSync((scope) => {
    const service = scope.resolve(Service);
    expect([service.user === scope.resolve(User), service.name]).toEqual([true, "orders"]);
  });
});

test("a subclass of a decorated class has no lifetime of its own: its superclass's registration is not its", () => {
  @singleton()
  class Base {}
  class Derived extends Base {}
  expect(container.resolve(Derived)).toBeInstanceOf(Derived);
  expect(container.resolve(Derived)).not.toBe(container.resolve(Derived));
});

test("two lifetimes on one class: the one applied last, which stands first, counts", () => {
  @contextScoped()
  @singleton()
  class Service {}
  expect(sharing(Service)).toEqual({ withinAScope: true, acrossScopes: false });
});

describe("a later registration of a decorated class", () => {
  const scopedToo = { lifecycle: Lifecycle.ContextScoped };
  const said: [string, (target: new (url: string) => object) => unknown][] = [
    ["deps", (target) => container.register(target, { useClass: target, deps: ["url"] })],
    ["a factory", (target) => container.register(target, { useFactory: () => new target("u") }, scopedToo)],
    ["a value", (target) => container.registerInstance(target, new target("u"))],
    ["a seed", (target) => container.register(target, { useSeed: true })],
  ];

  test.each(said)("is the only one, so that nothing is left to refuse: %s", (what, register) => {
    @contextScoped()
    class Tx {
      constructor(readonly url: string) {}
    }
    container.register("url", { useValue: "u" });
    const errors = () =>
      container.diagnose().filter(({ severity, path }) => severity === "error" && path[0].name === "Tx");
    expect(errors().map(({ kind }) => kind)).toEqual(["missing-type-info"]);
    register(Tx);
    expect(errors()).toEqual([]);
    const seeds = [[Tx, new Tx("u")]] as const;
    const all = container.runInScopeSync(what === "a seed" ? { seeds } : {}, (scope) => [
      scope.resolve(Tx),
      ...scope.resolveAll(Tx),
    ]);
    expect(all.map((tx) => tx === all[0] && tx.url)).toEqual(["u", "u"]);
    container.clearInstances();
  });

  test("with deps, is the only one of a @singleton, too", () => {
    @singleton()
    class Client {
      constructor(readonly url: string) {}
    }
    container.register("url", { useValue: "u" });
    container.register(Client, { useClass: Client, deps: ["url"] }, { lifecycle: Lifecycle.Singleton });
    expect(container.resolveAll(Client)).toEqual([container.resolve(Client)]);
  });

  test("is one more of a @singleton, as in tsyringe, and of what was registered by hand", () => {
    @singleton()
    class Clock {}
    container.register(Clock, { useClass: Clock }).register(Clock, { useValue: new Clock() });
    expect(container.resolveAll(Clock)).toHaveLength(3);
    const own = new Container().register(Clock, Clock, scopedToo).register(Clock, Clock, scopedToo);
    expect(own.runInScopeSync((scope) => scope.resolveAll(Clock))).toHaveLength(2);
  });
});

test.each([
  ["@injectable()", injectable],
  ["@singleton()", singleton],
  ["@scoped(Lifecycle.ContainerScoped)", scoped],
  ["@contextScoped()", contextScoped],
  ["@threadScoped()", threadScoped],
  ["@autoInjectable()", autoInjectable],
  ["@registry([...])", registry],
])("a decorator without its parentheses does not take the place of the class: %s", (written, decorate) => {
  class Db {}
  const bare = decorate as (target: unknown) => unknown;
  expect(() => bare(Db)).toThrow(RegistrationError);
  expect(() => bare(Db)).toThrow(/^Cannot decorate Db: /);
  expect(() => bare(Db)).toThrow(`Fix: write ${written}, with parentheses.`);
});

test("decorators register in the default container alone; what else they do, see container/declared.test.ts", () => {
  @singleton()
  class Service {}
  expect(new Container().isRegistered(Service, true)).toBe(false);
});
