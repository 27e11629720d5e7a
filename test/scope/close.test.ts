/** Closing: states, nested scopes, closing from inside, and while something is under way. */
import { Container, currentScope, Lifecycle, type Scope, ScopeClosedError } from "ambit";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const context = { lifecycle: Lifecycle.ContextScoped } as const;

test("a scope is open, closing from the call of close on, and closed when the last disposer has settled", async () => {
  const gate = deferred();
  const scope = new Container().createScope();
  const states = [scope.state];
  scope.defer(() => states.push(scope.state));
  scope.defer(() => gate.promise);
  const closed = scope.close();
  states.push(scope.state);
  gate.resolve();
  await closed;
  states.push(scope.state);
  expect(states).toEqual(["open", "closing", "closing", "closed"]);
});

test("a scope without anything to wait for is closed when close() returns", () => {
  const scope = new Container().createScope();
  scope.defer(() => {});
  void scope.close();
  expect(scope.state).toBe("closed");
});

describe("nested scopes", () => {
  test("end first, the last opened first, each with those nested in it before it", async () => {
    const log: string[] = [];
    const container = new Container();
    const outer = container.createScope();
    const first = container.createScope({ parent: outer });
    const inFirst = container.createScope({ parent: first });
    const second = container.createScope({ parent: outer });
    for (const [name, scope] of Object.entries({ outer, first, inFirst, second })) {
      scope.defer(async () => void log.push(name));
    }
    await outer.close();
    expect(log).toEqual(["second", "inFirst", "first", "outer"]);
    expect([first.state, inFirst.state, second.state]).toEqual(["closed", "closed", "closed"]);
  });

  test("that have closed are not closed again", async () => {
    let ended = 0;
    const container = new Container();
    const outer = container.createScope();
    const inner = container.createScope({ parent: outer });
    inner.defer(() => void ended++);
    await inner.close();
    await outer.close();
    expect(ended).toBe(1);
  });

  test("that are closing are waited for", async () => {
    const log: string[] = [];
    const gate = deferred();
    const container = new Container();
    const outer = container.createScope();
    const inner = container.createScope({ parent: outer });
    inner.defer(async () => {
      await gate.promise;
      log.push("inner");
    });
    outer.defer(() => log.push("outer"));
    void inner.close();
    const closed = outer.close();
    await new Promise(setImmediate);
    expect(log).toEqual([]);
    gate.resolve();
    await closed;
    expect(log).toEqual(["inner", "outer"]);
  });

  test("that fail are reported, with their parent's own, and those after them still end", async () => {
    const log: string[] = [];
    const container = new Container();
    const outer = container.createScope();
    outer.defer(() => log.push("outer"));
    container.createScope({ parent: outer }).defer(() => log.push("older"));
    container.createScope({ parent: outer }).defer(() => Promise.reject("newer"));
    await expect(outer.close()).rejects.toBe("newer");
    expect(log).toEqual(["older", "outer"]);
  });

  test("that work still runs in end with their parent, and the work learns it from what it asks next", async () => {
    const gate = deferred();
    const container = new Container().register("user", { useFactory: () => ({}) }, context);
    let nested: Promise<unknown> | undefined;
    await container.runInScope(() => {
      nested = container.runInScope(async () => {
        await gate.promise;
        return container.resolve("user");
      });
    });
    gate.resolve();
    await expect(nested).rejects.toThrow(ScopeClosedError);
  });
});

describe("from inside", () => {
  test("of its own work: the work goes on, in a closed scope", async () => {
    const container = new Container().register("user", { useFactory: () => ({}) }, context);
    await container.runInScope(async (scope) => {
      await scope.close({ status: "success" });
      expect(currentScope()).toBe(scope);
      expect(() => container.resolve("user")).toThrow(ScopeClosedError);
    });
  });

  test("of a disposer of a nested scope: the parent waits for the nested one, which goes on", async () => {
    const log: string[] = [];
    const container = new Container();
    const outer = container.createScope();
    outer.defer(() => log.push("outer"));
    const inner = container.createScope({ parent: outer });
    inner.defer(() => log.push("inner, older"));
    let closed: Promise<void> | undefined;
    inner.defer(() => {
      closed = outer.close();
      log.push(outer.state);
    });
    await inner.close();
    await closed;
    expect(log).toEqual(["closing", "inner, older", "outer"]);
  });

  test("of a disposer of its parent: the nested scope has ended before that", async () => {
    const container = new Container();
    const outer = container.createScope();
    const inner = container.createScope({ parent: outer });
    const states: string[] = [];
    outer.defer(async () => {
      states.push(inner.state);
      await inner.close();
    });
    await outer.close();
    expect(states).toEqual(["closed"]);
  });

  test("of a constructor: what was built before is disposed, and the instance refused", () => {
    const log: string[] = [];
    class Connection {
      [Symbol.dispose](): void {
        log.push("connection");
      }
    }
    class Service {
      constructor(readonly connection: Connection) {
        void scope.close();
        log.push("constructed");
      }
      [Symbol.dispose](): void {
        log.push("service");
      }
    }
    const container = new Container()
      .register(Connection, Connection, context)
      .register(Service, { useClass: Service, deps: [Connection] }, context);
    const scope = container.createScope();
    expect(() => scope.resolve(Service)).toThrow(ScopeClosedError);
    expect(log).toEqual(["connection", "constructed", "service"]);
    expect(scope.state).toBe("closed");
  });

  test.each<[what: string, provider: (make: () => object) => never]>([
    ["a constructor", (make) => ({ useClass: classThat(make), deps: [] }) as never],
    ["a factory", (useFactory) => ({ useFactory }) as never],
    ["an async factory", (make) => ({ useAsyncFactory: async () => make() }) as never],
  ])("of %s, while a disposer takes its time: the instance is disposed and refused", async (_, provider) => {
    const gate = deferred();
    const log: string[] = [];
    const make = () => {
      void scope.close();
      return { [Symbol.dispose]: () => void log.push("instance") };
    };
    const container = new Container().register("service", provider(make), context);
    const scope = container.createScope();
    scope.defer(() => gate.promise);
    await expect(scope.resolveAsync("service")).rejects.toThrow(ScopeClosedError);
    expect([log, scope.state]).toEqual([["instance"], "closing"]);
    gate.resolve();
    await scope.close();
    expect(log).toEqual(["instance"]);
  });

  test("of a generator's first step: the generator is ended, with an abort, and its value refused", () => {
    const log: string[] = [];
    const container = new Container().register(
      "transaction",
      {
        *useGenerator(_, scope) {
          void scope?.close();
          const outcome: { status: string } = yield "transaction";
          log.push(outcome.status);
        },
      },
      context,
    );
    const scope = container.createScope();
    expect(() => scope.resolve("transaction")).toThrow(ScopeClosedError);
    expect(log).toEqual(["aborted"]);
  });
});

describe("while a build is under way", () => {
  test("does not wait for it", async () => {
    const never = deferred<object>();
    const container = new Container().register("slow", { useAsyncFactory: () => never.promise }, context);
    const scope = container.createScope();
    const waiter = scope.resolveAsync("slow");
    await scope.close();
    expect(scope.state).toBe("closed");
    never.resolve({});
    await expect(waiter).rejects.toThrow(ScopeClosedError);
  });

  test("a build that fails after that still tells its waiter why", async () => {
    const ready = deferred<object>();
    const container = new Container().register("slow", { useAsyncFactory: () => ready.promise }, context);
    const scope = container.createScope();
    const waiter = scope.resolveAsync("slow");
    await scope.close();
    ready.reject(new Error("no route to host"));
    await expect(waiter).rejects.toThrow("no route to host");
  });

  test("what had been built for it is disposed with the scope, not later", async () => {
    let ended = 0;
    class Connection {
      [Symbol.dispose](): void {
        ended++;
      }
    }
    const ready = deferred();
    const container = new Container()
      .register(Connection, Connection, context)
      .register("slow", { useAsyncFactory: () => ready.promise, deps: [Connection] }, context);
    const scope = container.createScope();
    const waiter = scope.resolveAsync("slow");
    await scope.close();
    expect(ended).toBe(1);
    ready.resolve();
    await expect(waiter).rejects.toThrow(ScopeClosedError);
    expect(ended).toBe(1);
  });

  test("a singleton that a scope asked for is finished all the same, and kept", async () => {
    const ready = deferred<string>();
    const container = new Container().register(
      "pool",
      { useAsyncFactory: () => ready.promise },
      { lifecycle: Lifecycle.Singleton },
    );
    const scope = container.createScope();
    const waiter = scope.resolveAsync("pool");
    await scope.close();
    ready.resolve("pool");
    expect(await waiter).toBe("pool");
    expect(container.resolve("pool")).toBe("pool");
  });
});

test("a scope keeps nothing of its instances when it has closed, and knows its name and id", async () => {
  const container = new Container().register("user", { useFactory: () => ({}) }, context);
  const scope = container.createScope({ name: "request", seeds: [["lang", "en"]] });
  const { id } = scope;
  scope.resolve("user");
  await scope.close();
  expect([scope.name, scope.id]).toEqual(["request", id]);
  expect(Object.values(scope).flat()).not.toContain("en");
});

test.each<[what: string, use: (scope: Scope) => unknown]>([
  ["use a value", (scope) => scope.use({ dispose() {} })],
  ["defer a callback", (scope) => scope.defer(() => {})],
  ["vouch for its work", (scope) => scope.succeed()],
  ["fail its work", (scope) => scope.fail("no")],
  ["hold work", (scope) => scope.hold(Promise.resolve())],
])("a closed scope says that it cannot %s", async (what, use) => {
  const scope = new Container().createScope({ name: "request" });
  await scope.close();
  expect(() => use(scope)).toThrow(ScopeClosedError);
  expect(() => use(scope)).toThrow(`Cannot ${what}: scope "request" ${scope.id}`);
});

test("a timeout of 0 is one, and text is none", async () => {
  const container = new Container();
  await container.runInScope({ disposeTimeout: 0, drainTimeout: 0 }, () => {});
  expect(() => container.createScope({ disposeTimeout: "100" as never })).toThrow(
    "Cannot open a scope with disposeTimeout 100: it is a time in milliseconds, 0 or more.",
  );
  expect(() => container.createScope({ drainTimeout: -1 })).toThrow("Cannot open a scope with drainTimeout -1");
});

test("ids differ, and stay what they are", async () => {
  const container = new Container();
  const scopes: Scope[] = [container.createScope(), container.createScope()];
  const ids = scopes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
  await Promise.all(scopes.map((scope) => scope.close()));
  expect(scopes.map(({ id }) => id)).toEqual(ids);
});

/** A class whose instances get what `make` gives. */
function classThat(make: () => object) {
  return class {
    readonly #made = make() as Disposable;
    [Symbol.dispose](): void {
      this.#made[Symbol.dispose]();
    }
  };
}
