/** A class whose dependencies have to be waited for: what its constructor may ask for, when it runs at last. */
import { CaptiveDependencyError, Container, CyclicDependencyError, Lifecycle, type RegistrationOptions } from "ambit";
import { describe, expect, test } from "vitest";

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const singleton = { lifecycle: Lifecycle.Singleton } as const;
const perJob = { ...context, scopeName: "job" } as const;

/** A container with an async "connection" for everyone, and a "user" for each scope. */
function withConnection(): Container {
  return new Container()
    .register("connection", { useAsyncFactory: async () => "connection" }, singleton)
    .register("user", { useFactory: () => "user" }, context);
}

const longer: [string, RegistrationOptions][] = [
  ["a singleton", singleton],
  ["an instance of a named scope", perJob],
];

describe.each(longer)("%s that had to wait", (_, options) => {
  test("may not ask for what the current scope will end", async () => {
    const container = withConnection();
    class Cache {
      readonly user = container.resolve("user");
    }
    container.register("cache", { useClass: Cache, deps: ["connection"] }, options);
    await container.runInScope({ name: "job" }, () =>
      container.runInScope((scope) => expect(scope.resolveAsync("cache")).rejects.toThrow(CaptiveDependencyError)),
    );
  });

  test("is out of the way once it is built: who waited for it may ask for what the scope will end", async () => {
    const container = withConnection();
    container.register("cache", { useClass: class {}, deps: ["connection"] }, options);
    await container.runInScope({ name: "job" }, async () => {
      await container.resolveAsync("cache");
      expect(container.resolve("user")).toBe("user");
    });
  });
});

test("that had to wait for itself, because a dependency asked for it, is a cycle", async () => {
  const container = new Container();
  let asked: Promise<unknown> | undefined;
  class Early {
    constructor() {
      asked = container.resolveAsync("late");
      asked.catch(() => {});
    }
  }
  container.register(Early, Early);
  container.register("late", { useAsyncFactory: async () => "late", deps: [Early] }, singleton);
  expect(await container.resolveAsync("late")).toBe("late");
  await expect(asked).rejects.toThrow(CyclicDependencyError);
  await expect(asked).rejects.toThrow("late -> late");
});

test("that throws where there was nothing to wait for is built by the next one who asks", async () => {
  const container = withConnection();
  let broken = true;
  class Cache {
    constructor() {
      if (broken) throw new Error("no room");
    }
  }
  container.register("cache", { useClass: Cache, deps: ["connection"] }, context);
  await container.runInScope(async (scope) => {
    await scope.resolveAsync("connection");
    await expect(scope.resolveAsync("cache")).rejects.toThrow("no room");
    broken = false;
    expect(await scope.resolveAsync("cache")).toBeInstanceOf(Cache);
  });
});
