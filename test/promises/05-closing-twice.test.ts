/**
 * Promise 5: closing twice closes once, and gives the same promise. A disposer that hangs is a `DisposeTimeoutError`
 * after `disposeTimeout`, and the rest still run.
 */
import { Container, DisposeTimeoutError, Lifecycle, type Scope } from "ambit";
import { afterEach, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.js";

afterEach(() => void vi.useRealTimers());

const never = () => new Promise<void>(() => {});
const singleton = { lifecycle: Lifecycle.Singleton } as const;

/** What throws for every key but one: its disposer. */
const throwsOtherwise = <T extends object>(target: T, asyncDispose: () => Promise<void>): T =>
  new Proxy(target, {
    get(_, key) {
      if (key === Symbol.asyncDispose) return asyncDispose;
      throw new Error(`no such property: ${String(key)}`);
    },
    has: (_, key) => key === Symbol.asyncDispose,
  });

test("5: closing an empty scope twice gives the same promise", async () => {
  const scope = new Container().createScope();
  expect(scope.close()).toBe(scope.close());
  await scope.close();
});

test("5: closing twice runs every disposer once, and gives the same promise while they run and after", async () => {
  const gate = deferred();
  let ended = 0;
  const scope = new Container().createScope();
  scope.defer(async () => {
    ended++;
    await gate.promise;
  });
  const first = scope.close();
  const second = scope.close();
  gate.resolve();
  await first;
  expect(second).toBe(first);
  expect(scope.close()).toBe(first);
  expect(ended).toBe(1);
});

test("5: closing again gives the same failure of a synchronous end", async () => {
  const scope = new Container().createScope();
  scope.defer(() => {
    throw new Error("no");
  });
  const first = scope.close();
  expect(scope.close()).toBe(first);
  await expect(first).rejects.toThrow("no");
});

test("5: closing a scope whose work has ended it gives the failure of that end", async () => {
  let scope: Scope | undefined;
  const work = new Container().runInScope((opened) => {
    scope = opened;
    opened.defer(() => {
      throw new Error("no");
    });
  });
  const failure = await work.catch((error: unknown) => error);
  await expect(scope?.close()).rejects.toBe(failure);
});

test("5: closing in a disposer gives the promise of the end that is under way", async () => {
  let ended = 0;
  let inner: Promise<void> | undefined;
  const scope = new Container().createScope();
  scope.defer(() => void ended++);
  scope.defer(() => {
    inner = scope.close();
  });
  const outer = scope.close();
  expect(outer).toBe(inner);
  expect(scope.close()).toBe(outer);
  await outer;
  expect(ended).toBe(1);
});

test.each([
  ["synchronous", () => "no"],
  ["async", () => Promise.resolve("no")],
])("5: a failure after a disposer has closed its scope again reaches the closer, once (%s)", async (_, make) => {
  const scope = new Container().createScope();
  scope.defer(() => {
    const reason = make();
    if (typeof reason === "string") throw reason;
    return reason.then((text) => Promise.reject(text));
  });
  scope.defer(() => void scope.close());
  await expect(scope.close()).rejects.toBe("no");
});

test("5: a failure after a disposer has closed its scope again reaches runInScope's caller, once", async () => {
  const work = new Container().runInScope((scope) => {
    scope.defer(() => Promise.reject("no"));
    scope.defer(() => void scope.close());
  });
  await expect(work).rejects.toBe("no");
});

test("5: work that closes its scope by hand does not have it closed again", async () => {
  let ended = 0;
  await new Container().runInScope(async (scope) => {
    scope.defer(() => void ended++);
    await scope.close();
  });
  expect(ended).toBe(1);
});

test("5: what went wrong in a close() by hand inside the work is not lost", async () => {
  const work = new Container().runInScope(async (scope) => {
    scope.defer(() => Promise.reject("no"));
    await scope.close().catch(() => {});
  });
  await expect(work).rejects.toBe("no");
});

test("5: disposing a container twice disposes once, and gives the same promise", async () => {
  let ended = 0;
  const container = new Container().register(
    "pool",
    { useFactory: () => ({ [Symbol.asyncDispose]: async () => void ended++ }) },
    singleton,
  );
  container.resolve("pool");
  const first = container.dispose();
  expect(container.dispose()).toBe(first);
  await first;
  expect(container.dispose()).toBe(first);
  expect(ended).toBe(1);
});

test("5: disposing a container from one of its disposers gives the promise of the end that is under way", async () => {
  const log: string[] = [];
  let inner: Promise<void> | undefined;
  const container = new Container()
    .register("older", { useFactory: () => ({ [Symbol.dispose]: () => log.push("older") }) }, singleton)
    .register(
      "newer",
      {
        useFactory: () => ({
          [Symbol.dispose]() {
            log.push("newer begins");
            inner = container.dispose();
            log.push("newer ends");
          },
        }),
      },
      singleton,
    );
  container.resolve("older");
  container.resolve("newer");
  const outer = container.dispose();
  expect(inner).toBe(outer);
  await outer;
  expect(log).toEqual(["newer begins", "newer ends", "older"]);
});

test("5: disposing a container from a disposer of one of its scopes ends both", async () => {
  const log: string[] = [];
  const container = new Container().register(
    "pool",
    { useFactory: () => ({ [Symbol.dispose]: () => log.push("pool") }) },
    singleton,
  );
  container.resolve("pool");
  const scope = container.createScope();
  scope.defer(() => log.push("scope, older"));
  let disposed: Promise<void> | undefined;
  scope.defer(() => {
    disposed = container.dispose();
  });
  await scope.close();
  await disposed;
  expect(log).toEqual(["scope, older", "pool"]);
});

test("5: a disposer that hangs is a DisposeTimeoutError after disposeTimeout, and the rest still run", async () => {
  vi.useFakeTimers();
  const ended: string[] = [];
  class Connection {
    [Symbol.asyncDispose](): Promise<void> {
      return never();
    }
  }
  const container = new Container().register(Connection, Connection, { lifecycle: Lifecycle.ContextScoped });
  const scope = container.createScope({ disposeTimeout: 50 });
  scope.defer(() => ended.push("older"));
  scope.resolve(Connection);
  const closed = scope.close().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(49);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toEqual(["older"]);
  const error = await closed;
  expect(error).toBeInstanceOf(DisposeTimeoutError);
  expect(error).toMatchObject({ code: "ERR_AMBIT_DISPOSE_TIMEOUT" });
  expect((error as Error).message).toMatchInlineSnapshot(`
    "The disposer of Connection did not settle within 50 ms.
    Fix: find what it awaits, or raise disposeTimeout when the scope opens."
  `);
});

test.each<[what: string, hang: (scope: Scope) => void]>([
  ["a deferred callback", (scope) => scope.defer(never)],
  ["subscribe", (scope) => void scope.use(Object.assign(function subscribe() {}, { [Symbol.asyncDispose]: never }))],
  ["a function", (scope) => void scope.use(Object.assign(() => {}, { [Symbol.asyncDispose]: never }))],
  ["Object", (scope) => void scope.use({ [Symbol.asyncDispose]: never })],
  ["Connection", (scope) => void scope.use(throwsOtherwise(new (class Connection {})(), never))],
  ["listen", (scope) => void scope.use(throwsOtherwise(function listen() {}, never))],
  ["an object", (scope) => void scope.use(Object.assign(Object.create(null), { [Symbol.asyncDispose]: never }))],
])("5: the error of a disposer that hangs names %s", async (what, hang) => {
  vi.useFakeTimers();
  const scope = new Container().createScope({ disposeTimeout: 50 });
  hang(scope);
  const closed = scope.close().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(50);
  expect((await closed) as Error).toHaveProperty("message", expect.stringContaining(`disposer of ${what} did not`));
});

test("5: each disposer has the whole disposeTimeout, 10 seconds by default", async () => {
  vi.useFakeTimers();
  const scope = new Container().createScope();
  scope.defer(never);
  scope.defer(never);
  const closed = scope.close().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(19_999);
  expect(scope.state).toBe("closing");
  await vi.advanceTimersByTimeAsync(1);
  expect(await closed).toMatchObject({ errors: [expect.any(DisposeTimeoutError), expect.any(DisposeTimeoutError)] });
});

test("5: a container does not wait for ever either", async () => {
  vi.useFakeTimers();
  const ended: string[] = [];
  const container = new Container()
    .register("older", { useFactory: () => ({ [Symbol.dispose]: () => ended.push("older") }) }, singleton)
    .register("hanging", { useFactory: () => ({ [Symbol.asyncDispose]: never }) }, singleton);
  container.resolve("older");
  container.resolve("hanging");
  const disposed = container.dispose().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await disposed).toBeInstanceOf(DisposeTimeoutError);
  expect(ended).toEqual(["older"]);
});

test("5: a disposer that awaits the end of its own scope is one that hangs", async () => {
  vi.useFakeTimers();
  const scope = new Container().createScope({ disposeTimeout: 50 });
  scope.defer(async () => {
    await scope.close();
  });
  const closed = scope.close().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(50);
  expect(await closed).toBeInstanceOf(DisposeTimeoutError);
});

test("5: a nested scope has a timeout of its own, however short its parent's is", async () => {
  vi.useFakeTimers();
  const container = new Container();
  const outer = container.createScope({ disposeTimeout: 10 });
  const gate = deferred();
  container.createScope({ parent: outer, disposeTimeout: 1_000 }).defer(() => gate.promise);
  const closed = outer.close();
  await vi.advanceTimersByTimeAsync(500);
  expect(outer.state).toBe("closing");
  gate.resolve();
  await closed;
});

test("5: a disposer whose promise throws when it is waited for leaves no timer behind", async () => {
  vi.useFakeTimers();
  const failure = new Error("of its then");
  const scope = new Container().createScope();
  scope.defer(() => ({
    // oxlint-disable-next-line unicorn/no-thenable -- a disposer may return any
    then() {
      throw failure;
    },
  }));
  await expect(scope.close()).rejects.toBe(failure);
  expect(vi.getTimerCount()).toBe(0);
});

test("5: a disposer that settled in time leaves no timer behind", async () => {
  vi.useFakeTimers();
  const scope = new Container().createScope();
  scope.defer(async () => {});
  await scope.close();
  expect(vi.getTimerCount()).toBe(0);
});
