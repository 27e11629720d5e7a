/** A class whose dependencies have to be waited for: what its constructor may ask for, when it runs at last. */
import {
  CaptiveDependencyError,
  Container,
  CyclicDependencyError,
  dep,
  inject,
  injectWithTransform,
  Lifecycle,
  type Ref,
  type RegistrationOptions,
} from "ambit";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

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

test("that waits for one dependency and not for another is given both", async () => {
  const container = withConnection().register("clock", { useFactory: () => "clock" });
  class Repository {
    readonly parts: unknown[];
    constructor(...parts: unknown[]) {
      this.parts = parts;
    }
  }
  container.register(Repository, { useClass: Repository, deps: ["connection", "clock"] });
  expect((await container.resolveAsync(Repository)).parts).toEqual(["connection", "clock"]);
});

describe("that needs what a scope was given", () => {
  class Session {
    readonly isGiven: boolean = false;
  }
  const needing = () =>
    withConnection().register("page", {
      deps: ["connection", Session],
      useFactory: (_connection, session) => session,
    });

  test("is given it", async () => {
    const session = new Session();
    const given = needing().runInScope({ seeds: [[Session, session]] }, (scope) => scope.resolveAsync("page"));
    expect(await given).toBe(session);
  });

  test("has it built in a scope that was not given it, though others were", async () => {
    const container = needing();
    await container.runInScope({ seeds: [[Session, new Session()]] }, (scope) => scope.resolveAsync("page"));
    const built = await container.runInScope((scope) => scope.resolveAsync(Session));
    expect(built).toBeInstanceOf(Session);
    expect(await container.runInScope((scope) => scope.resolveAsync("page"))).toBeInstanceOf(Session);
  });

  test("has it built asynchronously where that is how it is built", async () => {
    class Account {
      constructor(@inject("connection") readonly connection: unknown) {}
    }
    const container = withConnection();
    container.runInScopeSync({ seeds: [[Account, new Account("given")]] }, (scope) => scope.resolve(Account));
    const built = await container.runInScope((scope) => scope.resolveAsync(Account));
    expect(built.connection).toBe("connection");
  });
});

test("that cannot be built does not leave behind what fails while nobody waits for it any more", async () => {
  const failing = deferred<string>();
  const container = new Container().register("failing", { useAsyncFactory: () => failing.promise }, singleton);
  container.register("broken", {
    useFactory: () => {
      throw new Error("broken");
    },
  });
  container.register("holder", { deps: ["failing", "broken"], useFactory: () => 1 });
  await expect(container.resolveAsync("holder")).rejects.toThrow("broken");
  failing.reject(new Error("nobody waits"));
  await new Promise(setImmediate);
});

describe("that waits through", () => {
  class Doubling {
    transform(value: string): string {
      return value + value;
    }
  }

  test("all of a token, of which some take time", async () => {
    const container = withConnection().register("part", { useAsyncFactory: async () => "slow" }, singleton);
    container.register("part", { useValue: "fast" });
    container.register("holder", { deps: [dep.all("part")], useFactory: (parts) => parts });
    expect(await container.resolveAsync("holder")).toEqual(["slow", "fast"]);
  });

  test("what a transformer changes", async () => {
    class Holder {
      constructor(@injectWithTransform("connection", Doubling) readonly text: string) {}
    }
    expect((await withConnection().resolveAsync(Holder)).text).toBe("connectionconnection");
  });

  test("the transformer", async () => {
    class Holder {
      constructor(@injectWithTransform("text", "doubling") readonly text: string) {}
    }
    const container = new Container()
      .register("text", { useValue: "a" })
      .register("doubling", { useAsyncFactory: async () => new Doubling() }, singleton);
    expect((await container.resolveAsync(Holder)).text).toBe("aa");
  });

  test("a ref, each time it is asked", async () => {
    const container = withConnection().register("holder", { deps: [dep.ref("connection")], useFactory: (ref) => ref });
    expect(await container.resolve<Ref<string>>("holder").getAsync()).toBe("connection");
  });

  test("an interceptor, which sees what came, and a promise that is a value as a promise", async () => {
    const seen: unknown[] = [];
    const value = Promise.resolve(1);
    const container = withConnection().register("promise", { useFactory: () => value });
    for (const token of ["connection", "promise"])
      container.afterResolution(token, (_, result) => seen.push(result), { frequency: "Always" });
    await container.resolveAsync("connection");
    await container.resolveAsync("promise");
    expect(seen[0]).toBe("connection");
    expect(seen[1]).toBe(value);
  });
});
