/** Plans are made anew after a registration: what was built, or is under way, by the earlier plan stays the one instance. */
import { AsyncDependencyError, Container, CyclicDependencyError, Lifecycle } from "ambit";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const singleton = { lifecycle: Lifecycle.Singleton } as const;

const shared = [
  ["context-scoped", context],
  ["singleton", singleton],
] as const;

describe.each(shared)("a %s instance", (_, options) => {
  test("under way is joined, though a registration has taken away all that it waits for", async () => {
    const ready = deferred<string>();
    const container = new Container()
      .register("slow", { useAsyncFactory: () => ready.promise }, options)
      .register("service", { deps: ["slow"], useFactory: (slow) => ({ slow }) }, options);
    await container.runInScope(async (scope) => {
      const first = scope.resolveAsync("service");
      container.register("slow", { useValue: "fast" });
      const second = scope.resolveAsync("service");
      expect(() => scope.resolve("service")).toThrow(AsyncDependencyError);
      ready.resolve("slow");
      expect(await second).toBe(await first);
      expect(await first).toEqual({ slow: "slow" });
    });
  });

  test("that registers something while it is built and asks for itself is a cycle", () => {
    const container = new Container();
    const useFactory = () => {
      container.register("other", { useValue: 1 });
      return container.resolve("self");
    };
    container.register("self", { useFactory }, options);
    container.runInScopeSync((scope) => expect(() => scope.resolve("self")).toThrow(CyclicDependencyError));
  });

  test("that is undefined is not built again", () => {
    let built = 0;
    const container = new Container().register("nothing", { useFactory: () => void built++ }, options);
    container.runInScopeSync((scope) => {
      scope.resolve("nothing");
      container.register("other", { useValue: 1 });
      expect([scope.resolve("nothing"), built]).toEqual([undefined, 1]);
    });
  });

  test("that a dependency has built meanwhile is not built again", async () => {
    let built = 0;
    const container = new Container();
    class Meddler {
      constructor() {
        container.register("other", { useValue: 1 });
        container.resolve("pool");
      }
    }
    container
      .register("connection", { useAsyncFactory: async () => "connection" }, singleton)
      .register("pool", { deps: ["connection"], useFactory: () => ++built }, options)
      .register("holder", { deps: [Meddler, "pool"], useFactory: (_meddler, pool) => pool });
    await container.runInScope(async (scope) => {
      expect(() => scope.resolve("holder")).toThrow(AsyncDependencyError);
      await scope.resolveAsync("connection");
      expect([await scope.resolveAsync("holder"), built]).toEqual([1, 1]);
    });
  });

  test("that needs itself is a cycle, asked for asynchronously too", async () => {
    const container = new Container();
    container.register("self", { useFactory: () => container.resolve("self") }, options);
    await container.runInScope((scope) => expect(scope.resolveAsync("self")).rejects.toThrow(CyclicDependencyError));
  });
});

test("a child that comes later may build asynchronously what the container around it builds at once", async () => {
  const root = new Container()
    .register("name", { useFactory: () => "ann" })
    .register("user", { deps: ["name"], useFactory: (name) => ({ name }) }, context);
  await root.runInScope((scope) => scope.resolveAsync("user"));
  const child = root.createChildContainer().register("name", { useAsyncFactory: async () => "bob" }, context);
  expect(await child.runInScope(() => root.resolveAsync("user"))).toEqual({ name: "bob" });
});
