/** Thread-lived instances, in the main thread, which is one like any other. */
import {
  CaptiveDependencyError,
  Container,
  ContextVar,
  currentScope,
  container as defaultContainer,
  disposeThread,
  inject,
  Lifecycle,
  threadScoped,
} from "ambit";
import { expect, test } from "vitest";

const thread = { lifecycle: Lifecycle.ThreadScoped } as const;

class Pool {
  ended = 0;

  [Symbol.dispose](): void {
    this.ended++;
  }
}

test("a root container and all its children share one instance, whoever asks first", () => {
  const root = new Container().register(Pool, Pool, thread);
  const child = root.createChildContainer();
  const grandchild = child.createChildContainer();
  expect(new Set([grandchild.resolve(Pool), child.resolve(Pool), root.resolve(Pool)]).size).toBe(1);
});

test("two root containers have two instances", () => {
  const [one, other] = [new Container().register(Pool, Pool, thread), new Container().register(Pool, Pool, thread)];
  expect(one.resolve(Pool)).not.toBe(other.resolve(Pool));
});

test("a child's end leaves it alone, the root's ends it", async () => {
  const root = new Container().register(Pool, Pool, thread);
  const child = root.createChildContainer();
  const pool = child.resolve(Pool);
  await child.dispose();
  expect(pool.ended).toBe(0);
  await root.dispose();
  expect(pool.ended).toBe(1);
});

test("what a child registered for the thread is the root's, and ends with the root", async () => {
  const root = new Container();
  const child = root.createChildContainer().register(Pool, Pool, thread);
  const pool = child.resolve(Pool);
  await child.dispose();
  expect(pool.ended).toBe(0);
  await root.dispose();
  expect(pool.ended).toBe(1);
});

test.each([
  [
    "a class",
    (asked: () => void) => ({
      useClass: class {
        readonly seen = asked();
      },
    }),
  ],
  ["a factory", (asked: () => void) => ({ useFactory: asked })],
])("%s is built in the root Context with no current scope, though a request asks for it first", async (_, provider) => {
  const user = new ContextVar("user", { default: "nobody" });
  const seen: unknown[] = [];
  const asked = () => void seen.push(currentScope(), user.get());
  const container = new Container().register("pool", provider(asked) as never, thread);
  await container.runInScope((scope) => user.run("ada", () => scope.resolve("pool")));
  expect(seen).toEqual([undefined, "nobody"]);
});

test("an async factory is run in the root Context with no current scope, after an await, too", async () => {
  const user = new ContextVar("user", { default: "nobody" });
  const seen: unknown[] = [];
  const container = new Container().register(
    "pool",
    {
      async useAsyncFactory() {
        seen.push(currentScope(), user.get());
        await Promise.resolve();
        seen.push(currentScope(), user.get());
        return "pool";
      },
    },
    thread,
  );
  await container.runInScope((scope) => user.run("ada", () => scope.resolveAsync("pool")));
  expect(seen).toEqual([undefined, "nobody", undefined, "nobody"]);
});

test("it is built with no current scope also where a script has entered one in the root Context", async () => {
  const seen: unknown[] = [];
  const container = new Container().register("pool", { useFactory: () => void seen.push(currentScope()) }, thread);
  const token = container.enterScope();
  container.resolve("pool");
  await token.reset();
  expect(seen).toEqual([undefined]);
});

test("an async one, too", async () => {
  const seen: unknown[] = [];
  const container = new Container().register(
    "pool",
    { useAsyncFactory: async () => void seen.push(currentScope()) },
    thread,
  );
  const token = container.enterScope();
  await container.resolveAsync("pool");
  await token.reset();
  expect(seen).toEqual([undefined]);
});

test("it may hold a singleton of the root, and must not hold a request", () => {
  class Config {}
  class Request {}
  const container = new Container()
    .register(Config, Config, { lifecycle: Lifecycle.Singleton })
    .register(Request, Request, { lifecycle: Lifecycle.ContextScoped })
    .register("pool", { useFactory: (config: Config) => ({ config }), deps: [Config] }, thread)
    .register("bad", { useFactory: (request: Request) => request, deps: [Request] }, thread);
  expect(container.resolve<{ config: Config }>("pool").config).toBe(container.resolve(Config));
  container.runInScopeSync(() => expect(() => container.resolve("bad")).toThrow(CaptiveDependencyError));
});

test("disposeThread ends it, and tells its generator the outcome", async () => {
  const told: unknown[] = [];
  const container = new Container().register(
    "pool",
    {
      *useGenerator() {
        told.push(yield "pool");
      },
    },
    thread,
  );
  container.resolve("pool");
  await disposeThread({ status: "aborted", reason: "retired" });
  expect(told).toEqual([{ status: "aborted", reason: "retired" }]);
});

test("@threadScoped registers with the default container, for a token, too", () => {
  abstract class Store {}
  @threadScoped({ token: Store })
  class PgStore extends Store {}
  @threadScoped()
  class Holder {
    constructor(@inject(Store) readonly store: Store) {}
  }
  expect(defaultContainer.resolve(Holder)).toBe(defaultContainer.resolve(Holder));
  expect(defaultContainer.resolve(Holder).store).toBeInstanceOf(PgStore);
});

test("what is eager is built when the thread begins: of a root and its child, async ones included, and nothing else", async () => {
  const built: string[] = [];
  const eager = { ...thread, eager: true } as const;
  const root = new Container().register("root's", { useFactory: () => built.push("root's") }, eager);
  const child = root.createChildContainer();
  child.register("child's", { useAsyncFactory: async () => built.push("child's") }, eager);
  child.register("lazy", { useFactory: () => built.push("lazy") }, thread);
  await child.buildEager();
  await child.buildEager();
  expect(built).toEqual(["root's", "child's"]);
});
