/** A scope that ends while something is built for it, or waited for: what it still gives, and to whom. */
import { Container, delay, inject, Lifecycle, Scope, ScopeClosedError } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const singleton = { lifecycle: Lifecycle.Singleton } as const;

/** A container whose "value" is there, in `scope`, when `then` is called, a few microtasks before its waiter goes on. */
function whenBuilt(value: unknown, then: () => void): Container {
  const container = new Container().register("value", { useAsyncFactory: async () => value }, context);
  return container.afterResolution("value", then, { frequency: "Always" }) ?? container;
}

test("a waiter is given what is not disposed yet, though its scope has begun to end", async () => {
  const blocked = deferred();
  const container = whenBuilt({ dispose() {} }, () => {
    scope.defer(() => blocked.promise);
    void scope.close();
  });
  const scope: Scope = container.createScope();
  expect(await scope.resolveAsync("value")).toBeDefined();
  blocked.resolve();
  await scope.close();
});

test("a waiter is not given what has been disposed, though its scope goes on ending others", async () => {
  const blocked = deferred();
  const container = whenBuilt({ dispose() {} }, () => void scope.close());
  const scope: Scope = container.createScope();
  scope.defer(() => blocked.promise);
  await expect(scope.resolveAsync("value")).rejects.toThrow(ScopeClosedError);
  blocked.resolve();
  await scope.close();
});

test("a waiter is given nothing of a scope that has closed, also what needs no end", async () => {
  const container = whenBuilt("text", () => void scope.close());
  const scope: Scope = container.createScope();
  await expect(scope.resolveAsync("value")).rejects.toThrow(ScopeClosedError);
});

test("late code may ask a container for what outlives scopes, built already or not", async () => {
  const container = new Container().register("cache", { useFactory: () => ({}) }, singleton);
  const closed = deferred();
  const late = container.runInScope(() => ({ asked: closed.promise.then(() => container.resolve("cache")) }));
  const { asked } = await late;
  closed.resolve();
  expect(await asked).toBe(container.resolve("cache"));
});

test("a named scope that is ending gives what it built, with dependencies or without", async () => {
  const given: unknown[] = [];
  const container = new Container()
    .register("clock", { useFactory: () => "clock" }, context)
    .register("service", { deps: ["clock"], useFactory: () => ({ dispose() {} }) }, context);
  await container.runInScope({ name: "request" }, (scope) => {
    const service = scope.resolve("service");
    scope.defer(() => given.push(scope.resolve("clock"), scope.resolve("service") === service));
  });
  expect(given).toEqual(["clock", true]);
});

test("a scope that is ending refuses a named lifetime whose scope is not there", async () => {
  const options = { ...context, scopeName: "job" };
  const container = new Container().register("job", { useFactory: () => ({}) }, options);
  const scope = container.createScope();
  scope.defer(() => expect(() => scope.resolve("job")).toThrow(ScopeClosedError));
  await scope.close();
});

test("a scope that is ending gives each of many instances", async () => {
  const tokens = Array.from({ length: 40 }, (_, index) => `token ${index}`);
  const container = new Container();
  for (const token of tokens) container.register(token, { useFactory: () => token }, context);
  const scope = container.createScope();
  for (const token of tokens) scope.resolve(token);
  scope.defer(() => expect(tokens.map((token) => scope.resolve(token))).toEqual(tokens));
  await scope.close();
});

test("a scope that is ending builds nothing behind a stand-in of delay", async () => {
  let built = 0;
  class Lazy {
    readonly number = ++built;
  }
  class Holder {
    constructor(@inject(delay(() => Lazy)) readonly lazy: Lazy) {}
  }
  const scope = new Container().createScope();
  const { lazy } = scope.resolve(Holder);
  scope.defer(() => expect(() => lazy.number).toThrow(ScopeClosedError));
  await scope.close();
  expect(built).toBe(0);
});

test("a dependency that closes its own scope is the last that is built, though the end takes time", async () => {
  const log: string[] = [];
  const blocked = deferred();
  const container = new Container()
    .register("closer", {
      useFactory: (_, scope) => {
        scope?.defer(() => blocked.promise);
        void scope?.close();
        log.push("closer");
      },
    })
    .register("next", { useFactory: () => log.push("next") }, context)
    .register("service", { deps: ["closer", "next"], useFactory: () => log.push("service") }, context);
  const scope = container.createScope();
  expect(() => scope.resolve("service")).toThrow(ScopeClosedError);
  expect(log).toEqual(["closer"]);
  blocked.resolve();
  await scope.close();
});

test("an instance without a disposer that has begun to end its own scope is refused", async () => {
  const blocked = deferred();
  const reported: unknown[] = [];
  const container = new Container({ onDisposalError: (error) => reported.push(error) });
  // A class that hands out `this` may have been given a disposer: each of its instances is looked at.
  class Closer {
    readonly self = [this];
    constructor(@inject(Scope) scope: Scope) {
      scope.defer(() => blocked.promise);
      void scope.close();
    }
  }
  container.register(Closer, Closer, context);
  const scope = container.createScope();
  expect(() => scope.resolve(Closer)).toThrow(ScopeClosedError);
  expect(() => scope.resolve(Closer)).toThrow(ScopeClosedError);
  blocked.resolve();
  await scope.close();
  expect(reported).toEqual([]);
});

test("what comes while its scope is ending is disposed before its waiter hears of it", async () => {
  const log: string[] = [];
  const [blocked, connected, released] = [deferred(), deferred(), deferred()];
  const connection = {
    async [Symbol.asyncDispose]() {
      await released.promise;
      log.push("disposed");
    },
  };
  const container = new Container().register(
    "connection",
    { useAsyncFactory: () => connected.promise.then(() => connection) },
    context,
  );
  const scope = container.createScope();
  scope.defer(() => blocked.promise);
  const waiter = scope.resolveAsync("connection").catch(() => log.push("refused"));
  const closed = scope.close();
  connected.resolve();
  setImmediate(released.resolve);
  await waiter;
  expect(log).toEqual(["disposed", "refused"]);
  blocked.resolve();
  await closed;
});

test("what a factory gives that has begun to end its own scope is refused, though it needs no end", async () => {
  const blocked = deferred();
  const useFactory = (_: unknown, scope?: Scope) => {
    scope?.defer(() => blocked.promise);
    void scope?.close();
    return "text";
  };
  const scope = new Container().register("text", { useFactory }, context).createScope();
  expect(() => scope.resolve("text")).toThrow(ScopeClosedError);
  blocked.resolve();
  await scope.close();
});
