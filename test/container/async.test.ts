/** resolveAsync: one flight per instance and scope, no rejection kept, no hang. */
import {
  type AmbitError,
  AsyncDependencyError,
  CaptiveDependencyError,
  Container,
  CyclicDependencyError,
  currentScope,
  type DependencyContainer,
  Lifecycle,
  type Scope,
} from "ambit";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { countAlive } from "../support/gc.js";

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const singleton = { lifecycle: Lifecycle.Singleton } as const;
const transient = { lifecycle: Lifecycle.Transient } as const;
const thread = { lifecycle: Lifecycle.ThreadScoped } as const;

const everyShared = [
  ["context-scoped", context],
  ["singleton", singleton],
  ["thread-scoped", thread],
  ["container-scoped", { lifecycle: Lifecycle.ContainerScoped }],
] as const;

/** What the promise does within a few turns of the event loop; a hang is an answer, too. */
async function soon(promise: Promise<unknown>): Promise<unknown> {
  const settled = promise.then(
    () => "resolved",
    (error: unknown) => error,
  );
  const late = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    return "hangs";
  };
  return Promise.race([settled, late()]);
}

describe.each(everyShared)("one flight of a %s instance", (_, options) => {
  test("is shared by all who ask while it is under way, and the instance by all who ask after", async () => {
    let started = 0;
    const ready = deferred();
    const useAsyncFactory = async () => {
      started++;
      await ready.promise;
      return {};
    };
    const container = new Container().register("shared", { useAsyncFactory }, options);
    await container.runInScope(async (scope) => {
      const asked = [scope.resolveAsync("shared"), container.resolveAsync("shared"), scope.resolveAsync("shared")];
      ready.resolve();
      const instances = new Set(await Promise.all(asked));
      instances.add(await scope.resolveAsync("shared"));
      instances.add(scope.resolve("shared"));
      expect(instances.size).toBe(1);
      expect(started).toBe(1);
    });
  });

  test("is shared by those who need it for something else", async () => {
    let started = 0;
    const ready = deferred();
    const useAsyncFactory = async () => {
      started++;
      await ready.promise;
      return {};
    };
    const container = new Container().register("shared", { useAsyncFactory }, options);
    for (const name of ["one", "other"]) {
      container.register(name, { useFactory: (shared: unknown) => ({ shared }), deps: ["shared"] }, transient);
    }
    await container.runInScope(async (scope) => {
      const both = Promise.all(["one", "other"].map((name) => scope.resolveAsync<{ shared: unknown }>(name)));
      ready.resolve();
      const [one, other] = await both;
      expect(one?.shared).toBe(other?.shared);
      expect(started).toBe(1);
    });
  });

  test("that fails rejects all who wait, is not kept, and the next one tries again", async () => {
    let started = 0;
    const first = deferred<string>();
    const useAsyncFactory = () => (++started === 1 ? first.promise : Promise.resolve("built"));
    const container = new Container().register("shared", { useAsyncFactory }, options);
    await container.runInScope(async (scope) => {
      const asked = Promise.allSettled([scope.resolveAsync("shared"), scope.resolveAsync("shared")]);
      const reason = new Error("no route to host");
      first.reject(reason);
      expect(await asked).toEqual([
        { status: "rejected", reason },
        { status: "rejected", reason },
      ]);
      expect(await scope.resolveAsync("shared")).toBe("built");
      expect(started).toBe(2);
    });
  });

  test("that throws at once is not kept either", async () => {
    let started = 0;
    const useAsyncFactory = () => {
      if (++started === 1) throw new Error("at once");
      return Promise.resolve("built");
    };
    const container = new Container().register("shared", { useAsyncFactory }, options);
    await container.runInScope(async (scope) => {
      await expect(scope.resolveAsync("shared")).rejects.toThrow("at once");
      expect(await scope.resolveAsync("shared")).toBe("built");
    });
  });

  test("is not joined by a synchronous resolve, which says what to write", async () => {
    const ready = deferred<string>();
    const container = new Container().register("shared", { useAsyncFactory: () => ready.promise }, options);
    await container.runInScope(async (scope) => {
      const asked = scope.resolveAsync("shared");
      expect(() => scope.resolve("shared")).toThrow(AsyncDependencyError);
      expect(() => scope.resolve("shared")).toThrow("await resolveAsync(...) instead of resolve(...)");
      ready.resolve("built");
      expect(await asked).toBe("built");
      expect(scope.resolve("shared")).toBe("built");
    });
  });

  test("that waits for itself is a cycle, not a hang", async () => {
    const container = new Container().register(
      "self",
      {
        async useAsyncFactory(asked) {
          await Promise.resolve();
          return asked.resolveAsync("self");
        },
      },
      options,
    );
    await container.runInScope(async (scope) => {
      expect(await soon(scope.resolveAsync("self"))).toBeInstanceOf(CyclicDependencyError);
    });
  });
});

test("each transient asked for is a flight of its own", async () => {
  let started = 0;
  const container = new Container().register(
    "each",
    { useAsyncFactory: async () => ({ number: ++started }) },
    transient,
  );
  const [one, other] = await Promise.all([container.resolveAsync("each"), container.resolveAsync("each")]);
  expect(one).not.toBe(other);
  expect(started).toBe(2);
});

test("within one resolution a resolution-scoped instance is one flight, in the next another", async () => {
  let started = 0;
  const container = new Container()
    .register(
      "shared",
      { useAsyncFactory: async () => ({ number: ++started }) },
      { lifecycle: Lifecycle.ResolutionScoped },
    )
    .register("pair", { useFactory: (one: unknown, other: unknown) => [one, other], deps: ["shared", "shared"] });
  const [one, other] = await container.resolveAsync<unknown[]>("pair");
  expect(one).toBe(other);
  const [next] = await container.resolveAsync<unknown[]>("pair");
  expect(next).not.toBe(one);
  expect(started).toBe(2);
});

test("flights of different scopes do not wait for each other", async () => {
  const ready = new Map([
    ["slow", deferred<string>()],
    ["quick", deferred<string>()],
  ]);
  const container = new Container().register(
    "user",
    { useAsyncFactory: (_, scope) => ready.get(scope?.name as string)?.promise as Promise<string> },
    context,
  );
  const [slow, quick] = [container.createScope({ name: "slow" }), container.createScope({ name: "quick" })];
  const slowly = slow.resolveAsync("user");
  ready.get("quick")?.resolve("of the quick scope");
  expect(await quick.resolveAsync("user")).toBe("of the quick scope");
  ready.get("slow")?.resolve("of the slow scope");
  expect(await slowly).toBe("of the slow scope");
  await Promise.all([slow.close(), quick.close()]);
});

test("flights of different instances in one scope run side by side", async () => {
  const log: string[] = [];
  const gates = { a: deferred(), b: deferred() };
  const build = (name: "a" | "b") => ({
    async useAsyncFactory() {
      log.push(`${name} begins`);
      await gates[name].promise;
      log.push(`${name} ends`);
      return name;
    },
  });
  const container = new Container()
    .register("a", build("a"), context)
    .register("b", build("b"), context)
    .register("both", { useFactory: (a: unknown, b: unknown) => [a, b], deps: ["a", "b"] });
  await container.runInScope(async (scope) => {
    const both = scope.resolveAsync("both");
    expect(log).toEqual(["a begins", "b begins"]);
    gates.b.resolve();
    await new Promise(setImmediate);
    gates.a.resolve();
    expect(await both).toEqual(["a", "b"]);
  });
  expect(log).toEqual(["a begins", "b begins", "b ends", "a ends"]);
});

test("when one of two dependencies fails, the other is finished, kept and owned all the same", async () => {
  let ended = 0;
  const ready = deferred();
  const container = new Container()
    .register("failing", { useAsyncFactory: () => Promise.reject(new Error("no")) }, context)
    .register("slow", { useAsyncFactory: () => ready.promise.then(() => ({ dispose: () => void ended++ })) }, context)
    .register("both", { useFactory: () => "both", deps: ["slow", "failing"] });
  await container.runInScope(async (scope) => {
    await expect(scope.resolveAsync("both")).rejects.toThrow("no");
    const slow = scope.resolveAsync("slow");
    ready.resolve();
    expect(await slow).toBe(scope.resolve("slow"));
  });
  expect(ended).toBe(1);
});

test("a failure that nobody waits for any more is no unhandled rejection", async () => {
  const failing = deferred();
  const container = new Container()
    .register("failing", { useAsyncFactory: () => failing.promise }, context)
    .register("first", { useAsyncFactory: () => Promise.reject(new Error("first")) }, context)
    .register("both", { useFactory: () => "both", deps: ["first", "failing"] });
  await container.runInScope(async (scope) => {
    await expect(scope.resolveAsync("both")).rejects.toThrow("first");
    failing.reject(new Error("second"));
    await new Promise(setImmediate);
  });
});

describe("cycles of flights that wait for each other", () => {
  /** Two that ask for each other after an await, each the way `ask` does it. */
  function circular(
    ask: (token: string, container: DependencyContainer, scope?: Scope) => Promise<unknown>,
    options = {},
  ): Container {
    const needing = (other: string) => ({
      async useAsyncFactory(asked: DependencyContainer, scope?: Scope) {
        await Promise.resolve();
        return { other: await ask(other, asked, scope) };
      },
    });
    return new Container()
      .register("a", needing("b"), { ...context, ...options })
      .register("b", needing("a"), { ...context, ...options });
  }

  test("are found, entered from one end", async () => {
    await circular((token, container) => container.resolveAsync(token)).runInScope(async (scope) => {
      expect(await soon(scope.resolveAsync("a"))).toBeInstanceOf(CyclicDependencyError);
    });
  });

  test("are found, entered from both ends at once", async () => {
    await circular((token, container) => container.resolveAsync(token)).runInScope(async (scope) => {
      const [a, b] = await Promise.all([soon(scope.resolveAsync("a")), soon(scope.resolveAsync("b"))]);
      expect([a, b]).toEqual([expect.any(CyclicDependencyError), expect.any(CyclicDependencyError)]);
    });
  });

  test("are found through a third, and a fourth", async () => {
    const names = ["a", "b", "c", "d"];
    const container = new Container();
    for (const [index, name] of names.entries()) {
      const next = names[(index + 1) % names.length];
      const useAsyncFactory = async (asked: DependencyContainer) => {
        await Promise.resolve();
        return { next: await asked.resolveAsync(next) };
      };
      container.register(name, { useAsyncFactory }, context);
    }
    await container.runInScope(async (scope) => {
      const all = await Promise.all(names.map((name) => soon(scope.resolveAsync(name))));
      expect(new Set(all.map((error) => (error as Error).constructor))).toEqual(new Set([CyclicDependencyError]));
    });
  });

  test("are found where the factories ask their scope", async () => {
    const container = circular((token, _, scope) => (scope as Scope).resolveAsync(token));
    await container.runInScope(async (scope) => {
      expect(await soon(scope.resolveAsync("a"))).toBeInstanceOf(CyclicDependencyError);
    });
  });

  test("are found among singletons", async () => {
    const container = circular((token, asked) => asked.resolveAsync(token), singleton);
    expect(await soon(container.resolveAsync("a"))).toBeInstanceOf(CyclicDependencyError);
  });

  test("are found through a container of another family", async () => {
    const [mine, other] = [new Container(), new Container()];
    mine.register("mine", { useAsyncFactory: async () => ({ other: await other.resolveAsync("other") }) }, singleton);
    other.register("other", { useAsyncFactory: async () => ({ mine: await mine.resolveAsync("mine") }) }, singleton);
    expect(await soon(mine.resolveAsync("mine"))).toBeInstanceOf(CyclicDependencyError);
  });

  test("are found through a scope that a factory opens", async () => {
    const container: Container = new Container().register(
      "cache",
      {
        async useAsyncFactory(asked) {
          await Promise.resolve();
          return asked.runInScope(() => asked.resolveAsync("cache"));
        },
      },
      singleton,
    );
    expect(await soon(container.resolveAsync("cache"))).toBeInstanceOf(CyclicDependencyError);
  });

  test("are found through a Context that a factory copies, and a scope that it runs in", async () => {
    const container: Container = new Container();
    const scope = container.createScope();
    container.register(
      "cache",
      {
        async useAsyncFactory() {
          await Promise.resolve();
          return scope.run(() => scope.resolveAsync("cache"));
        },
      },
      singleton,
    );
    expect(await soon(container.resolveAsync("cache"))).toBeInstanceOf(CyclicDependencyError);
    await scope.close();
  });

  test("are found through what a resolution shares", async () => {
    const container = new Container()
      .register(
        "shared",
        {
          async useAsyncFactory(asked) {
            await Promise.resolve();
            return { kept: await asked.resolveAsync("kept") };
          },
        },
        { lifecycle: Lifecycle.ResolutionScoped },
      )
      .register("each", { useFactory: (shared) => ({ shared }), deps: ["shared"] })
      .register("kept", { useFactory: (shared) => ({ shared }), deps: ["shared"] }, context)
      .register("both", { useFactory: (each, kept) => ({ each, kept }), deps: ["each", "kept"] });
    await container.runInScope(async (scope) => {
      const error = await soon(scope.resolveAsync("both"));
      expect(error).toBeInstanceOf(CyclicDependencyError);
      expect((error as CyclicDependencyError).message).toContain("it needs itself (kept -> shared -> kept)");
    });
  });

  test.each([
    ["at once", 0],
    ["after an await", 1],
  ])("are found among what is built anew for each, asked for %s", async (_, pauses) => {
    let built = 0;
    const asking = (token: string) => ({
      async useAsyncFactory(asked: DependencyContainer) {
        if (++built > 2000) return "builds for ever";
        for (let pause = 0; pause < pauses; pause++) await Promise.resolve();
        return asked.resolveAsync(token);
      },
    });
    const container = new Container()
      .register("self", asking("self"), transient)
      .register("a", asking("b"), transient)
      .register("b", asking("a"), transient);
    await expect(container.resolveAsync("self")).rejects.toThrow("it needs itself (self -> self)");
    built = 0;
    await expect(container.resolveAsync("a")).rejects.toThrow(CyclicDependencyError);
  });

  test("are not seen where a factory goes down a tree", async () => {
    let level = 0;
    const useAsyncFactory = async (asked: DependencyContainer): Promise<number> =>
      ++level < 100 ? asked.resolveAsync("node") : level;
    const container = new Container().register("node", { useAsyncFactory }, transient);
    expect(await container.resolveAsync("node")).toBe(100);
  });

  test("say the way around, and can be tried again after that", async () => {
    let broken = true;
    const container = new Container()
      .register("orders", { useAsyncFactory: async (asked) => ({ users: await asked.resolveAsync("users") }) }, context)
      .register(
        "users",
        {
          async useAsyncFactory(asked) {
            await Promise.resolve();
            return broken ? asked.resolveAsync("orders") : "users";
          },
        },
        context,
      );
    await container.runInScope(async (scope) => {
      await expect(scope.resolveAsync("orders")).rejects.toThrow("it needs itself (orders -> users -> orders)");
      broken = false;
      expect(await scope.resolveAsync("orders")).toEqual({ users: "users" });
    });
  });

  test("are not seen where two only wait for the same third", async () => {
    const ready = deferred<string>();
    const container = new Container()
      .register("third", { useAsyncFactory: () => ready.promise }, context)
      .register("a", { useAsyncFactory: async (asked) => ({ third: await asked.resolveAsync("third") }) }, context)
      .register(
        "b",
        {
          async useAsyncFactory(asked) {
            return { a: await asked.resolveAsync("a"), third: await asked.resolveAsync("third") };
          },
        },
        context,
      );
    await container.runInScope(async (scope) => {
      const both = Promise.all([scope.resolveAsync("b"), scope.resolveAsync("a")]);
      setImmediate(ready.resolve, "third");
      expect(await both).toEqual([{ a: { third: "third" }, third: "third" }, { third: "third" }]);
    });
  });

  test("are not seen where a factory asks again for what it has waited for before", async () => {
    const container = new Container().register("b", { useAsyncFactory: async () => "b" }, transient).register(
      "a",
      {
        async useAsyncFactory(asked) {
          return [await asked.resolveAsync("b"), await asked.resolveAsync("b")];
        },
      },
      context,
    );
    await container.runInScope(async (scope) => expect(await scope.resolveAsync("a")).toEqual(["b", "b"]));
  });

  test("are not seen between two scopes that build the same things", async () => {
    const container = new Container()
      .register("b", { useAsyncFactory: async () => ({}) }, context)
      .register("a", { useAsyncFactory: async (asked) => ({ b: await asked.resolveAsync("b") }) }, context);
    const ask = () => container.runInScope((scope) => scope.resolveAsync("a"));
    await expect(Promise.all([ask(), ask(), ask()])).resolves.toHaveLength(3);
  });
});

describe("an async factory that asks its container after an await", () => {
  class User {}

  test("finds its own scope, whichever is current where it was asked for", async () => {
    const container = new Container().register(User, User, context).register(
      "service",
      {
        async useAsyncFactory(asked) {
          await Promise.resolve();
          return { user: asked.resolve(User), again: await asked.resolveAsync(User) };
        },
      },
      context,
    );
    const own = container.createScope();
    await container.runInScope(async () => {
      const { user, again } = await own.resolveAsync<{ user: User; again: User }>("service");
      expect([user, again]).toEqual([own.resolve(User), own.resolve(User)]);
      expect(user).toBe(own.resolve(User));
      expect(again).toBe(own.resolve(User));
    });
    await own.close();
  });

  test("finds its own scope by the container that it closed over, too", async () => {
    const container: Container = new Container();
    container.register(User, User, context).register(
      "user",
      {
        async useAsyncFactory() {
          await Promise.resolve();
          return container.resolve(User);
        },
      },
      context,
    );
    const own = container.createScope();
    await container.runInScope(async () => expect(await own.resolveAsync("user")).toBe(own.resolve(User)));
    await own.close();
  });

  test("finds the scope of its name, and refuses what would be a second instance there", async () => {
    const container = new Container()
      .register(User, User, { ...context, scopeName: "connection" })
      .register("unnamed", { useFactory: () => ({}) }, context)
      .register(
        "connection",
        {
          async useAsyncFactory(asked) {
            await Promise.resolve();
            return {
              user: asked.resolve(User),
              refused: await asked.resolveAsync("unnamed").catch((error: unknown) => error),
            };
          },
        },
        { ...context, scopeName: "connection" },
      );
    const outer = container.createScope({ name: "connection" });
    await container.runInScope({ parent: outer }, async (inner) => {
      const connection = await inner.resolveAsync<{ user: User; refused: unknown }>("connection");
      expect(connection.user).toBe(outer.resolve(User));
      expect(connection.refused).toBeInstanceOf(CaptiveDependencyError);
    });
    await outer.close();
  });

  test("is given that scope, and has it as the current one", async () => {
    const seen: unknown[] = [];
    const container = new Container().register(
      "service",
      {
        async useAsyncFactory(_, scope) {
          seen.push(scope, currentScope());
          await Promise.resolve();
          seen.push(currentScope());
        },
      },
      context,
    );
    const own = container.createScope();
    await container.runInScope(() => own.resolveAsync("service"));
    expect(seen.map((scope) => scope === own)).toEqual([true, true, true]);
    await own.close();
  });

  test("that is a transient outside of every scope finds the scope of another family that it was asked in", async () => {
    const other = new Container().register(User, User, context);
    const container = new Container().register(
      "user",
      {
        async useAsyncFactory() {
          await Promise.resolve();
          return other.resolve(User);
        },
      },
      transient,
    );
    await other.runInScope(async (scope) => {
      expect(await container.resolveAsync("user")).toBe(scope.resolve(User));
    });
  });

  test("may go on with a scope of its own, whose instances are that scope's", async () => {
    const container = new Container().register(User, User, context).register(
      "report",
      {
        useAsyncFactory: (asked) =>
          asked.runInScope(async (inner) => {
            await Promise.resolve();
            return { same: asked.resolve(User) === inner.resolve(User), parent: inner.parent };
          }),
      },
      context,
    );
    await container.runInScope(async (scope) => {
      expect(await scope.resolveAsync("report")).toEqual({ same: true, parent: scope });
    });
  });

  test("leaves work behind that asks in its scope, when it has long been built", async () => {
    const gate = deferred();
    let later: Promise<unknown> | undefined;
    const container = new Container().register(User, User, context).register(
      "service",
      {
        async useAsyncFactory(asked) {
          later = gate.promise.then(() => asked.resolve(User));
          return "service";
        },
      },
      context,
    );
    const own = container.createScope();
    await container.runInScope(() => own.resolveAsync("service"));
    gate.resolve();
    expect(await later).toBe(own.resolve(User));
    await own.close();
  });
});

test.each([
  ["singleton", singleton],
  ["thread-scoped", thread],
])(
  "requests that share one flight of a %s each go on in their own scope, and the build in none",
  async (_, options) => {
    class User {}
    const gate = deferred<void>();
    const seenByTheBuild: unknown[] = [];
    const container = new Container().register(User, User, context).register(
      "shared",
      {
        async useAsyncFactory(asked) {
          await gate.promise;
          seenByTheBuild.push(currentScope());
          expect(() => asked.resolve(User)).toThrow(CaptiveDependencyError);
          return {};
        },
      },
      options,
    );
    const request = () =>
      container.runInScope(async (scope) => {
        const shared = await container.resolveAsync("shared");
        return { shared, isOwn: container.resolve(User) === scope.resolve(User), user: scope.resolve(User) };
      });
    const requests = [request(), request(), request()];
    gate.resolve();
    const ends = await Promise.all(requests);
    expect(seenByTheBuild).toEqual([undefined]);
    expect(new Set(ends.map(({ shared }) => shared)).size).toBe(1);
    expect(ends.map(({ isOwn }) => isOwn)).toEqual([true, true, true]);
    expect(new Set(ends.map(({ user }) => user)).size).toBe(3);
  },
);

test("work that the factory of a named lifetime leaves behind may ask for an unnamed one, which nobody holds", async () => {
  const gate = deferred();
  let later: Promise<unknown> | undefined;
  const container = new Container().register("user", { useFactory: () => ({}) }, context).register(
    "connection",
    {
      async useAsyncFactory(asked) {
        later = gate.promise.then(() => asked.resolve("user"));
        return "connection";
      },
    },
    { ...context, scopeName: "connection" },
  );
  await container.runInScope({ name: "connection" }, async (scope) => {
    await scope.resolveAsync("connection");
    gate.resolve();
    expect(await later).toBe(scope.resolve("user"));
  });
});

test("resolveAsync builds a graph that has nothing async in it, too", async () => {
  class Clock {}
  const container = new Container();
  expect(await container.resolveAsync(Clock)).toBeInstanceOf(Clock);
});

test("resolveAsync never throws: what is wrong with the token rejects", async () => {
  const container = new Container();
  await expect(container.resolveAsync("nobody registered this")).rejects.toThrow("unregistered dependency token");
  const scope = container.createScope();
  await expect(scope.resolveAsync("nobody registered this")).rejects.toThrow("unregistered dependency token");
  await scope.close();
});

test("once it is built, resolve gives what was built asynchronously, and what needs it is built without waiting", async () => {
  const container = new Container()
    .register("pool", { useAsyncFactory: async () => "pool" }, singleton)
    .register("repository", { useFactory: (pool: unknown) => `repository on ${String(pool)}`, deps: ["pool"] });
  expect(() => container.resolve("repository")).toThrow(AsyncDependencyError);
  await container.resolveAsync("pool");
  expect(container.resolve("repository")).toBe("repository on pool");
});

test("the error of a synchronous resolve draws the way to what is async", () => {
  const container = new Container()
    .register("pool", { useAsyncFactory: async () => "pool" }, singleton)
    .register("repository", { useFactory: (pool: unknown) => pool, deps: ["pool"] });
  expect(() => container.resolve("repository")).toThrowErrorMatchingInlineSnapshot(`
    [AsyncDependencyError: Cannot inject the dependency at position #0 of the provider of "repository". Reason:
        Cannot resolve pool synchronously: its provider is async and it is not built yet.
      repository   transient
      pool         singleton   dependency #0
    Fix: await resolveAsync(...) instead of resolve(...), or resolve it once with resolveAsync at start-up.]
  `);
});

test("two that wait for the same failure are told of it each with its own way to it", async () => {
  const container = new Container()
    .register("pool", { useAsyncFactory: (asked) => asked.resolveAsync("nobody registered this") }, context)
    .register("orders", { useFactory: (pool: unknown) => pool, deps: ["pool"] })
    .register("users", { useFactory: (pool: unknown) => pool, deps: ["pool"] });
  await container.runInScope(async (scope) => {
    const both = ["orders", "users"].map((token) => scope.resolveAsync(token).catch((error: AmbitError) => error.path));
    const [orders, users] = (await Promise.all(both)) as AmbitError["path"][];
    expect(orders?.map(({ name }) => name)).toEqual(["orders", "pool", "nobody registered this"]);
    expect(users?.map(({ name }) => name)).toEqual(["users", "pool", "nobody registered this"]);
  });
});

test("what a user's factory throws reaches everyone who waits as the very same object", async () => {
  const error = new Error("mine");
  const container = new Container().register("pool", { useAsyncFactory: () => Promise.reject(error) }, context);
  await container.runInScope(async (scope) => {
    const reasons = await Promise.all([1, 2].map(() => scope.resolveAsync("pool").catch((reason: unknown) => reason)));
    expect(reasons.map((reason) => reason === error)).toEqual([true, true]);
  });
});

test("a timer that an async factory began keeps neither the instance nor its scope's others", async () => {
  const timers: NodeJS.Timeout[] = [];
  class Big {
    readonly bytes = new Uint8Array(1_000);
  }
  const container = new Container().register(Big, Big, context).register(
    "service",
    {
      async useAsyncFactory(asked) {
        timers.push(setTimeout(() => {}, 60_000));
        await Promise.resolve();
        return { big: asked.resolve(Big) };
      },
    },
    context,
  );
  const refs: WeakRef<object>[] = [];
  for (let request = 0; request < 50; request++) {
    await container.runInScope(async (scope) => {
      const service = await scope.resolveAsync<{ big: Big }>("service");
      refs.push(new WeakRef(service), new WeakRef(service.big));
    });
  }
  expect(await countAlive(refs)).toBe(0);
  for (const timer of timers) clearTimeout(timer);
});
