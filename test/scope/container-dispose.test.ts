/** container.dispose(): open scopes, child containers, its own; and what it all answers after that. */
import { Container, ContainerDisposedError, Lifecycle, type Outcome, ScopeClosedError } from "ambit";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const singleton = { lifecycle: Lifecycle.Singleton } as const;
const context = { lifecycle: Lifecycle.ContextScoped } as const;
const transient = { lifecycle: Lifecycle.Transient } as const;

/** A provider whose instance says when it is disposed. */
const saying = (log: string[], name: string) => ({
  useFactory: () => ({ [Symbol.asyncDispose]: async () => void log.push(name) }),
});

test("closes open scopes, then child containers, then disposes its own, newest first each", async () => {
  const log: string[] = [];
  const container = new Container().register("one", saying(log, "own 1"), singleton);
  for (const name of ["child 1", "child 2"]) {
    const child = container.createChildContainer().register("pool", saying(log, name), singleton);
    child.resolve("pool");
    child.createScope().defer(() => log.push(`scope of ${name}`));
  }
  container.register("two", saying(log, "own 2"), singleton);
  container.resolve("one");
  container.resolve("two");
  for (const name of ["scope 1", "scope 2"]) container.createScope().defer(async () => void log.push(name));
  await container.dispose();
  expect(log).toEqual([
    "scope 2",
    "scope 1",
    "scope of child 2",
    "child 2",
    "scope of child 1",
    "child 1",
    "own 2",
    "own 1",
  ]);
});

test("a grandchild ends before the child it belongs to", async () => {
  const log: string[] = [];
  const container = new Container();
  const child = container.createChildContainer().register("pool", saying(log, "child"), singleton);
  const grandchild = child.createChildContainer().register("pool", saying(log, "grandchild"), singleton);
  child.resolve("pool");
  grandchild.resolve("pool");
  await container.dispose();
  expect(log).toEqual(["grandchild", "child"]);
});

test("a child that was disposed before is not disposed again", async () => {
  let ended = 0;
  const container = new Container();
  const child = container
    .createChildContainer()
    .register("pool", { useFactory: () => ({ dispose: () => void ended++ }) }, singleton);
  child.resolve("pool");
  await child.dispose();
  await container.dispose();
  expect(ended).toBe(1);
});

test("a child's end leaves its parent as it is", async () => {
  const container = new Container().register("pool", { useValue: "pool" });
  const child = container.createChildContainer();
  await child.dispose();
  expect(container.resolve("pool")).toBe("pool");
  expect(() => child.resolve("pool")).toThrow(ContainerDisposedError);
});

test("await using disposes it", async () => {
  const log: string[] = [];
  {
    await using container = new Container();
    container.register("pool", saying(log, "pool"), singleton).resolve("pool");
  }
  expect(log).toEqual(["pool"]);
});

test("tells of a failure once, though a scope and the one nested in it were both closing already", async () => {
  const gate = deferred();
  const container = new Container();
  const outer = container.createScope();
  const inner = container.createScope({ parent: outer });
  const failure = new Error("rollback failed");
  inner.defer(() => gate.promise.then(() => Promise.reject(failure)));
  const closed = outer.close();
  const disposed = container.dispose();
  gate.resolve();
  await expect(closed).rejects.toBe(failure);
  await expect(disposed).rejects.toBe(failure);
});

test("tells of each failure by itself, however deep the scopes were nested", async () => {
  const container = new Container();
  const outer = container.createScope();
  const inner = container.createScope({ parent: outer });
  for (const name of ["inner 1", "inner 2"]) inner.defer(() => Promise.reject(name));
  outer.defer(() => Promise.reject("outer"));
  await expect(outer.close()).rejects.toMatchObject({
    errors: ["inner 2", "inner 1", "outer"],
    message: '3 disposers failed; see "errors" for each.',
  });
});

describe.each([["one"], ["two"], ["three"], ["one", "two"], ["two", "one"], ["two", "three"], ["three", "two"]])(
  "where scopes have been closed by hand: %s, %s",
  (...closed) => {
    test("closes the others, the newest first", async () => {
      const log: string[] = [];
      const container = new Container();
      const scopes = new Map(["one", "two", "three"].map((name) => [name, container.createScope({ name })]));
      for (const name of closed) await scopes.get(name)?.close();
      for (const [name, scope] of scopes) if (scope.state === "open") scope.defer(() => log.push(name));
      await container.dispose();
      expect(log).toEqual(["three", "two", "one"].filter((name) => !closed.includes(name)));
    });
  },
);

describe("afterwards", () => {
  test("everything of the container answers ContainerDisposedError", async () => {
    const container = new Container().register("pool", { useValue: "pool" });
    const child = container.createChildContainer();
    container.resolve("pool");
    child.resolve("pool");
    await container.dispose();
    for (const disposed of [container, child]) {
      const calls = [
        () => disposed.resolve("pool"),
        () => disposed.resolveAll("pool"),
        () => disposed.tryResolve("pool"),
        () => disposed.tryResolve("nobody registered this"),
        () => disposed.register("late", { useValue: 1 }),
        () => disposed.isRegistered("pool"),
        () => disposed.reset(),
        () => disposed.beforeResolution("pool", () => {}),
        () => disposed.afterResolution("pool", () => {}),
        () => disposed.clearInstances(),
        () => disposed.createChildContainer(),
        () => disposed.createScope(),
        () => disposed.createScope({ parent: null }),
        () => disposed.enterScope(),
        () => disposed.runInScopeSync(() => {}),
      ];
      for (const call of calls) expect(call).toThrow(ContainerDisposedError);
      await expect(disposed.resolveAsync("pool")).rejects.toThrow(ContainerDisposedError);
      await expect(disposed.runInScope(() => {})).rejects.toThrow(ContainerDisposedError);
    }
  });

  test("so does everything of a scope that was open, and of one that had closed before", async () => {
    const container = new Container().register("pool", { useValue: "pool" });
    const [open, closed] = [container.createScope(), container.createScope()];
    await closed.close();
    await container.dispose();
    for (const scope of [open, closed]) {
      const calls = [
        () => scope.resolve("pool"),
        () => scope.resolveAll("pool"),
        () => scope.tryResolve("pool"),
        () => scope.seed("user", "ada"),
        () => scope.defer(() => {}),
        () => scope.use({ dispose() {} }),
        () => scope.succeed(),
        () => scope.fail("late"),
        () => scope.hold(Promise.resolve()),
      ];
      for (const call of calls) expect(call).toThrow(ContainerDisposedError);
      await expect(scope.resolveAsync("pool")).rejects.toThrow(ContainerDisposedError);
    }
  });

  test("the error has tsyringe's sentence, and says what to do", async () => {
    const container = new Container();
    await container.dispose();
    expect(() => container.resolve("pool")).toThrow(
      "This container has been disposed, you cannot interact with a disposed container\n" +
        "Fix: dispose it last, after the servers and jobs that resolve from it have stopped.",
    );
  });

  test("a scope can still be closed, and its state asked for", async () => {
    const container = new Container();
    const scope = container.createScope();
    await container.dispose();
    await scope.close();
    expect(scope.state).toBe("closed");
  });
});

describe("while it is under way", () => {
  test("scopes that are still open resolve, singletons that are not built yet included", async () => {
    const gate = deferred();
    const container = new Container().register("pool", { useFactory: () => ["pool"] }, singleton);
    const older = container.createScope();
    container.createScope().defer(() => gate.promise);
    const disposed = container.dispose();
    expect(older.resolve("pool")).toEqual(["pool"]);
    gate.resolve();
    await disposed;
  });

  test("none are opened, in child containers neither", async () => {
    const gate = deferred();
    const container = new Container();
    const child = container.createChildContainer();
    const older = container.createScope();
    container.createScope().defer(() => gate.promise);
    const disposed = container.dispose();
    for (const closing of [container, child]) {
      expect(() => closing.createScope()).toThrow(ContainerDisposedError);
      expect(() => closing.createScope({ parent: older })).toThrow(ContainerDisposedError);
      await expect(closing.runInScope(() => {})).rejects.toThrow(ContainerDisposedError);
    }
    gate.resolve();
    await disposed;
  });

  test("what a disposer builds in a child that had nothing to dispose is disposed, too", async () => {
    const log: string[] = [];
    const container = new Container();
    const child = container.createChildContainer().register("late", saying(log, "late"), singleton);
    container.createScope().defer(async () => {
      await Promise.resolve();
      child.resolve("late");
    });
    await container.dispose();
    expect(log).toEqual(["late"]);
  });

  test("what a child's disposer builds in another child is disposed, too", async () => {
    const log: string[] = [];
    const container = new Container();
    const other = container.createChildContainer().register("late", saying(log, "late"), singleton);
    const child = container
      .createChildContainer()
      .register("pool", { useFactory: () => ({ [Symbol.dispose]: () => void other.resolve("late") }) }, singleton);
    child.resolve("pool");
    await container.dispose();
    expect(log).toEqual(["late"]);
  });

  test("a singleton under way is disposed when it comes, and its waiter told", async () => {
    const log: string[] = [];
    const ready = deferred();
    const container = new Container().register(
      "pool",
      {
        async useAsyncFactory() {
          await ready.promise;
          return { [Symbol.dispose]: () => log.push("disposed") };
        },
      },
      singleton,
    );
    const waiter = container.resolveAsync("pool");
    await container.dispose();
    ready.resolve();
    await expect(waiter).rejects.toThrow(ContainerDisposedError);
    expect(log).toEqual(["disposed"]);
  });

  test("so is one of a child container that had built nothing yet", async () => {
    const log: string[] = [];
    const ready = deferred();
    const container = new Container();
    const child = container.createChildContainer().register(
      "pool",
      {
        async useAsyncFactory() {
          await ready.promise;
          return { [Symbol.dispose]: () => log.push("disposed") };
        },
      },
      singleton,
    );
    const waiter = child.resolveAsync("pool");
    await container.dispose();
    ready.resolve();
    await expect(waiter).rejects.toThrow(ContainerDisposedError);
    expect(log).toEqual(["disposed"]);
  });

  test("so is a transient of such a child", async () => {
    const log: string[] = [];
    const ready = deferred();
    const container = new Container();
    const child = container.createChildContainer().register(
      "connection",
      {
        async useAsyncFactory() {
          await ready.promise;
          return { [Symbol.dispose]: () => log.push("disposed") };
        },
      },
      { lifecycle: Lifecycle.Transient },
    );
    const waiter = child.resolveAsync("connection");
    await container.dispose();
    ready.resolve();
    await expect(waiter).rejects.toThrow(ContainerDisposedError);
    expect(log).toEqual(["disposed"]);
  });

  test("and the value of a generator of such a child, which hears of an abort", async () => {
    const log: string[] = [];
    const ready = deferred();
    const container = new Container();
    const child = container.createChildContainer().register(
      "pool",
      {
        async *useGenerator(): AsyncGenerator<string, void, Outcome> {
          await ready.promise;
          const outcome = yield "pool";
          log.push(outcome.status);
        },
      },
      singleton,
    );
    const waiter = child.resolveAsync("pool");
    await container.dispose();
    ready.resolve();
    await expect(waiter).rejects.toThrow(ContainerDisposedError);
    expect(log).toEqual(["aborted"]);
  });

  test.each([
    ["a singleton", singleton],
    ["a transient outside of every scope", transient],
  ])("%s that is disposed before its waiter goes on is not given to it", async (_, options) => {
    for (let later = 0; later < 6; later++) {
      let disposed = false;
      const ready = deferred();
      const pool = { [Symbol.dispose]: () => void (disposed = true) };
      const useAsyncFactory = () => ready.promise.then(() => pool);
      const container = new Container().register("pool", { useAsyncFactory }, options);
      const given = container.resolveAsync("pool").then(
        () => (disposed ? "a disposed instance" : "an instance"),
        (error: unknown) => error,
      );
      ready.resolve();
      for (let turn = 0; turn < later; turn++) await Promise.resolve();
      const end = container.dispose();
      expect(await given).toBeInstanceOf(ContainerDisposedError);
      await end;
      expect(disposed).toBe(true);
    }
  });

  test("nothing is constructed there of arguments that come too late", async () => {
    const ready = deferred();
    let constructed = 0;
    const container = new Container();
    const child = container
      .createChildContainer()
      .register("slow", { useAsyncFactory: () => ready.promise }, singleton)
      .register("pool", { useFactory: () => ++constructed, deps: ["slow"] }, singleton);
    const waiter = child.resolveAsync("pool");
    await container.dispose();
    ready.resolve();
    await expect(waiter).rejects.toThrow(ContainerDisposedError);
    expect(constructed).toBe(0);
  });

  test("work in a scope that was closed under it learns it from what it asks next", async () => {
    const gate = deferred();
    const container = new Container().register("user", { useFactory: () => ({}) }, context);
    const work = container.runInScope(async (scope) => {
      await gate.promise;
      return scope.resolve("user");
    });
    await container.dispose();
    gate.resolve();
    await expect(work).rejects.toThrow(ContainerDisposedError);
  });

  test("a disposer that asks for what its closing scope has not built hears of the scope, not of the container", async () => {
    const container = new Container().register("user", { useFactory: () => ({}) }, context);
    const scope = container.createScope();
    scope.defer(() => void scope.resolve("user"));
    await expect(container.dispose()).rejects.toThrow(ScopeClosedError);
  });
});

test("a container that is ending has no more children", async () => {
  const container = new Container();
  container.register("pool", { useFactory: () => ({ dispose: () => container.createChildContainer() }) }, singleton);
  container.resolve("pool");
  await expect(container.dispose()).rejects.toThrow(ContainerDisposedError);
});

test("a child that is being disposed when its parent is ends once", async () => {
  const log: string[] = [];
  const blocked = deferred();
  const parent = new Container();
  const child = parent.createChildContainer();
  for (const name of ["one", "other"]) {
    const useFactory = () => ({
      async [Symbol.asyncDispose]() {
        log.push(name);
        await blocked.promise;
      },
    });
    child.register(name, { useFactory }, singleton).resolve(name);
  }
  const ended = [child.dispose(), parent.dispose()];
  expect(log).toEqual(["other"]);
  blocked.resolve();
  await Promise.all(ended);
  expect(log).toEqual(["other", "one"]);
});
