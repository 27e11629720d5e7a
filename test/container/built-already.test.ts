/** What the current scope has built already is given quickly: to those only who may have it, and while it lives. */
import {
  CaptiveDependencyError,
  Container,
  CyclicDependencyError,
  copyContext,
  Lifecycle,
  NoScopeError,
  ScopeClosedError,
} from "ambit";
import { expect, test } from "vitest";

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const user = { useFactory: () => ({}) };

test("an unrelated container is not given what the current scope's container has built", async () => {
  const [one, other] = [new Container(), new Container()];
  for (const container of [one, other]) container.register("user", user, context);
  await one.runInScope(async () => {
    const ones = one.resolve("user");
    expect(() => other.resolve("user")).toThrow(NoScopeError);
    await other.runInScope(() => {
      const others = other.resolve("user");
      expect(others).not.toBe(ones);
      expect(one.resolve("user")).toBe(ones);
      expect(other.resolve("user")).toBe(others);
    });
  });
});

test("a disposer is not given what its scope has disposed before it", async () => {
  const asked: unknown[] = [];
  const container = new Container()
    .register("older", { useFactory: () => ({ [Symbol.dispose]() {} }) }, context)
    .register("newer", { useFactory: () => ({ [Symbol.dispose]() {} }) }, context);
  const older = await container.runInScope((scope) => {
    const first = container.resolve("older");
    scope.defer(() => {
      asked.push(container.resolve("older"));
      expect(() => container.resolve("newer")).toThrow(ScopeClosedError);
    });
    container.resolve("newer");
    return first;
  });
  expect(asked).toEqual([older]);
});

test("an async factory of a named lifetime is not given what it must not hold, after an await either", async () => {
  const container: Container = new Container().register("user", user, context).register(
    "connection",
    {
      async useAsyncFactory(): Promise<unknown> {
        await Promise.resolve();
        return container.resolve("user");
      },
    },
    { ...context, scopeName: "connection" },
  );
  await container.runInScope({ name: "connection" }, async () => {
    container.resolve("user");
    await expect(container.resolveAsync("connection")).rejects.toThrow(CaptiveDependencyError);
  });
});

test("a factory that asks for itself in a fork is a circle", async () => {
  const container = new Container();
  container.register("self", { useFactory: () => copyContext().run(() => container.resolve("self")) }, context);
  await container.runInScope(() => {
    expect(() => container.resolve("self")).toThrow(CyclicDependencyError);
  });
});

test("undefined that was built is given as what it is", async () => {
  let built = 0;
  const container = new Container().register("nothing", { useFactory: () => void built++ }, context);
  await container.runInScope(() => {
    expect([container.resolve("nothing"), container.resolve("nothing")]).toEqual([undefined, undefined]);
  });
  expect(built).toBe(1);
});
