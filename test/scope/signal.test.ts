/** scope.signal: how the work of a scope learns that nobody waits for it any more. */
import { getEventListeners } from "node:events";
import { Container, type Scope, ScopeClosedError } from "ambit";
import { describe, expect, test } from "vitest";
import type { Lifespan } from "#src/scope/lifespan.js";
import { deferred } from "../support/deferred.js";

test("has not fired while the work goes on, and does not fire when it succeeds", async () => {
  let signal: AbortSignal | undefined;
  await new Container().runInScope((scope) => {
    ({ signal } = scope);
    scope.defer(() => expect(scope.signal.aborted).toBe(false));
  });
  expect(signal?.aborted).toBe(false);
});

test("is one signal, however often it is asked for", async () => {
  const scope = new Container().createScope();
  expect(scope.signal).toBe(scope.signal);
  await scope.close();
});

test("fires when the work fails, with its error, before the first disposer runs", async () => {
  const error = new Error("no");
  const seen: unknown[] = [];
  const work = new Container().runInScope((scope) => {
    const { signal } = scope;
    scope.defer(() => seen.push(signal.aborted, signal.reason));
    throw error;
  });
  await expect(work).rejects.toBe(error);
  expect(seen).toEqual([true, error]);
});

test("has fired for a disposer that asks for it first, when the work failed", async () => {
  const seen: unknown[] = [];
  const work = new Container().runInScope({ name: "job" }, (scope) => {
    scope.defer(() => seen.push(scope.signal.aborted, scope.signal.reason));
    throw "no";
  });
  await expect(work).rejects.toBe("no");
  expect(seen).toEqual([true, "no"]);
});

test("has fired for a disposer that asks for it first, when the scope was closed with an error", async () => {
  const seen: unknown[] = [];
  const scope = new Container().createScope({ name: "job" });
  scope.defer(() => seen.push(scope.signal.aborted, scope.signal.reason));
  await scope.close({ status: "error", error: "no" });
  expect(seen).toEqual([true, "no"]);
});

test("fires when the work was said to have failed", async () => {
  let signal: AbortSignal | undefined;
  await new Container().runInScope((scope) => {
    ({ signal } = scope);
    scope.fail("422");
    expect(signal.aborted).toBe(false);
  });
  expect(signal?.reason).toBe("422");
});

test("fires when the scope is closed without an outcome, and when its parent ends first", async () => {
  const container = new Container();
  const outer = container.createScope();
  const signals = [outer.signal, container.createScope({ parent: outer }).signal];
  await outer.close();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("fires with the caller's signal, with its reason", async () => {
  const controller = new AbortController();
  await new Container().runInScope({ signal: controller.signal }, (scope) => {
    const { signal } = scope;
    controller.abort("left");
    expect(signal.reason).toBe("left");
  });
});

test("has fired where the caller's had fired before", async () => {
  await new Container().runInScope({ signal: AbortSignal.abort("left") }, (scope) => {
    expect([scope.signal.aborted, scope.signal.reason]).toEqual([true, "left"]);
  });
});

test("keeps the first reason, the caller's, though it is asked for only when the work has failed for another", async () => {
  const controller = new AbortController();
  const seen: unknown[] = [];
  const work = new Container().runInScope({ signal: controller.signal }, (scope) => {
    scope.defer(() => seen.push(scope.signal.reason));
    controller.abort("left");
    throw new Error("no");
  });
  await expect(work).rejects.toThrow("no");
  expect(seen).toEqual(["left"]);
});

test("fires with the signal of every scope around it", async () => {
  const controller = new AbortController();
  const container = new Container();
  await container.runInScope({ signal: controller.signal }, () =>
    container.runInScope(() =>
      container.runInScope((inner) => {
        const { signal } = inner;
        controller.abort("left");
        expect(signal.reason).toBe("left");
      }),
    ),
  );
});

test("of a scope with parent: null does not fire with the one that it was opened in", async () => {
  const controller = new AbortController();
  const container = new Container();
  await container.runInScope({ signal: controller.signal }, () =>
    container.runInScope({ parent: null }, (inner) => {
      controller.abort("left");
      expect(inner.signal.aborted).toBe(false);
    }),
  );
});

test("of a nested scope that fails does not reach its parent", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    const { signal } = outer;
    await container.runInScope((inner) => inner.fail("only this one"));
    expect(signal.aborted).toBe(false);
  });
});

test("of a closed scope has fired, with an error that says so", async () => {
  const scope = new Container().createScope({ name: "request" });
  await scope.close({ status: "success" });
  expect(scope.signal.aborted).toBe(true);
  expect(scope.signal.reason).toBeInstanceOf(ScopeClosedError);
});

test("of a closed scope has fired, also where its work threw after that", async () => {
  let scope: Scope | undefined;
  const work = new Container().runInScope({ name: "job" }, async (opened) => {
    scope = opened;
    await opened.close();
    throw "too late";
  });
  await expect(work).rejects.toBe("too late");
  expect(scope?.signal.aborted).toBe(true);
  expect(scope?.signal.reason.message).toContain("Cannot use its signal: scope ");
});

test("of each scope is one of its own, whichever is asked first", async () => {
  const container = new Container();
  const outer = container.createScope();
  const inner = container.createScope({ parent: container.createScope({ parent: outer }) });
  const { signal } = inner;
  expect(inner.signal).toBe(signal);
  expect(outer.signal).not.toBe(signal);
  await inner.close();
  expect([signal.aborted, outer.signal.aborted]).toEqual([true, false]);
  await outer.close();
});

test("a closed scope listens to nobody's signal any more", async () => {
  const { signal } = new AbortController();
  await new Container().runInScope({ signal }, (scope) => {
    expect(scope.signal.aborted).toBe(false);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
  });
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("a closed scope does not listen to its parent's signal any more", async () => {
  const container = new Container();
  await container.runInScope(async ({ signal }) => {
    await container.runInScope((inner) => {
      expect(inner.signal.aborted).toBe(false);
      expect(getEventListeners(signal, "abort")).toHaveLength(1);
    });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

test("a listener of it may still use the scope, and may close it", async () => {
  class User {}
  const seen: unknown[] = [];
  const container = new Container();
  const work = container.runInScope((scope) => {
    scope.signal.addEventListener("abort", () => {
      seen.push(scope.state, scope.resolve(User));
      scope.defer(() => seen.push("disposed, newer"));
      void scope.close();
    });
    scope.defer(() => seen.push("disposed, older"));
    throw "no";
  });
  await expect(work).rejects.toBe("no");
  expect(seen).toEqual(["closing", expect.any(User), "disposed, newer", "disposed, older"]);
});

test("a listener of it may hold work, which closing then waits for", async () => {
  const gate = deferred();
  const log: string[] = [];
  const work = new Container().runInScope((scope) => {
    scope.signal.addEventListener("abort", () => void scope.hold(gate.promise.then(() => log.push("cancelled"))));
    scope.defer(() => log.push("disposed"));
    throw "no";
  });
  gate.resolve();
  await expect(work).rejects.toBe("no");
  expect(log).toEqual(["cancelled", "disposed"]);
});

describe("abort, which adapters call when the client has gone,", () => {
  const lifeOf = (scope: Scope) => scope as unknown as Lifespan;

  test("fires the signal, and the work goes on", async () => {
    const scope = new Container().createScope();
    lifeOf(scope).abort("left");
    expect([scope.signal.reason, scope.state]).toEqual(["left", "open"]);
    await scope.close();
  });

  test("fires it while closing waits for held work", async () => {
    const gate = deferred();
    const scope = new Container().createScope();
    void scope.hold(gate.promise);
    const closed = scope.close({ status: "success" });
    const { signal } = scope;
    lifeOf(scope).abort("left");
    expect(signal.reason).toBe("left");
    gate.resolve();
    await closed;
  });

  test("changes nothing once disposing has begun", async () => {
    const scope = new Container().createScope();
    const { signal } = scope;
    scope.defer(() => lifeOf(scope).abort("left"));
    await scope.close({ status: "success" });
    lifeOf(scope).abort("left");
    expect(signal.aborted).toBe(false);
  });

  test("leaves work that returned a success, and work that called fail() a failure", async () => {
    const scope = new Container().createScope();
    lifeOf(scope).abort("left");
    expect(lifeOf(scope).returned).toEqual({ status: "success" });
    scope.fail("no");
    expect(lifeOf(scope).returned).toEqual({ status: "error", error: "no" });
    await scope.close();
    expect(lifeOf(new Container().createScope()).returned).toEqual({ status: "success" });
  });
});
