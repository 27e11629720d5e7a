/** use and defer: what a scope disposes besides its instances. */
import { Container, Lifecycle, ScopeStateError } from "ambit";
import { expect, test } from "vitest";

test("use gives the value back, and disposes it when the scope closes", async () => {
  const ended: unknown[] = [];
  const handle = {
    [Symbol.dispose]() {
      ended.push(this);
    },
  };
  const scope = new Container().createScope();
  expect(scope.use(handle)).toBe(handle);
  expect(ended).toEqual([]);
  await scope.close();
  expect(ended).toEqual([handle]);
});

test.each([null, undefined])("use gives %s back and does nothing, as AsyncDisposableStack does", async (value) => {
  const scope = new Container().createScope();
  expect(scope.use(value)).toBe(value);
  await scope.close();
});

test.each([{}, 5, "text", () => {}, { dispose: "no function" }])(
  "use refuses %o, which has no disposer",
  async (value) => {
    const scope = new Container().createScope();
    expect(() => scope.use(value)).toThrow(ScopeStateError);
    expect(() => scope.use(value)).toThrow(
      "Cannot use() a value that has no disposer.\n" +
        "Fix: give it a [Symbol.asyncDispose] or [Symbol.dispose], or say how it ends with scope.defer(() => ...).",
    );
    await scope.close();
  },
);

test("use takes functions, too, when they have a disposer", async () => {
  let ended = 0;
  const unsubscribe = Object.assign(() => {}, { [Symbol.dispose]: () => ended++ });
  await new Container().runInScope((scope) => scope.use(unsubscribe));
  expect(ended).toBe(1);
});

test("use takes another scope, which then closes with this one", async () => {
  const container = new Container();
  const job = container.createScope({ parent: null });
  await container.runInScope((scope) => scope.use(job));
  expect(job.state).toBe("closed");
});

test("use takes a child container, which is then disposed with this scope", async () => {
  let ended = 0;
  const container = new Container();
  await container.runInScope((scope) => {
    const child = scope
      .use(container.createChildContainer())
      .register("pool", { useFactory: () => ({ dispose: () => void ended++ }) }, { lifecycle: Lifecycle.Singleton });
    child.resolve("pool");
  });
  expect(ended).toBe(1);
});

test("defer calls back with the outcome, once, and awaits what that gives", async () => {
  const log: unknown[] = [];
  await new Container().runInScope((scope) => {
    scope.defer(async (outcome) => {
      await Promise.resolve();
      log.push(outcome);
    });
  });
  expect(log).toEqual([{ status: "success" }]);
});

test("the same callback deferred twice is called twice", async () => {
  let called = 0;
  const count = () => ++called;
  await new Container().runInScope((scope) => {
    scope.defer(count);
    scope.defer(count);
  });
  expect(called).toBe(2);
});

test("defer refuses what is no function when it is given, not when the scope closes", async () => {
  const scope = new Container().createScope();
  const expected = new TypeError("scope.defer(callback): callback must be a function.");
  expect(() => scope.defer("callback" as never)).toThrow(expected);
  await scope.close();
});

test("a scope takes things from outside of its flow, from whoever has it", async () => {
  const ended: string[] = [];
  const scope = new Container().createScope();
  await new Container().runInScope(() => scope.defer(() => ended.push("deferred elsewhere")));
  expect(ended).toEqual([]);
  await scope.close();
  expect(ended).toEqual(["deferred elsewhere"]);
});
