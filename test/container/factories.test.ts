/** tsyringe's caching factories: what they keep, for whom, and of what it may be made. */
import {
  CaptiveDependencyError,
  Container,
  type DependencyContainer,
  inject,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  Lifecycle,
  predicateAwareClassFactory,
} from "ambit";
import { container as tsyringeContainer } from "tsyringe";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

/** A factory of new objects that counts its calls. */
function counted<T = object>(make: (container: DependencyContainer) => T = () => ({}) as T) {
  const factory = (container: DependencyContainer): T => {
    factory.calls++;
    return make(container);
  };
  factory.calls = 0;
  return factory;
}

class User {}
const withUser = () => new Container().register(User, User, { lifecycle: Lifecycle.ContextScoped });

describe.each([
  ["instanceCachingFactory", instanceCachingFactory],
  ["instancePerContainerCachingFactory", instancePerContainerCachingFactory],
])("%s", (_, caching) => {
  test("makes it when it is first asked for, and once", () => {
    const factory = counted();
    const container = new Container().register("kept", { useFactory: caching(factory) });
    expect(factory.calls).toBe(0);
    expect(container.resolve("kept")).toBe(container.resolve("kept"));
    expect(factory.calls).toBe(1);
  });

  test.each([[undefined], [null], [0], [""], [false]])("keeps %s like any other value", (value) => {
    const factory = counted(() => value);
    const container = new Container().register("kept", { useFactory: caching<unknown>(factory) });
    expect([container.resolve("kept"), container.resolve("kept"), factory.calls]).toEqual([value, value, 1]);
  });

  test("tries again after it threw", () => {
    let failing = true;
    const factory = counted(() => {
      if (failing) throw new Error("not yet");
      return "there";
    });
    const container = new Container().register("kept", { useFactory: caching(factory) });
    expect(() => container.resolve("kept")).toThrow("not yet");
    failing = false;
    expect(container.resolve("kept")).toBe("there");
  });

  test("does not keep a promise that rejects, and keeps one that does not", async () => {
    const [first, second] = [deferred<string>(), deferred<string>()];
    const answers = [first.promise, second.promise];
    const factory = counted(() => answers.shift() as Promise<string>);
    const container = new Container().register<Promise<string>>("kept", { useFactory: caching(factory) });
    const asked = [container.resolve("kept"), container.resolve("kept")];
    expect(asked[0]).toBe(asked[1]);
    first.reject(new Error("down"));
    await expect(asked[0]).rejects.toThrow("down");
    second.resolve("up");
    expect(await container.resolve("kept")).toBe("up");
    expect(container.resolve("kept")).toBe(second.promise);
  });

  test("refuses to keep what lives in a scope, instead of giving one request's to all", () => {
    const container = withUser().register("kept", { useFactory: caching((c) => ({ user: c.resolve(User) })) });
    const ask = () => container.runInScopeSync((scope) => scope.resolve("kept"));
    expect(ask).toThrow(CaptiveDependencyError);
    expect(ask).toThrow(/^Cannot inject context-scoped User into (singleton|container-scoped) kept/);
    expect(ask).toThrow(
      expect.objectContaining({ path: ["kept", "User"].map((name) => expect.objectContaining({ name })) }),
    );
  });

  test("what it resolves in passing is not disposed with the scope that happened to ask first", async () => {
    const calls: string[] = [];
    class Pool {
      dispose() {
        calls.push("pool");
      }
    }
    const container = new Container().register("kept", { useFactory: caching((c) => c.resolve(Pool)) });
    await container.runInScope((scope) => scope.resolve("kept"));
    expect(calls).toEqual([]);
    await container.dispose();
    expect(calls).toEqual(["pool"]);
  });

  test("runs in no scope: an async factory does not carry on in that of who asked first", async () => {
    const container = withUser().register<Promise<User>>("kept", {
      useFactory: caching(async (c) => {
        await Promise.resolve();
        return c.resolve(User);
      }),
    });
    const refused = container.runInScope((scope) => scope.resolve<Promise<User>>("kept"));
    await expect(refused).rejects.toMatchObject({ code: "ERR_AMBIT_NO_SCOPE" });
  });

  test("works in tsyringe's container", () => {
    const factory = counted();
    const container = tsyringeContainer.createChildContainer();
    container.register("kept", { useFactory: caching(factory) as never });
    expect(container.resolve("kept")).toBe(container.resolve("kept"));
    expect(factory.calls).toBe(1);
  });
});

describe("instanceCachingFactory", () => {
  test("gives the same to the container's children", () => {
    const root = new Container().register("kept", { useFactory: instanceCachingFactory(() => ({})) });
    expect(root.createChildContainer().resolve("kept")).toBe(root.resolve("kept"));
  });

  test("makes it from the container that registered it, whichever child asks first", () => {
    const root = new Container().register("name", { useValue: "root" });
    root.register("kept", { useFactory: instanceCachingFactory((c) => ({ name: c.resolve("name") })) });
    const child = root.createChildContainer().register("name", { useValue: "child" });
    expect([child.resolve("kept"), root.resolve("kept")]).toEqual([{ name: "root" }, { name: "root" }]);
  });

  test("outlives a child that asked first", async () => {
    const calls: string[] = [];
    class Pool {
      dispose() {
        calls.push("pool");
      }
    }
    const root = new Container().register("kept", { useFactory: instanceCachingFactory((c) => c.resolve(Pool)) });
    const child = root.createChildContainer();
    child.resolve("kept");
    await child.dispose();
    expect(calls).toEqual([]);
  });
});

test("instancePerContainerCachingFactory makes one for each container, from what that container sees", () => {
  const root = new Container().register("name", { useValue: "root" });
  root.register("kept", { useFactory: instancePerContainerCachingFactory((c) => ({ name: c.resolve("name") })) });
  const child = root.createChildContainer().register("name", { useValue: "child" });
  expect([root.resolve("kept"), child.resolve("kept")]).toEqual([{ name: "root" }, { name: "child" }]);
  expect(child.resolve("kept")).toBe(child.resolve("kept"));
});

test("what instancePerContainerCachingFactory made ends with the container for which it is kept", async () => {
  const log: string[] = [];
  class Part {
    dispose() {
      log.push("disposed");
    }
  }
  const root = new Container().register("kept", {
    useFactory: instancePerContainerCachingFactory((asked) => asked.resolve(Part)),
  });
  const child = root.createChildContainer();
  child.resolve("kept");
  await child.dispose();
  expect(log).toEqual(["disposed"]);
});

test.each([
  ["singleton", instanceCachingFactory],
  ["container-scoped", instancePerContainerCachingFactory],
])("what is kept as a %s is called that where it may not hold something", (lifetime, caching) => {
  const container = withUser().register("kept", { useFactory: caching((asked) => asked.resolve(User)) });
  expect(() => container.runInScopeSync((scope) => scope.resolve("kept"))).toThrow(
    `Cannot inject context-scoped User into ${lifetime} kept`,
  );
});

describe("predicateAwareClassFactory", () => {
  class Secure {}
  class Plain {}

  test("resolves the class that the predicate chooses, anew when its answer changes", () => {
    let secure = true;
    const container = new Container().register<object>("http", {
      useFactory: predicateAwareClassFactory<object>(() => secure, Secure, Plain),
    });
    const first = container.resolve("http");
    expect(container.resolve("http")).toBe(first);
    secure = false;
    const second = container.resolve("http");
    expect([first, second]).toEqual([expect.any(Secure), expect.any(Plain)]);
    secure = true;
    expect(container.resolve("http")).not.toBe(first);
  });

  test("without caching resolves each time", () => {
    const container = new Container().register<object>("http", {
      useFactory: predicateAwareClassFactory<object>(() => true, Secure, Plain, false),
    });
    expect(container.resolve("http")).not.toBe(container.resolve("http"));
  });

  test("asks the predicate with the container that was asked", () => {
    const asked: unknown[] = [];
    const root = new Container().register<object>("http", {
      useFactory: predicateAwareClassFactory<object>((c) => asked.push(c) > 0, Secure, Plain),
    });
    const child = root.createChildContainer();
    child.resolve("http");
    expect(asked).toEqual([child]);
  });

  test("the predicate may ask for what lives in the scope", () => {
    const container = withUser().register<object>("http", {
      useFactory: predicateAwareClassFactory<object>((c) => c.resolve(User) instanceof User, Secure, Plain),
    });
    expect(container.runInScopeSync((scope) => scope.resolve("http"))).toBeInstanceOf(Secure);
  });

  test("refuses to keep a class that holds what lives in a scope; without caching it may", () => {
    class ForUser {
      constructor(@inject(User) readonly user: User) {}
    }
    const choosing = (caching: boolean) =>
      withUser().register<object>("http", {
        useFactory: predicateAwareClassFactory<object>(() => true, ForUser, Plain, caching),
      });
    const ask = (container: Container) => container.runInScopeSync((scope) => scope.resolve<object>("http"));
    expect(() => ask(choosing(true))).toThrow(CaptiveDependencyError);
    expect(ask(choosing(false))).toBeInstanceOf(ForUser);
  });
});
