/**
 * Promise 8: the longer-lived never holds the shorter-lived. It is a `CaptiveDependencyError` when the plan is made, before
 * anything is constructed; through factories that cannot be seen through, when they ask.
 */
import {
  CaptiveDependencyError,
  Container,
  type DependencyContainer,
  dep,
  inject,
  Lifecycle,
  type Ref,
  singleton,
} from "ambit";
import { describe, expect, test } from "vitest";

class User {}
const context = { lifecycle: Lifecycle.ContextScoped } as const;
const named = { lifecycle: Lifecycle.ContextScoped, scopeName: "connection" } as const;

/** Everything that outlives a scope. */
const longLived = [
  ["a singleton", Lifecycle.Singleton],
  ["a container-scoped", Lifecycle.ContainerScoped],
  ["a thread-scoped", Lifecycle.ThreadScoped],
] as const;

test.each(longLived)(
  "8: %s that needs a context-lived instance is refused before anything is constructed",
  (_, lifecycle) => {
    let constructed = 0;
    class Counted {
      readonly number = ++constructed;
    }
    class Cache {
      constructor(
        readonly counted: Counted,
        readonly user: User,
      ) {}
    }
    const container = new Container()
      .register(User, User, context)
      .register(Cache, { useClass: Cache, deps: [Counted, User] }, { lifecycle });
    container.runInScopeSync(() => expect(() => container.resolve(Cache)).toThrow(CaptiveDependencyError));
    expect(constructed).toBe(0);
  },
);

test("8: it is refused through whatever lies in between", () => {
  class Repository {
    constructor(readonly user: User) {}
  }
  const container = new Container()
    .register(User, User, context)
    .register("repository", { useClass: Repository, deps: [User] })
    .register("alias", { useToken: "repository" })
    .register(
      "cache",
      { useFactory: (all: unknown) => all, deps: [dep.all("alias")] },
      { lifecycle: Lifecycle.Singleton },
    );
  container.runInScopeSync((scope) => expect(() => scope.resolve("cache")).toThrow(CaptiveDependencyError));
});

test("8: it is refused where a class says it with decorators", () => {
  class Request {}
  @singleton()
  class Cache {
    constructor(@inject(Request) readonly request: Request) {}
  }
  const container = new Container()
    .register(Request, Request, context)
    .register("cache", Cache, { lifecycle: Lifecycle.Singleton });
  container.runInScopeSync(() => expect(() => container.resolve("cache")).toThrow(CaptiveDependencyError));
});

test("8: it is refused asynchronously, too", async () => {
  const container = new Container()
    .register("user", { useAsyncFactory: async () => "ada" }, context)
    .register(
      "cache",
      { useAsyncFactory: async (user: unknown) => user, deps: ["user"] },
      { lifecycle: Lifecycle.Singleton },
    );
  await container.runInScope((scope) => expect(scope.resolveAsync("cache")).rejects.toThrow(CaptiveDependencyError));
});

test.each(longLived)(
  "8: the factory of %s that asks for a context-lived instance is refused when it asks",
  (_, lifecycle) => {
    const container = new Container()
      .register(User, User, context)
      .register("cache", { useFactory: (asked) => asked.resolve(User) }, { lifecycle });
    container.runInScopeSync(() => expect(() => container.resolve("cache")).toThrow(CaptiveDependencyError));
  },
);

test("8: a singleton's constructor that asks its container is refused, also for a built instance", () => {
  class Cache {
    readonly user = container.resolve(User);
  }
  const container: Container = new Container()
    .register(User, User, context)
    .register(Cache, Cache, { lifecycle: Lifecycle.Singleton });
  container.runInScopeSync(() => {
    container.resolve(User);
    expect(() => container.resolve(Cache)).toThrow(CaptiveDependencyError);
  });
});

test("8: what a singleton's factory builds on the way cannot ask for a context-lived instance either", () => {
  class Helper {
    readonly user = container.resolve(User);
  }
  const container: Container = new Container()
    .register(User, User, context)
    .register("cache", { useFactory: (asked) => asked.resolve(Helper) }, { lifecycle: Lifecycle.Singleton });
  container.runInScopeSync(() => expect(() => container.resolve("cache")).toThrow(CaptiveDependencyError));
});

test("8: a singleton's async factory is refused when it asks after an await", async () => {
  const container = new Container().register(User, User, context).register(
    "cache",
    {
      async useAsyncFactory(asked) {
        await Promise.resolve();
        return asked.resolve(User);
      },
    },
    { lifecycle: Lifecycle.Singleton },
  );
  await container.runInScope((scope) => expect(scope.resolveAsync("cache")).rejects.toThrow(CaptiveDependencyError));
});

test("8: a singleton's factory is refused when it asks asynchronously", async () => {
  let asking: Promise<unknown> | undefined;
  const container = new Container().register(User, User, context).register(
    "cache",
    {
      useFactory(asked) {
        asking = asked.resolveAsync(User);
        return "cache";
      },
    },
    { lifecycle: Lifecycle.Singleton },
  );
  await container.runInScope(async (scope) => {
    scope.resolve("cache");
    await expect(asking).rejects.toThrow(CaptiveDependencyError);
  });
});

test("8: a singleton's generator is refused when it asks", () => {
  const container = new Container().register(User, User, context).register(
    "cache",
    {
      *useGenerator(asked) {
        yield asked.resolve(User);
      },
    },
    { lifecycle: Lifecycle.Singleton },
  );
  container.runInScopeSync(() => expect(() => container.resolve("cache")).toThrow(CaptiveDependencyError));
});

test("8: a named lifetime that needs an unnamed one is refused: it would get a second, silent instance", () => {
  class Connection {
    constructor(readonly user: User) {}
  }
  const container = new Container()
    .register(User, User, context)
    .register(Connection, { useClass: Connection, deps: [User] }, named);
  const connection = container.createScope({ name: "connection" });
  expect(() => connection.resolve(Connection)).toThrow(CaptiveDependencyError);
  void connection.close();
});

test.each<[string, (container: Container) => unknown]>([
  [
    "constructor",
    (container) =>
      container.register(
        "held",
        class {
          readonly user = container.resolve(User);
        },
        named,
      ),
  ],
  ["factory", (container) => container.register("held", { useFactory: (asked) => asked.resolve(User) }, named)],
  [
    "generator",
    (container) =>
      container.register(
        "held",
        {
          *useGenerator(asked) {
            yield asked.resolve(User);
          },
        },
        named,
      ),
  ],
])("8: the %s of a named lifetime that asks for an unnamed one is refused", (_, register) => {
  const container = new Container().register(User, User, context);
  register(container);
  container.runInScopeSync({ name: "connection" }, () =>
    container.runInScopeSync((message) =>
      container.runInScopeSync({ parent: message }, () => {
        expect(() => container.resolve("held")).toThrow(CaptiveDependencyError);
      }),
    ),
  );
});

test("8: an async factory of a named lifetime that asks for an unnamed one is refused", async () => {
  const container = new Container().register(User, User, context).register(
    "held",
    {
      async useAsyncFactory(asked) {
        await Promise.resolve();
        return asked.resolveAsync(User);
      },
    },
    named,
  );
  const connection = container.createScope({ name: "connection" });
  await container.runInScope({ parent: connection }, (message) =>
    expect(message.resolveAsync("held")).rejects.toThrow(CaptiveDependencyError),
  );
  await connection.close();
});

describe.each([
  ["a singleton", { lifecycle: Lifecycle.Singleton }],
  ["a named lifetime", named],
] as const)("8: what %s is built from asynchronously cannot ask for a request's instance:", (_, options) => {
  const transient = { lifecycle: Lifecycle.Transient } as const;

  /** What the provider gives in a message of a connection. A "helper" asks for the request's user. */
  async function give(provider: object): Promise<unknown> {
    const container: Container = new Container()
      .register(User, User, context)
      .register("helper", { useFactory: () => container.resolve(User) })
      .register("waiting", { useAsyncFactory: async () => "waiting" }, transient)
      .register("helper that waits", { useFactory: () => container.resolve(User), deps: ["waiting"] })
      .register("held", provider as { useFactory(): unknown }, options);
    const connection = container.createScope({ name: "connection" });
    try {
      return await container.runInScope({ parent: connection }, (message) => message.resolveAsync("held"));
    } finally {
      await connection.close();
    }
  }

  type Ask = (asked: DependencyContainer) => unknown;
  const later = (ask: Ask) => async (asked: DependencyContainer) => {
    await Promise.resolve();
    return ask(asked);
  };
  const resolve: Ask = (asked) => asked.resolve("helper");
  const resolveAsync: Ask = (asked) => asked.resolveAsync("helper");

  test.each([
    ["an async factory, which asks at once", { useAsyncFactory: async (asked: DependencyContainer) => resolve(asked) }],
    ["an async factory, which asks after an await", { useAsyncFactory: later(resolve) }],
    ["an async factory, which asks asynchronously", { useAsyncFactory: later(resolveAsync) }],
    ["a parameter beside what is waited for", { useFactory: () => "held", deps: ["waiting", "helper"] }],
    ["a parameter that waits", { useFactory: () => "held", deps: ["helper that waits"] }],
  ])("%s", async (_what, provider) => {
    await expect(give(provider)).rejects.toThrow(CaptiveDependencyError);
  });

  test("a factory, which asks asynchronously", async () => {
    const held = await give({ useFactory: (asked: DependencyContainer) => ({ asking: resolveAsync(asked) }) });
    await expect((held as { asking: Promise<unknown> }).asking).rejects.toThrow(CaptiveDependencyError);
  });
});

test("8: a singleton cannot hold a scope", () => {
  const container = new Container().register(
    "cache",
    { useFactory: (scope: unknown) => scope, deps: ["seed"] },
    { lifecycle: Lifecycle.Singleton },
  );
  container.register("seed", { useSeed: true });
  container.runInScopeSync({ seeds: [["seed", 1]] }, (scope) =>
    expect(() => scope.resolve("cache")).toThrow(CaptiveDependencyError),
  );
});

test("8: a singleton may take a ref, which finds the instance of each scope", async () => {
  class Cache {
    constructor(readonly user: Ref<User>) {}
  }
  const container = new Container()
    .register(User, User, context)
    .register(Cache, { useClass: Cache, deps: [dep.ref(User)] }, { lifecycle: Lifecycle.Singleton });
  const ask = () => container.runInScope(() => container.resolve(Cache).user.get());
  expect(await ask()).not.toBe(await ask());
});

test("8: the error draws the way from holder to held, and says what to write instead", () => {
  class Transaction {}
  class Repository {
    constructor(readonly tx: Transaction) {}
  }
  class PriceCache {
    constructor(readonly repository: Repository) {}
  }
  const container = new Container()
    .register(Transaction, Transaction, context)
    .register(Repository, { useClass: Repository, deps: [Transaction] })
    .register(PriceCache, { useClass: PriceCache, deps: [Repository] }, { lifecycle: Lifecycle.Singleton });
  expect(() => container.resolve(PriceCache)).toThrowErrorMatchingInlineSnapshot(`
    [CaptiveDependencyError: Cannot inject context-scoped Transaction into singleton PriceCache: it would keep the first one's Transaction for all that come later.
      PriceCache    singleton
      Repository    transient        dependency #0
      Transaction   context-scoped   dependency #0
    Fix: make PriceCache context-scoped, or take @injectRef(Transaction) and call get() each time it is needed.]
  `);
});
