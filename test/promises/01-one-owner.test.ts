/**
 * Promise 1, one owner: an instance belongs to the one scope (or container) that built it, and is disposed by it once.
 * Aliases own nothing.
 */
import { Container, ContainerDisposedError, Lifecycle, Scope, ScopeClosedError, token } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

/** Says how often it was disposed. */
class Disposable {
  disposed = 0;

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const singleton = { lifecycle: Lifecycle.Singleton } as const;
const transient = { lifecycle: Lifecycle.Transient } as const;

test("1: a context-lived instance is disposed once, when its scope closes", async () => {
  const container = new Container().register(Disposable, Disposable, context);
  const scope = container.createScope();
  const instance = scope.resolve(Disposable);
  await scope.close();
  await scope.close();
  await container.dispose();
  expect(instance.disposed).toBe(1);
});

test("1: a nested scope that closes leaves its parent's instance alone", async () => {
  const container = new Container().register(Disposable, Disposable, context);
  const outer = container.createScope();
  const instance = outer.resolve(Disposable);
  const inner = container.createScope({ parent: outer });
  inner.resolve(Disposable);
  await inner.close();
  expect(instance.disposed).toBe(0);
});

test("1: a named instance belongs to the scope of that name, whichever nested scope asked for it", async () => {
  const container = new Container().register(Disposable, Disposable, { ...context, scopeName: "connection" });
  const connection = container.createScope({ name: "connection" });
  const message = container.createScope({ name: "message", parent: connection });
  const instance = message.resolve(Disposable);
  await message.close();
  expect(instance.disposed).toBe(0);
  await connection.close();
  expect(instance.disposed).toBe(1);
});

test("1: a singleton outlives the scope that first asked for it, and is disposed once with its container", async () => {
  const container = new Container().register(Disposable, Disposable, singleton);
  const instance = await container.runInScope((scope) => scope.resolve(Disposable));
  expect(instance.disposed).toBe(0);
  await container.dispose();
  await container.dispose();
  expect(instance.disposed).toBe(1);
});

test("1: a parent's singleton first built through a child container is the parent's", async () => {
  const parent = new Container().register(Disposable, Disposable, singleton);
  const child = parent.createChildContainer();
  const instance = child.resolve(Disposable);
  await child.dispose();
  expect(instance.disposed).toBe(0);
  await parent.dispose();
  expect(instance.disposed).toBe(1);
});

test("1: an alias owns nothing", async () => {
  const container = new Container()
    .register(Disposable, Disposable, context)
    .register("alias", { useToken: Disposable }, context);
  const instance = await container.runInScope((scope) => {
    expect(scope.resolve("alias")).toBe(scope.resolve(Disposable));
    return scope.resolve(Disposable);
  });
  expect(instance.disposed).toBe(1);
});

test.each([
  ["its own scope's", context],
  ["the container's", singleton],
  ["a transient that it was given", transient],
])("1: a factory that gives %s instance on does not own it", async (_, options) => {
  const container = new Container()
    .register(Disposable, Disposable, options)
    .register("alias", { useFactory: (asked) => asked.resolve(Disposable) }, context);
  const instance = await container.runInScope((scope) => scope.resolve<Disposable>("alias"));
  await container.dispose();
  expect(instance.disposed).toBe(1);
});

test("1: a factory that gives an enclosing scope's instance on does not own it", async () => {
  const container = new Container()
    .register(Disposable, Disposable, { ...context, scopeName: "connection" })
    .register("alias", { useFactory: (asked) => asked.resolve(Disposable) }, context);
  const connection = container.createScope({ name: "connection" });
  const message = container.createScope({ parent: connection });
  const instance = message.resolve<Disposable>("alias");
  await message.close();
  expect(instance.disposed).toBe(0);
  await connection.close();
  expect(instance.disposed).toBe(1);
});

test.each([
  ["its own scope's", context],
  ["the container's", singleton],
])("1: an async factory that gives %s instance on does not own it", async (_, options) => {
  const container = new Container()
    .register(Disposable, Disposable, options)
    .register("alias", { useAsyncFactory: async (asked) => asked.resolve(Disposable) }, context);
  const instance = await container.runInScope((scope) => scope.resolveAsync<Disposable>("alias"));
  await container.dispose();
  expect(instance.disposed).toBe(1);
});

test.each([
  ["the container's", singleton, 0],
  ["its own scope's", context, 1],
  ["an enclosing scope's", { ...context, scopeName: "connection" }, 0],
])(
  "1: an async factory that gives %s instance on after its scope has closed does not dispose it",
  async (_, options, expected) => {
    const ready = deferred();
    const container = new Container().register(Disposable, Disposable, options).register(
      "alias",
      {
        async useAsyncFactory(asked) {
          const instance = asked.resolve(Disposable);
          await ready.promise;
          return instance;
        },
      },
      context,
    );
    const connection = container.createScope({ name: "connection" });
    const scope = container.createScope({ parent: connection });
    const late = scope.resolveAsync("alias");
    const instance = scope.resolve(Disposable);
    await scope.close();
    ready.resolve();
    await expect(late).rejects.toThrow(ScopeClosedError);
    expect(instance.disposed).toBe(expected);
  },
);

test("1: an instance that its container has disposed is not disposed again when it comes back too late", async () => {
  const ready = deferred();
  const container = new Container().register(Disposable, Disposable, singleton).register(
    "alias",
    {
      async useAsyncFactory(asked) {
        const instance = asked.resolve(Disposable);
        await ready.promise;
        return instance;
      },
    },
    context,
  );
  const late = container.createScope().resolveAsync("alias");
  const instance = container.resolve(Disposable);
  await container.dispose();
  ready.resolve();
  await expect(late).rejects.toThrow(ContainerDisposedError);
  expect(instance.disposed).toBe(1);
});

test("1: an instance whose scope has disposed it is not disposed again when it comes back too late", async () => {
  const ready = deferred();
  const container: Container = new Container()
    .register(Disposable, Disposable, { ...context, scopeName: "connection" })
    .register("alias", { useAsyncFactory: () => ready.promise.then(() => instance) }, context);
  const connection = container.createScope({ name: "connection" });
  const scope: Scope = container.createScope({ parent: connection });
  const late = scope.resolveAsync("alias");
  const instance: Disposable = scope.resolve(Disposable);
  await connection.close();
  ready.resolve();
  await expect(late).rejects.toThrow(ScopeClosedError);
  expect(instance.disposed).toBe(1);
});

test("1: an enclosing scope's instance that is finished after the inner scope has closed stays the enclosing one's", async () => {
  const ready = deferred<Disposable>();
  const container = new Container()
    .register(Disposable, { useAsyncFactory: () => ready.promise }, { ...context, scopeName: "connection" })
    .register("alias", { useAsyncFactory: (asked) => asked.resolveAsync(Disposable) }, context);
  const connection = container.createScope({ name: "connection" });
  const message = container.createScope({ parent: connection });
  const late = message.resolveAsync("alias");
  await message.close();
  ready.resolve(new Disposable());
  await expect(late).rejects.toThrow(ScopeClosedError);
  const session = await connection.resolveAsync(Disposable);
  expect(session.disposed).toBe(0);
  await connection.close();
  expect(session.disposed).toBe(1);
});

test("1: so it does if the enclosing scope has closed by then, too", async () => {
  const ready = deferred();
  const session = new Disposable();
  const container = new Container()
    .register(Disposable, { useFactory: () => session }, { ...context, scopeName: "connection" })
    .register("alias", { useAsyncFactory: () => ready.promise.then(() => session) }, context);
  const connection = container.createScope({ name: "connection" });
  const message = container.createScope({ parent: connection });
  const late = message.resolveAsync("alias");
  await message.close();
  connection.resolve(Disposable);
  await connection.close();
  ready.resolve();
  await expect(late).rejects.toThrow(ScopeClosedError);
  expect(session.disposed).toBe(1);
});

test("1: a factory that closes its own scope does not dispose what it gives on", async () => {
  const container = new Container().register(Disposable, Disposable, singleton).register(
    "alias",
    {
      useFactory(asked, scope) {
        const instance = asked.resolve(Disposable);
        void scope?.close();
        return instance;
      },
    },
    context,
  );
  const scope = container.createScope();
  expect(() => scope.resolve("alias")).toThrow(ScopeClosedError);
  expect(container.resolve(Disposable).disposed).toBe(0);
  await container.dispose();
});

test.each([
  ["a singleton", singleton],
  ["a context-lived", context],
  ["a transient", transient],
])("1: %s factory that gives its container does not own it", async (_, options) => {
  const self = token<unknown>("self");
  const container = new Container().register(self, { useFactory: (asked) => asked }, options);
  await container.runInScope((scope) => expect(scope.resolve(self)).toBe(container));
  expect(container.resolve(Container)).toBe(container);
  await container.dispose();
});

test("1: a factory that gives its scope does not own it", async () => {
  const container = new Container().register("mine", { useFactory: (_, scope) => scope }, context);
  await container.runInScope((scope) => {
    expect(scope.resolve("mine")).toBe(scope);
    expect(scope.resolve(Scope)).toBe(scope);
  });
});

test("1: an object that a transient factory gives twice is disposed once, outside of every scope too", async () => {
  const shared = new Disposable();
  const container = new Container().register("shared", { useFactory: () => shared }, transient);
  container.resolve("shared");
  container.resolve("shared");
  await container.dispose();
  expect(shared.disposed).toBe(1);
});

test("1: an object that a transient factory gives inside and outside of a scope is disposed once", async () => {
  const shared = new Disposable();
  const container = new Container().register("shared", { useFactory: () => shared }, transient);
  container.resolve("shared");
  await container.runInScope((scope) => scope.resolve("shared"));
  await container.dispose();
  expect(shared.disposed).toBe(1);
});

test("1: use() of an instance that has an owner does not give it a second one", async () => {
  const container = new Container()
    .register(Disposable, Disposable, context)
    .register("pool", { useClass: Disposable }, singleton);
  const [instance, pool] = await container.runInScope((scope) => [
    scope.use(scope.resolve(Disposable)),
    scope.use(scope.resolve<Disposable>("pool")),
  ]);
  expect(instance.disposed).toBe(1);
  expect(pool.disposed).toBe(0);
});

test("1: a value that is given to use() twice is disposed once", async () => {
  const container = new Container();
  const value = new Disposable();
  await container.runInScope((scope) => {
    scope.use(value);
    scope.use(value);
  });
  expect(value.disposed).toBe(1);
});

test("1: what clearInstances forgot is still disposed once, with the container", async () => {
  const container = new Container().register(Disposable, Disposable, singleton);
  const first = container.resolve(Disposable);
  container.clearInstances();
  const second = container.resolve(Disposable);
  expect(second).not.toBe(first);
  await container.dispose();
  expect([first.disposed, second.disposed]).toEqual([1, 1]);
});

test("1: a value that was registered as owned, under two tokens, is disposed once", async () => {
  const value = new Disposable();
  const container = new Container()
    .register("one", { useValue: value }, { owned: true })
    .register("other", { useValue: value }, { owned: true });
  await container.dispose();
  expect(value.disposed).toBe(1);
});

test("1: a dependency with a disposer is disposed by its own owner, not by its holder's", async () => {
  class Holder {
    constructor(readonly held: Disposable) {}
  }
  const container = new Container()
    .register(Disposable, Disposable, singleton)
    .register(Holder, { useClass: Holder, deps: [Disposable] }, context);
  const { held } = await container.runInScope((scope) => scope.resolve(Holder));
  expect(held.disposed).toBe(0);
  await container.dispose();
  expect(held.disposed).toBe(1);
});
