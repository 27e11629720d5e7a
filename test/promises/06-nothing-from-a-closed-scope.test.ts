/**
 * Promise 6: nothing resolves from a closed scope. An instance that finishes too late is disposed at once and its waiter
 * rejected after that. From the first disposer on a scope gives only what is built and not yet disposed.
 */
import { Container, DisposeTimeoutError, Lifecycle, type Outcome, ScopeClosedError } from "ambit";
import { afterEach, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.js";

afterEach(() => void vi.useRealTimers());

const context = { lifecycle: Lifecycle.ContextScoped } as const;

class Session {
  disposed = false;

  [Symbol.dispose](): void {
    this.disposed = true;
  }
}

test("6: a closed scope gives nothing, whichever way it is asked", async () => {
  const container = new Container().register(Session, Session, context);
  const scope = container.createScope();
  scope.resolve(Session);
  await scope.close();
  const closed = expect.objectContaining({ code: "ERR_AMBIT_SCOPE_CLOSED", scopeId: scope.id });
  expect(() => scope.resolve(Session)).toThrow(closed);
  expect(() => scope.resolveAll(Session)).toThrow(closed);
  expect(() => scope.resolveAll(Session)).toThrow("Cannot resolve Session: scope ");
  expect(() => scope.tryResolve(Session)).toThrow(closed);
  expect(() => scope.tryResolve("nobody registered this")).toThrow(closed);
  await expect(scope.resolveAsync(Session)).rejects.toThrow(closed);
});

test.each([
  ["a transient", { lifecycle: Lifecycle.Transient }],
  ["a resolution-scoped", { lifecycle: Lifecycle.ResolutionScoped }],
  ["a built singleton", { lifecycle: Lifecycle.Singleton }],
])("6: a closed scope does not give %s instance either", async (_, options) => {
  const container = new Container().register(Session, Session, options);
  const scope = container.createScope();
  container.resolve(Session);
  await scope.close();
  expect(() => scope.resolve(Session)).toThrow(ScopeClosedError);
});

test("6: a closed scope takes nothing any more", async () => {
  const scope = new Container().createScope();
  await scope.close();
  expect(() => scope.use(new Session())).toThrow(ScopeClosedError);
  expect(() => scope.defer(() => {})).toThrow(ScopeClosedError);
  expect(() => scope.seed("user", "ada")).toThrow(ScopeClosedError);
  expect(() => scope.succeed()).toThrow(ScopeClosedError);
  expect(() => scope.fail("late")).toThrow(ScopeClosedError);
  expect(() => scope.hold(Promise.resolve())).toThrow(ScopeClosedError);
});

test("6: the error says the scope's name, its id, its state, and how to do background work", async () => {
  const container = new Container().register(Session, Session, context);
  const scope = container.createScope({ name: "request" });
  await scope.close();
  expect(() => scope.resolve(Session)).toThrow(`Cannot resolve Session: scope "request" ${scope.id} (closed) has ended.
Fix: work that outlives its scope needs scope.hold(promise), or a scope of its own: container.runInScope({ parent: null }, ...).`);
});

test("6: late code in the flow of a closed scope is refused, and not given something of its own", async () => {
  const container = new Container().register(Session, Session, context);
  const gate = deferred();
  let late: Promise<unknown> | undefined;
  await container.runInScope(() => {
    late = gate.promise.then(() => container.resolve(Session));
  });
  gate.resolve();
  await expect(late).rejects.toThrow(ScopeClosedError);
});

test("6: from the first disposer on a scope builds nothing", async () => {
  const container = new Container().register(Session, Session, context);
  const asked: unknown[] = [];
  const scope = container.createScope({ name: "request" });
  scope.defer(() => {
    try {
      scope.resolve(Session);
    } catch (error) {
      asked.push(error);
    }
  });
  await scope.close();
  expect(asked).toEqual([expect.any(ScopeClosedError)]);
  expect((asked[0] as Error).message).toContain("(closing) has ended");
});

test.each([
  ["context-lived", context],
  ["transient", { lifecycle: Lifecycle.Transient }],
])("6: from the first disposer on it builds no %s instance asynchronously either", async (_, options) => {
  let built = 0;
  const container = new Container()
    .register("sync", { useFactory: () => ++built }, options)
    .register("async", { useAsyncFactory: async () => ++built }, options);
  const scope = container.createScope();
  scope.defer(() => expect(scope.resolveAsync("sync")).rejects.toThrow(ScopeClosedError));
  scope.defer(() => expect(scope.resolveAsync("async")).rejects.toThrow(ScopeClosedError));
  await scope.close();
  expect(built).toBe(0);
});

test("6: a disposer of a nested scope is given the seeds of the scope around it", async () => {
  const container = new Container();
  const outer = container.createScope({ seeds: [["user", "ada"]] });
  const inner = container.createScope({ parent: outer });
  let given: unknown;
  inner.defer(() => {
    given = inner.resolve("user");
  });
  await inner.close();
  expect(given).toBe("ada");
  await outer.close();
});

test("6: a disposer is given what is built and not yet disposed, synchronously and asynchronously", async () => {
  class Plain {}
  const container = new Container()
    .register(Session, Session, context)
    .register(Plain, Plain, context)
    .register("alias", { useToken: Session })
    .register("pool", { useFactory: () => "pool" }, { lifecycle: Lifecycle.Singleton });
  const tokens = [Session, Plain, "alias", "pool", "user"];
  const scope = container.createScope({ seeds: [["user", "ada"]] });
  const built = tokens.map((token) => scope.resolve<unknown>(token));
  const given: unknown[][] = [];
  scope.defer(async () => {
    given.push(tokens.map((token) => scope.resolve<unknown>(token)));
    given.push(await Promise.all(tokens.map((token) => scope.resolveAsync<unknown>(token))));
  });
  await scope.close();
  expect(given).toEqual([built, built]);
});

test("6: a disposer is given all that is built for a token, an alias with a lifetime, and what interceptors watch", async () => {
  class Watched {}
  const container = new Container()
    .register("plugin", { useFactory: () => "one" }, context)
    .register("plugin", { useFactory: () => "other" }, context)
    .register(Session, Session)
    .register("alias", { useToken: Session }, context)
    .register("named", { useToken: Session }, { ...context, scopeName: "request" })
    .register(Watched, Watched, { lifecycle: Lifecycle.Singleton });
  container.afterResolution(Watched, () => {}, { frequency: "Always" });
  const request = container.createScope({ name: "request" });
  const scope = container.createScope({ parent: request });
  const ask = () => [scope.resolveAll("plugin"), ...["alias", "named", Watched].map((token) => scope.resolve(token))];
  const built = ask();
  let given: unknown[] = [];
  scope.defer(() => {
    given = ask();
  });
  await scope.close();
  expect(given).toEqual(built);
  for (const [index, value] of built.slice(1).entries()) expect(given[index + 1]).toBe(value);
  await request.close();
});

test("6: a disposer is not given all for a token of which one is not built, nor an alias of what is disposed", async () => {
  class Unregistered {}
  const container = new Container()
    .register("plugin", { useFactory: () => "not built" }, context)
    .register("plugin", { useFactory: () => "built" }, context)
    .register(Session, Session)
    .register("alias", { useToken: Session }, context);
  const scope = container.createScope();
  let refused = 0;
  const refuses = (ask: () => unknown) => () => {
    expect(ask).toThrow(ScopeClosedError);
    refused++;
  };
  scope.defer(refuses(() => scope.resolve("alias")));
  scope.resolve("alias");
  expect(scope.resolve("plugin")).toBe("built");
  scope.resolveAll(Unregistered);
  for (const token of ["plugin", Unregistered]) scope.defer(refuses(() => scope.resolveAll(token)));
  await scope.close();
  expect(refused).toBe(3);
});

test("6: a disposer is not given what is disposed already, nor what is being disposed", async () => {
  const log: unknown[] = [];
  const ask = () => {
    try {
      log.push(scope.resolve(Asking));
    } catch (error) {
      log.push((error as Error).constructor);
    }
  };
  class Asking {
    [Symbol.dispose](): void {
      ask();
    }
  }
  const container = new Container().register(Asking, Asking, context);
  const scope = container.createScope();
  scope.defer(ask);
  scope.resolve(Asking);
  await scope.close();
  expect(log).toEqual([ScopeClosedError, ScopeClosedError]);
});

test("6: a disposer of a nested scope is not given its parent's instance in place of one of its own", async () => {
  class Plain {}
  const container = new Container().register(Plain, Plain, context);
  const outer = container.createScope();
  outer.resolve(Plain);
  const inner = container.createScope({ parent: outer });
  inner.defer(() => void inner.resolve(Plain));
  await expect(inner.close()).rejects.toThrow(ScopeClosedError);
  await outer.close();
});

test("6: a disposer of a nested scope is given the named instance of the scope around it", async () => {
  const container = new Container().register(Session, Session, { ...context, scopeName: "connection" });
  const outer = container.createScope({ name: "connection" });
  const inner = container.createScope({ parent: outer });
  let given: unknown;
  inner.defer(() => {
    given = inner.resolve(Session);
  });
  const built = outer.resolve(Session);
  await inner.close();
  expect(given).toBe(built);
  await outer.close();
});

test("6: a disposer is not given what a generator has ended already", async () => {
  const container = new Container().register(
    "transaction",
    {
      *useGenerator(): Generator<object, void, Outcome> {
        yield {};
      },
    },
    context,
  );
  const scope = container.createScope();
  scope.defer(() => void scope.resolve("transaction"));
  scope.resolve("transaction");
  await expect(scope.close()).rejects.toThrow(ScopeClosedError);
});

test("6: a seed with a disposer is there for every disposer: it is its giver's, and never disposed", async () => {
  const socket = new Session();
  const scope = new Container().createScope({ seeds: [["socket", socket]] });
  let given: unknown;
  scope.defer(() => {
    given = scope.resolve("socket");
  });
  await scope.close();
  expect(given).toBe(socket);
});

test("6: what a scope gives on and does not own is there for every disposer, while its owner has it", async () => {
  const container = new Container()
    .register(Session, Session, { lifecycle: Lifecycle.Singleton })
    .register("pool", { useFactory: (asked) => asked.resolve(Session) }, context)
    .register("mine", { useFactory: () => new Session() }, { ...context, owned: false });
  const scope = container.createScope();
  const [pool, mine] = [scope.resolve("pool"), scope.resolve("mine")];
  const given: unknown[] = [];
  scope.defer(() => void given.push(scope.resolve("pool"), scope.resolve("mine")));
  await scope.close();
  expect(given).toEqual([pool, mine]);
});

test("6: an instance that finishes too late is disposed at once, and its waiter rejected after that", async () => {
  const log: string[] = [];
  const [connected, released] = [deferred(), deferred()];
  const container = new Container().register(
    "connection",
    {
      async useAsyncFactory() {
        await connected.promise;
        return {
          async [Symbol.asyncDispose]() {
            log.push("disposal begins");
            await released.promise;
            log.push("disposal ends");
          },
        };
      },
    },
    context,
  );
  const scope = container.createScope();
  const waiter = scope.resolveAsync("connection").catch((error: unknown) => {
    log.push("waiter rejected");
    return error;
  });
  await scope.close();
  connected.resolve();
  await vi.waitFor(() => expect(log).toEqual(["disposal begins"]));
  released.resolve();
  expect(await waiter).toBeInstanceOf(ScopeClosedError);
  expect(log).toEqual(["disposal begins", "disposal ends", "waiter rejected"]);
});

test("6: an instance that its scope has ended before its waiter goes on is not given to it any more", async () => {
  const log: string[] = [];
  const connected = deferred();
  const container = new Container()
    .register("connection", { useAsyncFactory: () => connected.promise.then(() => "connection") }, context)
    .register("service", { deps: ["connection"], useFactory: () => ({ dispose: () => log.push("disposed") }) }, context)
    .register("alias", { useToken: "service" });
  const scope = container.createScope();
  const given = (token: string) => scope.resolveAsync(token).catch((error: unknown) => error);
  const waiters = [given("service"), given("alias")];
  // Closing waits for the connection alone, and goes on in the microtasks in which the service is built of it.
  void scope.hold(scope.resolveAsync("connection"));
  const closed = scope.close();
  connected.resolve();
  for (const answer of await Promise.all(waiters)) expect(answer).toBeInstanceOf(ScopeClosedError);
  await closed;
  expect(log).toEqual(["disposed"]);
});

test("6: what lives around a nested scope is given to who asked inside, though that is closed meanwhile", async () => {
  const connected = deferred();
  const container = new Container().register(
    "connection",
    { useAsyncFactory: () => connected.promise.then(() => "connection") },
    { ...context, scopeName: "request" },
  );
  const scope = container.createScope({ name: "request" });
  const nested = container.createScope({ parent: scope });
  const asked = nested.resolveAsync("connection");
  await nested.close();
  connected.resolve();
  await expect(asked).resolves.toBe("connection");
  await scope.close();
});

test("6: every waiter of an instance that finishes too late is rejected", async () => {
  const connected = deferred();
  const container = new Container().register(
    "connection",
    { useAsyncFactory: () => connected.promise.then(() => new Session()) },
    context,
  );
  const scope = container.createScope();
  const waiters = Promise.allSettled([1, 2, 3].map(() => scope.resolveAsync("connection")));
  await scope.close();
  connected.resolve();
  const rejected = { status: "rejected", reason: expect.any(ScopeClosedError) };
  expect(await waiters).toEqual([rejected, rejected, rejected]);
});

test("6: a generator whose value comes too late is resumed at once, with an abort, and its waiter rejected after that", async () => {
  const log: unknown[] = [];
  const begun = deferred();
  const container = new Container().register(
    "transaction",
    {
      async *useGenerator(): AsyncGenerator<string, void, Outcome> {
        await begun.promise;
        const outcome = yield "transaction";
        log.push(outcome.status);
      },
    },
    context,
  );
  const scope = container.createScope();
  const waiter = scope.resolveAsync("transaction").catch((error: unknown) => log.push(error));
  await scope.close();
  begun.resolve();
  await waiter;
  expect(log).toEqual(["aborted", expect.any(ScopeClosedError)]);
});

test("6: nothing is constructed of arguments that come too late", async () => {
  const connected = deferred();
  let constructed = false;
  class Repository {
    constructor(readonly connection: unknown) {
      constructed = true;
    }
  }
  const container = new Container()
    .register("connection", { useAsyncFactory: () => connected.promise }, { lifecycle: Lifecycle.Singleton })
    .register(Repository, { useClass: Repository, deps: ["connection"] }, context);
  const scope = container.createScope();
  const waiter = scope.resolveAsync(Repository);
  await scope.close();
  connected.resolve();
  await expect(waiter).rejects.toThrow(ScopeClosedError);
  expect(constructed).toBe(false);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("release failed");
    },
  ],
  ["rejects", () => Promise.reject(new Error("release failed"))],
])(
  "6: when the disposer of a late instance %s, its waiter hears of the closed scope and onDisposalError of the failure",
  async (_, dispose) => {
    const reported: unknown[] = [];
    const connected = deferred();
    const container = new Container({ onDisposalError: (error) => reported.push(error) }).register(
      "connection",
      { useAsyncFactory: () => connected.promise.then(() => ({ [Symbol.asyncDispose]: dispose })) },
      context,
    );
    const scope = container.createScope();
    const waiter = scope.resolveAsync("connection");
    await scope.close();
    connected.resolve();
    await expect(waiter).rejects.toThrow(ScopeClosedError);
    expect(reported).toEqual([expect.objectContaining({ message: "release failed" })]);
  },
);

test("6: when the generator of a late value fails, its waiter hears of the closed scope and onDisposalError of the failure", async () => {
  const reported: unknown[] = [];
  const begun = deferred();
  const container = new Container({ onDisposalError: (error) => reported.push(error) }).register(
    "transaction",
    {
      async *useGenerator(): AsyncGenerator<string, void, Outcome> {
        await begun.promise;
        yield "transaction";
        throw "rollback failed";
      },
    },
    context,
  );
  const scope = container.createScope();
  const waiter = scope.resolveAsync("transaction");
  await scope.close();
  begun.resolve();
  await expect(waiter).rejects.toThrow(ScopeClosedError);
  expect(reported).toEqual(["rollback failed"]);
});

test("6: a late instance whose disposer hangs keeps its waiter no longer than disposeTimeout", async () => {
  vi.useFakeTimers();
  const reported: unknown[] = [];
  const connected = deferred();
  const container = new Container({ onDisposalError: (error) => reported.push(error) }).register(
    "connection",
    { useAsyncFactory: () => connected.promise.then(() => ({ [Symbol.asyncDispose]: () => new Promise(() => {}) })) },
    context,
  );
  const scope = container.createScope({ disposeTimeout: 50 });
  const waiter = scope.resolveAsync("connection").catch((error: unknown) => error);
  await scope.close();
  connected.resolve();
  await vi.advanceTimersByTimeAsync(50);
  expect(await waiter).toBeInstanceOf(ScopeClosedError);
  expect(reported).toEqual([expect.any(DisposeTimeoutError)]);
});

test("6: a constructor that closes its own scope has its instance disposed, and is refused", async () => {
  const built: Suicidal[] = [];
  class Suicidal extends Session {
    constructor() {
      super();
      built.push(this);
      void scope.close();
    }
  }
  const container = new Container().register(Suicidal, Suicidal, context);
  const scope = container.createScope();
  expect(() => scope.resolve(Suicidal)).toThrow(ScopeClosedError);
  expect(built.map(({ disposed }) => disposed)).toEqual([true]);
});

test("6: a constructor without a disposer that closes its own scope is refused all the same", async () => {
  class Suicidal {
    readonly closed = scope.close();
  }
  const container = new Container().register(Suicidal, Suicidal, context);
  const scope = container.createScope();
  expect(() => scope.resolve(Suicidal)).toThrow(ScopeClosedError);
});

test("6: while holds are drained a scope is closing and still resolves, but opens no scopes", async () => {
  const container = new Container().register(Session, Session, context);
  const gate = deferred();
  await container.runInScope(async (scope) => {
    void scope.hold(gate.promise);
    const closed = scope.close();
    expect(scope.state).toBe("closing");
    expect(scope.resolve(Session)).toBeInstanceOf(Session);
    expect(() => container.createScope()).toThrow(ScopeClosedError);
    expect(() => container.createScope({ parent: scope })).toThrow(ScopeClosedError);
    await expect(container.runInScope(() => {})).rejects.toThrow(ScopeClosedError);
    gate.resolve();
    await closed;
  });
});
