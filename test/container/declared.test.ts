/** Decorated classes in a container that they are not registered in: they live as long as their decorators say. */
import {
  CaptiveDependencyError,
  Container,
  contextScoped,
  dep,
  inject,
  injectable,
  injectProxy,
  injectRef,
  Lifecycle,
  NoScopeError,
  type Ref,
  RegistrationError,
  type Scope,
  ScopeStateError,
  scoped,
  singleton,
  threadScoped,
} from "ambit";
import { describe, expect, test } from "vitest";

@contextScoped()
class Transaction {
  readonly changes: string[] = [];
}

@injectable()
class Orders {
  constructor(@inject(Transaction) readonly tx: Transaction) {}
}

@injectable()
class Stock {
  constructor(@inject(Transaction) readonly tx: Transaction) {}
}

test("a @contextScoped class that is injected twice is one in each scope, and another in the next", () => {
  const app = new Container();
  const seen = new Set<Transaction>();
  const look = (scope: Scope) => {
    seen.add(app.resolve(Orders).tx).add(scope.resolve(Stock).tx);
    return seen.size;
  };
  expect([app.runInScopeSync(look), app.runInScopeSync(look)]).toEqual([1, 2]);
});

test("promise 9: a @contextScoped class is refused without a scope", () => {
  expect(() => new Container().resolve(Orders)).toThrow(NoScopeError);
});

test("a @contextScoped class is one for all the containers of a family that ask in its scope", () => {
  const root = new Container();
  const [one, other] = [root.createChildContainer(), root.createChildContainer()];
  one.runInScopeSync((scope) => {
    const tx = other.resolve(Transaction);
    expect([one.resolve(Orders).tx, root.resolve(Transaction), scope.resolve(Transaction)]).toEqual([tx, tx, tx]);
    expect(root.resolve(Transaction)).toBe(tx);
    expect(one.resolve(Orders).tx).toBe(tx);
  });
});

test("@contextScoped({ scopeName }) is one for the nearest scope of that name", () => {
  @contextScoped({ scopeName: "connection" })
  class Session {}
  const app = new Container();
  app.runInScopeSync({ name: "connection" }, (connection) => {
    const [a, b] = [1, 2].map(() => app.runInScopeSync({ name: "message" }, (scope) => scope.resolve(Session)));
    expect(b).toBe(a);
    expect(connection.resolve(Session)).toBe(a);
  });
  app.runInScopeSync((scope) => expect(() => scope.resolve(Session)).toThrow(NoScopeError));
});

describe.each([
  ["@singleton", singleton()],
  ["@threadScoped", threadScoped()],
])("a class with %s", (_, decorate) => {
  @decorate
  class Pool {
    readonly ended: string[] = [];
    async [Symbol.asyncDispose]() {
      this.ended.push("ended");
    }
  }

  test("is one for a root container and all its children, whoever asks first, and another for the next root", () => {
    const root = new Container();
    const pool = root.createChildContainer().runInScopeSync((scope) => scope.resolve(Pool));
    expect(root.resolve(Pool)).toBe(pool);
    expect(root.createChildContainer().createChildContainer().resolve(Pool)).toBe(pool);
    expect(new Container().resolve(Pool)).not.toBe(pool);
  });

  test("outlives the child container that asked first, and ends with the root", async () => {
    const root = new Container();
    const child = root.createChildContainer();
    const { ended } = child.resolve(Pool);
    await child.dispose();
    expect(ended).toEqual([]);
    await root.dispose();
    expect(ended).toEqual(["ended"]);
  });

  test("promise 8: must not hold what its scope ends", () => {
    @decorate
    class Cache {
      constructor(@inject(Transaction) readonly tx: Transaction) {}
    }
    const app = new Container();
    app.runInScopeSync(() => expect(() => app.resolve(Cache)).toThrow(CaptiveDependencyError));
    expect(() => app.validate(Cache)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_VALIDATION" }));
  });
});

test("@threadScoped ends with its thread: a container knows it as thread-scoped", () => {
  @threadScoped()
  class Pool {}
  expect(new Container().explain(Pool).node.lifecycle).toBe("ThreadScoped");
});

test("@scoped(ContainerScoped) is one for each container that is asked", () => {
  @scoped(Lifecycle.ContainerScoped)
  class Cache {}
  const root = new Container();
  const child = root.createChildContainer();
  expect(child.resolve(Cache)).toBe(child.resolve(Cache));
  expect(child.resolve(Cache)).not.toBe(root.resolve(Cache));
});

test("@scoped(ResolutionScoped) is one for each resolution", () => {
  @scoped(Lifecycle.ResolutionScoped)
  class Work {}
  const app = new Container().register("pair", { useFactory: (a, b) => [a, b], deps: [Work, Work] });
  const [[a, b], [c]] = [app.resolve<Work[]>("pair"), app.resolve<Work[]>("pair")];
  expect([a === b, a === c]).toEqual([true, false]);
});

test("@injectable says nothing of a lifetime: it stays transient", () => {
  const app = new Container();
  app.runInScopeSync(() => expect(app.resolve(Orders)).not.toBe(app.resolve(Orders)));
});

test("a subclass has no lifetime but its own", () => {
  class Audited extends Transaction {}
  const app = new Container();
  expect(app.resolve(Audited)).not.toBe(app.resolve(Audited));
});

test("two lifetimes on one class: the one that stands first counts", () => {
  @singleton()
  @contextScoped()
  class Service {}
  const app = new Container();
  expect(app.resolve(Service)).toBe(app.resolve(Service));
});

test("a ref and a proxy find the instance of the current scope", () => {
  @singleton()
  class Log {
    constructor(
      @injectRef(Transaction) readonly ref: Ref<Transaction>,
      @injectProxy(Transaction) readonly proxy: Transaction,
    ) {}
  }
  const app = new Container();
  for (const change of ["first", "second"]) {
    app.runInScopeSync((scope) => {
      const { ref, proxy } = app.resolve(Log);
      proxy.changes.push(change);
      expect([ref.get(), ref.get().changes]).toEqual([scope.resolve(Transaction), [change]]);
    });
  }
});

test("promise 2: one for all who ask for it at the same time, through whichever container of the family", async () => {
  class Connection {}
  @contextScoped()
  class Work {
    constructor(@inject(Connection) readonly connection: Connection) {}
  }
  const lifecycle = { lifecycle: Lifecycle.ContextScoped } as const;
  const root = new Container().register(Connection, { useAsyncFactory: async () => new Connection() }, lifecycle);
  const child = root.createChildContainer();
  await root.runInScope(async (scope) => {
    const asked = [scope, child, root, child].map((each) => each.resolveAsync(Work));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
  });
});

test("optional, tryResolve and resolveAll give the same instance", () => {
  const app = new Container().register("maybe", { useFactory: (tx) => tx, deps: [dep.optional(Transaction)] });
  app.runInScopeSync((scope) => {
    const tx = scope.resolve(Transaction);
    expect(scope.tryResolve(Transaction)).toBe(tx);
    expect(scope.resolve("maybe")).toBe(tx);
    expect(scope.resolveAll(Transaction)[0]).toBe(tx);
  });
});

describe("a registration wins", () => {
  test("that was made before", () => {
    const app = new Container().register(Transaction, Transaction, { lifecycle: Lifecycle.Transient });
    expect(app.resolve(Transaction)).not.toBe(app.resolve(Transaction));
  });

  test("that is made after it was built", () => {
    @singleton()
    class Clock {}
    const app = new Container();
    app.resolve(Clock);
    const fake = new Clock();
    app.register(Clock, { useValue: fake });
    expect(app.resolve(Clock)).toBe(fake);
  });

  test("in the container that has it, and in those below, and not in the one around it", () => {
    @singleton()
    class Clock {}
    const root = new Container();
    const fake = new Clock();
    const child = root.createChildContainer().register(Clock, { useValue: fake });
    expect(child.createChildContainer().resolve(Clock)).toBe(fake);
    expect(root.resolve(Clock)).not.toBe(fake);
  });
});

describe("a registration without a lifecycle", () => {
  test.each([
    ["useClass", (app: Container) => app.register("tx", { useClass: Transaction })],
    ["the class", (app: Container) => app.register("tx", Transaction)],
    ["deps", (app: Container) => app.register("tx", { useClass: Transaction, deps: [] })],
    ["registerType", (app: Container) => app.registerType("tx", Transaction)],
    ["eager: false", (app: Container) => app.register("tx", Transaction, { eager: false })],
  ])("takes that of a @contextScoped class: %s", (_, register) => {
    const app = register(new Container());
    const ask = (scope: Scope) => [app.resolve("tx"), scope.resolve("tx")];
    const [[a, b], [c]] = [app.runInScopeSync(ask), app.runInScopeSync(ask)];
    expect([a instanceof Transaction, a === b, a === c]).toEqual([true, true, false]);
    expect(() => app.resolve("tx")).toThrow(NoScopeError);
  });

  test("takes the scopeName of the decorator, unless it has one", () => {
    @contextScoped({ scopeName: "connection" })
    class Session {}
    const app = new Container().register("session", Session).register("other", Session, { scopeName: "message" });
    const lifetimes = ["session", "other"].map((name) => app.explain(name).node.lifetime);
    expect(lifetimes).toEqual(["context-scoped (connection)", "context-scoped (message)"]);
  });

  test("takes what @threadScoped says, eager included", async () => {
    let built = 0;
    @threadScoped({ eager: true })
    class Pool {
      readonly number = ++built;
    }
    const app = new Container().register(Pool, Pool);
    await app.buildEager();
    expect([built, app.resolve(Pool).number, app.explain(Pool).node.lifecycle]).toEqual([1, 1, "ThreadScoped"]);
  });

  test("promise 8: is not held by what lives longer", () => {
    const app = new Container().register("tx", { useClass: Transaction });
    app.register("cache", { useFactory: (tx) => ({ tx }), deps: ["tx"] }, { lifecycle: Lifecycle.Singleton });
    expect(app.diagnose().map(({ kind }) => kind)).toEqual(["captive"]);
  });

  test("is transient for a class that has one of tsyringe's lifetimes, or inherits one", () => {
    @singleton()
    class Cache {}
    class Audited extends Transaction {}
    const app = new Container().register("cache", Cache).register("tx", Audited);
    for (const name of ["cache", "tx"]) expect(app.resolve(name)).not.toBe(app.resolve(name));
  });

  test("that names one goes by that, also if it is transient", () => {
    const app = new Container().register("tx", Transaction, { lifecycle: Lifecycle.Transient });
    expect(app.resolve("tx")).not.toBe(app.resolve("tx"));
  });

  test("that overrides what nobody registered ends with its scope", async () => {
    const ended: unknown[] = [];
    @threadScoped()
    class Pool {
      dispose() {
        ended.push(this);
      }
    }
    const app = new Container();
    const pool = await app.runInScope((scope) => {
      scope.override("pool", Pool);
      const inner = app.runInScopeSync((nested) => nested.resolve("pool"));
      expect([scope.resolve("pool"), ended]).toEqual([inner, []]);
      return inner;
    });
    expect(ended).toEqual([pool]);
  });
});

test("a decorated class is no registration", () => {
  const app = new Container();
  app.runInScopeSync(() => app.resolve(Transaction));
  expect(app.isRegistered(Transaction, true)).toBe(false);
});

test.each(["reset", "clearInstances"] as const)("after %s() a singleton is built anew", (forget) => {
  @singleton()
  class Clock {}
  const app = new Container();
  const before = app.resolve(Clock);
  app[forget]();
  expect(app.resolve(Clock)).not.toBe(before);
  expect(app.resolve(Clock)).toBe(app.resolve(Clock));
});

describe("a seed", () => {
  test("is what the scope gives that was given it, and the others build their own", () => {
    const app = new Container();
    const seed = new Transaction();
    app.runInScopeSync({ seeds: [[Transaction, seed]] }, () => expect(app.resolve(Orders).tx).toBe(seed));
    app.runInScopeSync(() => {
      expect(app.resolve(Orders).tx).not.toBe(seed);
      expect(app.resolve(Orders).tx).toBe(app.resolve(Stock).tx);
    });
  });

  test("of a singleton hides it from those who ask in that scope alone", () => {
    @singleton()
    class Clock {}
    @singleton()
    class Log {
      constructor(@inject(Clock) readonly clock: Clock) {}
    }
    const app = new Container();
    const seed = new Clock();
    app.runInScopeSync({ seeds: [[Clock, seed]] }, (scope) => {
      expect(scope.resolve(Clock)).toBe(seed);
      expect(scope.resolve(Log).clock).not.toBe(seed);
    });
    expect(app.resolve(Clock)).toBe(app.resolve(Log).clock);
  });
});

test("promise 6: a scope that is ending gives what it has built, though another scope was given that as a seed", async () => {
  @singleton()
  class Clock {}
  const app = new Container();
  app.runInScopeSync(
    {
      seeds: [
        [Transaction, new Transaction()],
        [Clock, new Clock()],
      ],
    },
    () => {},
  );
  await app.runInScope((scope) => {
    const built = [scope.resolve(Transaction), scope.resolve(Clock)];
    scope.defer(() => {
      expect(scope.resolve(Transaction)).toBe(built[0]);
      expect(scope.resolve(Clock)).toBe(built[1]);
    });
  });
});

describe("an override", () => {
  class Fake extends Transaction {}

  test("lives as long as what the decorator declared", () => {
    const app = new Container();
    app.runInScopeSync((scope) => {
      scope.override(Transaction, { useFactory: () => new Fake() });
      expect(app.resolve(Orders).tx).toBeInstanceOf(Fake);
      expect(app.resolve(Orders).tx).toBe(app.resolve(Stock).tx);
    });
  });

  test("of a singleton is one for its scope and those nested in it", () => {
    @singleton()
    class Clock {}
    class FakeClock extends Clock {}
    const app = new Container();
    app.runInScopeSync((scope) => {
      scope.override(Clock, FakeClock);
      const fake = scope.resolve(Clock);
      expect(fake).toBeInstanceOf(FakeClock);
      expect(app.runInScopeSync((nested) => nested.resolve(Clock))).toBe(fake);
    });
    expect(app.resolve(Clock)).not.toBeInstanceOf(FakeClock);
  });

  test("of what is built in the scope is refused", () => {
    const app = new Container();
    app.runInScopeSync((scope) => {
      scope.resolve(Transaction);
      expect(() => scope.override(Transaction, Fake)).toThrow(ScopeStateError);
    });
  });

  test("of what something built in the scope holds is refused, though nobody registered that either", () => {
    class Name {}
    @contextScoped()
    class User {
      constructor(@inject(Name) readonly name: Name) {}
    }
    const app = new Container();
    app.runInScopeSync((scope) => {
      scope.resolve(User);
      expect(() => scope.override(Name, { useValue: {} })).toThrow("User, which is built already, holds it");
    });
  });
});

describe("what only a registration can give is refused", () => {
  test("a class to which another one answers", () => {
    class Repository {}
    @contextScoped({ token: Repository })
    class PgRepository extends Repository {}
    const app = new Container();
    const refused = {
      code: "ERR_AMBIT_REGISTRATION",
      message: expect.stringContaining("PgRepository is decorated with"),
    };
    app.runInScopeSync((scope) => {
      expect(() => scope.resolve(Repository)).toThrow(expect.objectContaining(refused));
      expect(() => scope.resolveAll(Repository)).toThrow(RegistrationError);
      app.register(Repository, { useToken: PgRepository });
      expect(scope.resolve(Repository)).toBe(scope.resolve(PgRepository));
    });
  });

  test("the same where it has a lifetime of its own, and a child container is asked", () => {
    @contextScoped()
    class Repository {}
    @contextScoped({ token: Repository })
    class PgRepository extends Repository {}
    const child = new Container().createChildContainer();
    child.runInScopeSync((scope) => {
      expect(() => scope.resolve(Repository)).toThrow(RegistrationError);
      expect(scope.resolve(PgRepository)).toBeInstanceOf(PgRepository);
    });
  });

  test("the same, with @injectable({ token })", () => {
    class Plugin {}
    @injectable({ token: [Plugin, "plugin"] })
    class Spelling extends Plugin {}
    expect(() => new Container().resolve(Plugin)).toThrow("Spelling is decorated with { token: Plugin }");
    expect(new Container().resolve(Spelling)).toBeInstanceOf(Spelling);
  });

  test("what is eager", () => {
    @threadScoped({ eager: true })
    class Pool {}
    const app = new Container();
    expect(() => app.resolve(Pool)).toThrow("its decorator says eager");
    expect(app.diagnose(Pool).map(({ id }) => id)).toEqual(["registration: Pool"]);
    app.register(Pool, Pool, { lifecycle: Lifecycle.ThreadScoped, eager: true });
    expect(app.resolve(Pool)).toBe(app.resolve(Pool));
  });
});

test("explain says that nobody registered it, and where the lifetime comes from", () => {
  @singleton()
  class Clock {}
  expect(new Container().explain(Clock).toString().split("\n")).toEqual([
    "Clock is singleton.",
    "  Nobody registered it: a class is there without being registered. Its decorator says how long it lives.",
    "  A singleton: one for the root container, until that is disposed.",
  ]);
});

test("a graph shows it once, with its lifetime, though parent and child both lead to it", () => {
  const root = new Container().register(Orders, Orders);
  const child = root.createChildContainer().register(Stock, Stock);
  const nodes = child.graph(Transaction).nodes.filter(({ name }) => name === "Transaction");
  expect(nodes.map(({ id, lifetime }) => [id, lifetime])).toEqual([["Transaction", "context-scoped"]]);
});

test("recorded edges lead to it", () => {
  const app = new Container().recordEdges();
  app.register("job", { useFactory: (asks) => asks.resolve(Transaction) }, { lifecycle: Lifecycle.Singleton });
  app.runInScopeSync(() => expect(() => app.resolve("job")).toThrow(CaptiveDependencyError));
  expect(app.diagnose().map(({ kind }) => kind)).toEqual(["captive"]);
});
