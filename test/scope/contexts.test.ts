/** In which Context a scope's disposers, callbacks and generators run, and what they find there. */
import { Container, ContextVar, currentScope, Lifecycle } from "ambit";
import { expect, test } from "vitest";

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const user = new ContextVar("user", { default: "nobody" });

/** Who it is that asks, and in which scope. */
const here = () => [user.get(), currentScope()?.name];

test("disposers run in the scope's Context when runInScope ends it, after a synchronous and after an async one", async () => {
  const seen: unknown[] = [];
  await new Container().runInScope({ name: "request" }, (scope) => {
    user.set("ada");
    scope.defer(() => seen.push(here()));
    scope.defer(async () => seen.push(here()));
    scope.defer(() => seen.push(here()));
  });
  expect(seen).toEqual([
    ["ada", "request"],
    ["ada", "request"],
    ["ada", "request"],
  ]);
});

test("they do after async work, and after work that failed", async () => {
  const seen: unknown[] = [];
  const work = new Container().runInScope({ name: "request" }, async (scope) => {
    scope.defer(() => seen.push(here()));
    await Promise.resolve();
    user.set("ada");
    throw new Error("no");
  });
  await expect(work).rejects.toThrow("no");
  expect(seen).toEqual([["ada", "request"]]);
});

test("they do in runInScopeSync", () => {
  const seen: unknown[] = [];
  new Container().runInScopeSync({ name: "request" }, (scope) => {
    user.set("ada");
    scope.defer(() => seen.push(here()));
  });
  expect(seen).toEqual([["ada", "request"]]);
});

test("they run in the closer's Context after close() by hand", async () => {
  const seen: unknown[] = [];
  const scope = user.run("ada", () => new Container().createScope({ name: "request" }));
  scope.defer(() => seen.push(here()));
  await user.run("eve", () => scope.close());
  expect(seen).toEqual([["eve", undefined]]);
});

test("they run in the closer's Context when the container is disposed", async () => {
  const seen: unknown[] = [];
  const container = new Container();
  user.run("ada", () => container.createScope({ name: "request" })).defer(() => seen.push(here()));
  await user.run("eve", () => container.dispose());
  expect(seen).toEqual([["eve", undefined]]);
});

test("each step of a generator runs in its scope's Context, whoever asks and whoever closes", async () => {
  const seen: unknown[] = [];
  const container = new Container().register(
    "transaction",
    {
      *useGenerator() {
        seen.push(here());
        yield "transaction";
        seen.push(here());
      },
    },
    context,
  );
  const scope = user.run("ada", () => container.createScope({ name: "request" }));
  user.run("eve", () => scope.resolve("transaction"));
  await user.run("mallory", () => scope.close());
  expect(seen).toEqual([
    ["ada", "request"],
    ["ada", "request"],
  ]);
});

test("so does each step of an async generator, after its awaits, too", async () => {
  const seen: unknown[] = [];
  const container = new Container().register(
    "transaction",
    {
      async *useGenerator() {
        await Promise.resolve();
        seen.push(here());
        yield "transaction";
        await Promise.resolve();
        seen.push(here());
      },
    },
    context,
  );
  const scope = user.run("ada", () => container.createScope({ name: "request" }));
  await user.run("eve", () => scope.resolveAsync("transaction"));
  await user.run("mallory", () => scope.close());
  expect(seen).toEqual([
    ["ada", "request"],
    ["ada", "request"],
  ]);
});

test("so does an async factory, after its awaits, too", async () => {
  const seen: unknown[] = [];
  const container = new Container().register(
    "user",
    {
      async useAsyncFactory() {
        seen.push(here());
        await Promise.resolve();
        seen.push(here());
      },
    },
    context,
  );
  const scope = user.run("ada", () => container.createScope({ name: "request" }));
  await user.run("eve", () => scope.resolveAsync("user"));
  expect(seen).toEqual([
    ["ada", "request"],
    ["ada", "request"],
  ]);
  await scope.close();
});

test("what a generator sets stays in its scope's Context, and is seen by the work after it", async () => {
  const container = new Container().register(
    "login",
    {
      *useGenerator() {
        user.set("ada");
        yield "login";
      },
    },
    context,
  );
  await container.runInScope((scope) => {
    expect(user.get()).toBe("nobody");
    scope.resolve("login");
    expect(user.get()).toBe("ada");
  });
  expect(user.get()).toBe("nobody");
});

test("a generator's steps find their own scope's instances, in the last step those that are still there", async () => {
  class Connection {}
  const seen: unknown[] = [];
  const container = new Container().register(Connection, Connection, context).register(
    "transaction",
    {
      *useGenerator(asked) {
        seen.push(asked.resolve(Connection));
        yield "transaction";
        seen.push(asked.resolve(Connection));
      },
    },
    context,
  );
  const scope = container.createScope();
  await container.runInScope(() => scope.resolve("transaction"));
  const connection = scope.resolve(Connection);
  await container.runInScope(() => scope.close());
  expect(seen).toEqual([connection, connection]);
  expect(seen[1]).toBe(seen[0]);
});

test("a singleton's generator runs in the root Context, at its end, too", async () => {
  const seen: unknown[] = [];
  const container = new Container().register(
    "pool",
    {
      *useGenerator() {
        seen.push(here());
        yield "pool";
        seen.push(here());
      },
    },
    { lifecycle: Lifecycle.Singleton },
  );
  await user.run("ada", () => container.runInScope({ name: "request" }, (scope) => scope.resolve("pool")));
  await user.run("eve", () => new Container().runInScope({ name: "shutdown" }, () => container.dispose()));
  expect(seen).toEqual([
    ["nobody", undefined],
    ["nobody", undefined],
  ]);
});

test("a generator that is ended while something else is built is not part of that build", () => {
  class User {}
  const seen: unknown[] = [];
  const container: Container = new Container().register(User, User, context).register(
    "transaction",
    {
      *useGenerator(asked) {
        const mine = asked.resolve(User);
        yield "transaction";
        seen.push(asked.resolve(User) === mine);
      },
    },
    context,
  );
  const inner = container.createScope();
  inner.resolve("transaction");
  class Closer {
    readonly user = container.resolve(User);
    readonly closed = inner.close();
  }
  container.register(Closer, Closer, context);
  container.runInScopeSync((scope) => void scope.resolve(Closer));
  expect(seen).toEqual([true]);
});
