/** The parent of a scope: the current one of the same family, the one that was given, or none. */
import { Container, currentScope, Lifecycle, NoScopeError, type Scope, ScopeClosedError, ScopeStateError } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

test("a scope that is opened outside of every scope has no parent", async () => {
  const scope = new Container().createScope();
  expect(scope.parent).toBeUndefined();
  await scope.close();
});

test("the parent is the current scope, after an await, too", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    await Promise.resolve();
    await container.runInScope((inner) => expect(inner.parent).toBe(outer));
    expect(container.runInScopeSync((inner) => inner.parent)).toBe(outer);
    expect(container.createScope().parent).toBe(outer);
  });
});

test("the parent is the one that was given, whatever the current one is", async () => {
  const container = new Container();
  const given = container.createScope();
  await container.runInScope(() =>
    container.runInScope({ parent: given }, (inner) => expect(inner.parent).toBe(given)),
  );
  await given.close();
});

test("with parent: null there is none", async () => {
  const container = new Container();
  await container.runInScope(() =>
    container.runInScope({ parent: null }, (inner) => expect(inner.parent).toBeUndefined()),
  );
});

test("with parent: null the scope of an unrelated container is not found from inside either", async () => {
  const other = new Container().register("user", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped });
  await other.runInScope(() =>
    new Container().runInScope({ parent: null }, () => expect(() => other.resolve("user")).toThrow(NoScopeError)),
  );
});

test("with parent: null it outlives the scope that it was opened in", async () => {
  const container = new Container();
  let inner: Scope | undefined;
  await container.runInScope(() => {
    inner = container.createScope({ parent: null });
  });
  expect(inner?.state).toBe("open");
  await inner?.close();
});

test("parent: undefined is as good as none given", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    await container.runInScope({ parent: undefined }, (inner) => expect(inner.parent).toBe(outer));
  });
});

test("the scope of a child container is a parent like any other of its family", async () => {
  const container = new Container();
  const child = container.createChildContainer();
  await child.runInScope((outer) => container.runInScope((inner) => expect(inner.parent).toBe(outer)));
  await container.runInScope((outer) => child.runInScope((inner) => expect(inner.parent).toBe(outer)));
});

test("the scope of an unrelated container is no parent, and the one of the family around it is", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    await new Container().runInScope(async (between) => {
      expect(between.parent).toBeUndefined();
      await container.runInScope((inner) => expect(inner.parent).toBe(outer));
    });
  });
});

test("the scope of an unrelated container is found again from inside of one that was opened in it", async () => {
  const [mine, other] = [
    new Container(),
    new Container().register("user", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped }),
  ];
  await other.runInScope(async (outer) => {
    await mine.runInScope(() => mine.runInScope(() => expect(other.resolve("user")).toBe(outer.resolve("user"))));
  });
});

test("a given parent of an unrelated container is refused", () => {
  const other = new Container().createScope();
  const open = () => new Container().createScope({ parent: other });
  expect(open).toThrow(ScopeStateError);
  expect(open).toThrow(
    "Cannot open a scope inside one of an unrelated container.\nFix: give a scope of the same root container, or null.",
  );
  expect(() => new Container().createScope({ parent: {} as never })).toThrow(ScopeStateError);
  void other.close();
});

test("a given parent that has closed is refused", async () => {
  const container = new Container();
  const closed = container.createScope({ name: "request" });
  await closed.close();
  expect(() => container.createScope({ parent: closed })).toThrow(ScopeClosedError);
  expect(() => container.createScope({ parent: closed })).toThrow(
    `Cannot open a scope inside it: scope "request" ${closed.id} (closed) has ended.`,
  );
});

test("in a scope that is closing none opens, unless it is told to have no parent", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    const gate = deferred();
    outer.defer(() => gate.promise);
    const closed = outer.close();
    expect(() => container.createScope()).toThrow(ScopeClosedError);
    await expect(container.runInScope({ parent: null }, () => "done")).resolves.toBe("done");
    gate.resolve();
    await closed;
  });
});

test("in the flow of a scope that has closed a new one has no parent", async () => {
  const container = new Container();
  const gate = deferred();
  let late: Promise<Scope | undefined> | undefined;
  await container.runInScope(() => {
    late = gate.promise.then(() => container.runInScope((scope) => scope.parent));
  });
  gate.resolve();
  expect(await late).toBeUndefined();
});

test("a scope has a parent while it is open, and none to keep alive after that", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    const inner = container.createScope();
    expect(inner.parent).toBe(outer);
    await inner.close();
    expect(inner.parent).toBeUndefined();
  });
});

test("scope.run makes it the current one in a fork, as often as it is called, and does not close it", async () => {
  const container = new Container();
  const scope = container.createScope();
  expect(scope.run((given) => [given === scope, currentScope() === scope])).toEqual([true, true]);
  await scope.run(async () => {
    await Promise.resolve();
    expect(currentScope()).toBe(scope);
    scope.run(() => expect(currentScope()).toBe(scope));
  });
  expect(currentScope()).toBeUndefined();
  expect(scope.state).toBe("open");
  await scope.close();
});

test("createScope enters nothing", async () => {
  const scope = new Container().createScope();
  expect(currentScope()).toBeUndefined();
  await scope.close();
});

test("a scope knows the container that opened it", async () => {
  const container = new Container();
  const child = container.createChildContainer();
  await container.runInScope((outer) => {
    const inner = child.createScope();
    expect([outer.container, inner.container]).toEqual([container, child]);
  });
});

test("parentId is the id of the scope around, or of one in another thread that the options name", () => {
  const container = new Container();
  const outer = container.createScope();
  expect(outer.parentId).toBeUndefined();
  expect(container.createScope({ parent: outer }).parentId).toBe(outer.id);
  expect(container.createScope({ parent: null, parentId: "elsewhere" }).parentId).toBe("elsewhere");
});
