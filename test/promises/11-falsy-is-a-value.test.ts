/**
 * Promise 11: falsy is a value. `0`, `""`, `null` and `undefined` are cached like any instance. A constructor or factory
 * that throws leaves nothing behind: what was built for it is still owned, and the next resolve tries again.
 */
import { Container, Lifecycle } from "ambit";
import { describe, expect, test } from "vitest";

const lifetimes = [
  ["singleton", Lifecycle.Singleton],
  ["container-scoped", Lifecycle.ContainerScoped],
  ["thread-scoped", Lifecycle.ThreadScoped],
  ["context-scoped", Lifecycle.ContextScoped],
] as const;
const falsy = [0, -0, Number.NaN, "", false, null, undefined, 0n];

describe.each(lifetimes)("%s", (_, lifecycle) => {
  test.each(falsy)("11: %s of a factory is built once", async (value) => {
    let built = 0;
    const useFactory = () => {
      built++;
      return value;
    };
    const container = new Container().register("value", { useFactory }, { lifecycle });
    await container.runInScope((scope) => {
      expect([scope.resolve("value"), scope.resolve("value"), container.resolve("value")]).toEqual([
        value,
        value,
        value,
      ]);
    });
    expect(built).toBe(1);
  });

  test.each(falsy)("11: %s of an async factory is built once", async (value) => {
    let built = 0;
    const useAsyncFactory = async () => {
      built++;
      return value;
    };
    const container = new Container().register("value", { useAsyncFactory }, { lifecycle });
    await container.runInScope(async (scope) => {
      await Promise.all([scope.resolveAsync("value"), scope.resolveAsync("value")]);
      expect(await scope.resolveAsync("value")).toBe(value);
      expect(scope.resolve("value")).toBe(value);
    });
    expect(built).toBe(1);
  });

  test("11: undefined of a generator is built once", async () => {
    let built = 0;
    const container = new Container().register(
      "value",
      {
        *useGenerator() {
          built++;
          yield undefined;
        },
      },
      { lifecycle },
    );
    await container.runInScope((scope) => {
      expect([scope.resolve("value"), scope.resolve("value")]).toEqual([undefined, undefined]);
    });
    expect(built).toBe(1);
  });

  test("11: after a factory threw, the next resolve tries again", async () => {
    let calls = 0;
    const useFactory = () => {
      if (++calls === 1) throw new Error("not yet");
      return "built";
    };
    const container = new Container().register("value", { useFactory }, { lifecycle });
    await container.runInScope((scope) => {
      expect(() => scope.resolve("value")).toThrow("not yet");
      expect(scope.resolve("value")).toBe("built");
    });
  });

  test("11: after an async factory rejected, the next resolve tries again", async () => {
    let calls = 0;
    const useAsyncFactory = async () => {
      if (++calls === 1) throw new Error("not yet");
      return "built";
    };
    const container = new Container().register("value", { useAsyncFactory }, { lifecycle });
    await container.runInScope(async (scope) => {
      await expect(scope.resolveAsync("value")).rejects.toThrow("not yet");
      expect(await scope.resolveAsync("value")).toBe("built");
    });
  });

  test("11: after a constructor threw, what was built for it is still owned, and built on", async () => {
    const ended: string[] = [];
    let calls = 0;
    class Connection {
      [Symbol.dispose](): void {
        ended.push("connection");
      }
    }
    class Repository {
      constructor(readonly connection: Connection) {
        if (++calls === 1) throw new Error("not yet");
      }
    }
    const container = new Container()
      .register(Connection, Connection, { lifecycle })
      .register(Repository, { useClass: Repository, deps: [Connection] }, { lifecycle });
    await container.runInScope((scope) => {
      expect(() => scope.resolve(Repository)).toThrow("not yet");
      expect(scope.resolve(Repository).connection).toBe(scope.resolve(Connection));
    });
    await container.dispose();
    expect(ended).toEqual(["connection"]);
  });
});

test.each(falsy)("11: a seed of %s is a value", async (value) => {
  await new Container().runInScope({ seeds: [["seed", value]] }, (scope) => {
    expect(scope.resolve("seed")).toBe(value);
  });
});

test.each(falsy)("11: a registered %s is a value", (value) => {
  expect(new Container().register("value", { useValue: value }).resolve("value")).toBe(value);
});

test("11: a transient that was made for a constructor that threw is disposed with the scope", async () => {
  let ended = 0;
  class Handle {
    [Symbol.dispose](): void {
      ended++;
    }
  }
  class Service {
    constructor(readonly handle: Handle) {
      throw new Error("no");
    }
  }
  const container = new Container().register(Service, { useClass: Service, deps: [Handle] });
  const scope = container.createScope();
  expect(() => scope.resolve(Service)).toThrow("no");
  await scope.close();
  expect(ended).toBe(1);
});

test("11: what a factory throws is not changed, falsy included", () => {
  for (const thrown of [undefined, null, 0, "", new RangeError("mine")]) {
    const container = new Container().register("value", {
      useFactory() {
        throw thrown;
      },
    });
    const caught: unknown[] = [];
    try {
      container.resolve("value");
    } catch (error) {
      caught.push(error);
    }
    expect(caught).toEqual([thrown]);
    expect(caught[0]).toBe(thrown);
  }
});

test("11: after a factory threw beyond the sixteenth slot, the next resolve tries again", async () => {
  let calls = 0;
  const container = new Container();
  const tokens = Array.from({ length: 40 }, (_, index) => `value ${index}`);
  for (const token of tokens) {
    const useFactory = () => {
      if (++calls % 2 === 1) throw new Error("not yet");
      return token;
    };
    container.register(token, { useFactory }, { lifecycle: Lifecycle.ContextScoped });
  }
  await container.runInScope((scope) => {
    for (const token of tokens) {
      expect(() => scope.resolve(token)).toThrow("not yet");
      expect(scope.resolve(token)).toBe(token);
    }
  });
});

test("11: a scope beyond its sixteenth slot keeps falsy values, too", async () => {
  let built = 0;
  const container = new Container();
  const tokens = Array.from({ length: 40 }, (_, index) => `value ${index}`);
  for (const token of tokens) {
    const useFactory = () => {
      built++;
      return undefined;
    };
    container.register(token, { useFactory }, { lifecycle: Lifecycle.ContextScoped });
  }
  await container.runInScope((scope) => {
    for (const token of [...tokens, ...tokens]) expect(scope.resolve(token)).toBeUndefined();
  });
  expect(built).toBe(40);
});
