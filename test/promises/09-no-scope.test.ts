/** Promise 9: no scope is an error, never a silent singleton. */
import { Container, dep, Lifecycle, NoScopeError, type Ref } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

class User {}
const context = { lifecycle: Lifecycle.ContextScoped } as const;

test("9: outside of every scope a context-lived instance is refused, whichever way it is asked for", async () => {
  const container = new Container().register(User, User, context);
  const refused = expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" });
  expect(() => container.resolve(User)).toThrow(NoScopeError);
  expect(() => container.resolve(User)).toThrow(refused);
  expect(() => container.tryResolve(User)).toThrow(refused);
  expect(() => container.resolveAll(User)).toThrow(refused);
  await expect(container.resolveAsync(User)).rejects.toThrow(refused);
});

test("9: after the scope has closed there is none again", async () => {
  const container = new Container().register(User, User, context);
  await container.runInScope(() => container.resolve(User));
  expect(() => container.resolve(User)).toThrow(NoScopeError);
});

test("9: a scope that was opened and not entered is nobody's current one", async () => {
  const container = new Container().register(User, User, context);
  const scope = container.createScope();
  expect(() => container.resolve(User)).toThrow(NoScopeError);
  expect(scope.run(() => container.resolve(User))).toBe(scope.resolve(User));
  await scope.close();
});

test("9: the scope of an unrelated container does not count", async () => {
  const container = new Container().register(User, User, context);
  await new Container().runInScope(() => expect(() => container.resolve(User)).toThrow(NoScopeError));
});

test("9: the scope of a child container counts for its parent, and the other way round", async () => {
  const container = new Container().register(User, User, context);
  const child = container.createChildContainer();
  await child.runInScope(() => expect(container.resolve(User)).toBe(child.resolve(User)));
  await container.runInScope(() => expect(child.resolve(User)).toBe(container.resolve(User)));
});

test("9: a scope of the same family is found around that of an unrelated container", async () => {
  const container = new Container().register(User, User, context);
  await container.runInScope(async (scope) => {
    await new Container().runInScope(() => expect(container.resolve(User)).toBe(scope.resolve(User)));
  });
});

test("9: a named instance is refused where no scope of that name is around", async () => {
  const container = new Container().register(User, User, { ...context, scopeName: "connection" });
  await container.runInScope({ name: "message" }, (scope) => {
    expect(() => scope.resolve(User)).toThrow(NoScopeError);
    expect(() => scope.resolve(User)).toThrow('no scope named "connection" of its container is current here');
  });
});

test("9: work that a scope left behind in another flow does not find it", async () => {
  const container = new Container().register(User, User, context);
  const gate = deferred();
  const outside = gate.promise.then(() => container.resolve(User));
  const work = container.runInScope(async () => {
    gate.resolve();
    await expect(outside).rejects.toThrow(NoScopeError);
  });
  await work;
});

test("9: a ref says so, too, and its tryGet gives undefined", () => {
  class Cache {
    constructor(readonly user: Ref<User>) {}
  }
  const container = new Container()
    .register(User, User, context)
    .register(Cache, { useClass: Cache, deps: [dep.ref(User)] }, { lifecycle: Lifecycle.Singleton });
  const { user } = container.resolve(Cache);
  expect(() => user.get()).toThrow(NoScopeError);
  expect(user.tryGet()).toBeUndefined();
});

test("9: the error says who asked for it, and what to do", () => {
  class Service {
    constructor(readonly user: User) {}
  }
  const container = new Container()
    .register(User, User, context)
    .register(Service, { useClass: Service, deps: [User] });
  expect(() => container.resolve(Service)).toThrowErrorMatchingInlineSnapshot(`
    [NoScopeError: Cannot inject the dependency at position #0 of the provider of "Service". Reason:
        Cannot resolve context-scoped User: no scope of its container is current here.
      Service   transient
      User      context-scoped   dependency #0
    Fix: run this inside container.runInScope(...), or put scopePerRequest(container) before the middleware that asks.]
  `);
});
