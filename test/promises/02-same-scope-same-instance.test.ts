/**
 * Promise 2: the same scope gives the same instance, under any concurrency; two scopes never share a context-lived one.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { AsyncDependencyError, Container, dep, Lifecycle, type Ref } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const context = { lifecycle: Lifecycle.ContextScoped } as const;

test("2: one scope gives one instance to everyone who asks", async () => {
  class Session {}
  class Service {
    constructor(readonly session: Session) {}
  }
  class Cache {
    constructor(readonly session: Ref<Session>) {}
  }
  const container = new Container()
    .register(Session, Session, context)
    .register(Service, { useClass: Service, deps: [Session] })
    .register(Cache, { useClass: Cache, deps: [dep.ref(Session)] }, { lifecycle: Lifecycle.Singleton });
  await container.runInScope(async (scope) => {
    const asked = [
      scope.resolve(Session),
      container.resolve(Session),
      scope.resolve(Service).session,
      container.resolve(Cache).session.get(),
      await scope.resolveAsync(Session),
      await container.resolveAsync(Session),
      scope.resolveAll(Session)[0],
      scope.tryResolve(Session),
    ];
    expect(new Set(asked).size).toBe(1);
  });
});

test("2: a hundred concurrent scopes have a hundred instances, each its own after every await", async () => {
  class Session {}
  const container = new Container().register(Session, Session, context);
  const work = async () => {
    const first = container.resolve(Session);
    for (let turn = 0; turn < 5; turn++) {
      await nextTurn();
      expect(container.resolve(Session)).toBe(first);
    }
    return first;
  };
  const sessions = await Promise.all(Array.from({ length: 100 }, () => container.runInScope(work)));
  expect(new Set(sessions).size).toBe(100);
});

test("2: a nested scope has an instance of its own, and its parent keeps the one it had", async () => {
  class Session {}
  const container = new Container().register(Session, Session, context);
  await container.runInScope(async (outer) => {
    const own = outer.resolve(Session);
    await container.runInScope((inner) => {
      expect(inner.resolve(Session)).not.toBe(own);
      expect(container.resolve(Session)).toBe(inner.resolve(Session));
      expect(outer.resolve(Session)).toBe(own);
    });
    expect(container.resolve(Session)).toBe(own);
  });
});

test("2: an async factory that many ask for at once runs once in each scope", async () => {
  let built = 0;
  const container = new Container().register(
    "session",
    { useAsyncFactory: async () => ({ number: ++built }) },
    context,
  );
  const inOneScope = () =>
    container.runInScope(() => Promise.all([1, 2, 3].map(() => container.resolveAsync("session"))));
  const [one, other] = await Promise.all([inOneScope(), inOneScope()]);
  expect(built).toBe(2);
  expect([new Set(one).size, new Set(other).size]).toEqual([1, 1]);
  expect(one[0]).not.toBe(other[0]);
});

test("2: a synchronous resolve beside a build under way is refused instead of building a second instance", async () => {
  class Session {
    constructor(readonly user: unknown) {}
  }
  const user = deferred<string>();
  const container = new Container()
    .register("user", { useAsyncFactory: () => user.promise }, context)
    .register(Session, { useClass: Session, deps: ["user"] }, context);
  await container.runInScope(async (scope) => {
    const session = scope.resolveAsync(Session);
    expect(() => scope.resolve(Session)).toThrow(AsyncDependencyError);
    user.resolve("ada");
    expect(await session).toBe(scope.resolve(Session));
  });
});

test.each([
  ["context-lived", context],
  ["singleton", { lifecycle: Lifecycle.Singleton }],
])("2: a %s instance under way stays the only one, at whichever moment others ask and register", async (_, options) => {
  class Session {
    constructor(readonly user: unknown) {}
  }
  const user = deferred<string>();
  const container = new Container()
    .register("user", { useAsyncFactory: () => user.promise }, options)
    .register(Session, { useClass: Session, deps: ["user"] }, options);
  await container.runInScope(async (scope) => {
    const seen = new Set<Session>();
    const refused: unknown[] = [];
    const asked = scope.resolveAsync(Session).then((session) => seen.add(session));
    user.resolve("ada");
    for (let microtask = 0; microtask < 40; microtask++) {
      container.register("unrelated", { useValue: microtask });
      try {
        seen.add(scope.resolve(Session));
      } catch (error) {
        refused.push(error);
      }
      await Promise.resolve();
    }
    await asked;
    seen.add(scope.resolve(Session));
    expect(seen.size).toBe(1);
    expect(new Set(refused.map((error) => (error as Error).constructor))).toEqual(new Set([AsyncDependencyError]));
  });
});

test("2: a registration made meanwhile gives an open scope no second instance", async () => {
  class Session {}
  const container = new Container().register(Session, Session, context);
  await container.runInScope((scope) => {
    const session = scope.resolve(Session);
    container.register("unrelated", { useValue: 1 });
    expect(scope.resolve(Session)).toBe(session);
  });
});

test("2: a constructor that asks its container gets from the scope it is built for, whatever the current one is", async () => {
  class User {}
  class Service {
    readonly user = container.resolve(User);
  }
  const container: Container = new Container().register(User, User, context).register(Service, Service, context);
  const own = container.createScope();
  await container.runInScope(() => {
    expect(own.resolve(Service).user).toBe(own.resolve(User));
  });
  await own.close();
});

test("2: a constructor that had to wait for its arguments asks from the scope it is built for, too", async () => {
  class User {}
  class Service {
    readonly user = container.resolve(User);
    constructor(readonly settings: unknown) {}
  }
  const container: Container = new Container()
    .register(User, User, context)
    .register("settings", { useAsyncFactory: async () => "settings" }, context)
    .register(Service, { useClass: Service, deps: ["settings"] }, context);
  const own = container.createScope();
  await container.runInScope(async () => {
    const { user } = await own.resolveAsync(Service);
    expect(user).toBe(own.resolve(User));
  });
  await own.close();
});

test("2: a named instance that had to wait for its arguments asks from its own scope, not the one that asked for it", async () => {
  class User {}
  class Connection {
    readonly user = container.resolve(User);
    constructor(readonly settings: unknown) {}
  }
  const named = { ...context, scopeName: "connection" } as const;
  const container: Container = new Container()
    .register(User, User, named)
    .register("settings", { useAsyncFactory: async () => "settings" }, named)
    .register(Connection, { useClass: Connection, deps: ["settings"] }, named);
  const outer = container.createScope({ name: "connection" });
  const between = container.createScope({ name: "connection", parent: outer });
  const inner = container.createScope({ parent: between });
  const { user } = await inner.resolveAsync(Connection);
  expect(user).toBe(between.resolve(User));
  expect(user).not.toBe(outer.resolve(User));
  await outer.close();
});
