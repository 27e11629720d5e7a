/** hold: work that closing waits for, as far as it is built. */
import { Container, Lifecycle, type Outcome } from "ambit";
import { afterEach, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.js";

afterEach(() => void vi.useRealTimers());

test("gives what the work gives", async () => {
  await new Container().runInScope(async (scope) => {
    expect(await scope.hold(Promise.resolve("sent"))).toBe("sent");
    await expect(scope.hold(Promise.reject(new Error("bounced")))).rejects.toThrow("bounced");
  });
});

test("closing waits for it, and disposes after that", async () => {
  const log: string[] = [];
  const gate = deferred();
  const work = new Container().runInScope((scope) => {
    scope.defer(() => log.push("disposed"));
    void scope.hold(gate.promise.then(() => log.push("sent")));
    return "done";
  });
  await new Promise(setImmediate);
  expect(log).toEqual([]);
  gate.resolve();
  expect(await work).toBe("done");
  expect(log).toEqual(["sent", "disposed"]);
});

test("closing waits for the last of several", async () => {
  const log: string[] = [];
  const [one, other] = [deferred(), deferred()];
  const scope = new Container().createScope();
  scope.defer(() => log.push("disposed"));
  void scope.hold(one.promise);
  void scope.hold(other.promise);
  const closed = scope.close();
  other.resolve();
  await new Promise(setImmediate);
  expect([log, scope.state]).toEqual([[], "closing"]);
  one.resolve();
  await closed;
  expect(log).toEqual(["disposed"]);
});

test("closing waits for what is held while it waits", async () => {
  const log: string[] = [];
  const [one, next] = [deferred(), deferred()];
  const scope = new Container().createScope();
  scope.defer(() => log.push("disposed"));
  void scope.hold(one.promise);
  const closed = scope.close();
  void scope.hold(next.promise);
  one.resolve();
  await new Promise(setImmediate);
  expect(log).toEqual([]);
  next.resolve();
  await closed;
  expect(log).toEqual(["disposed"]);
});

test("closing waits for what the waiter of held work holds as soon as that is there", async () => {
  const log: string[] = [];
  const [first, second] = [deferred(), deferred()];
  const scope = new Container().createScope();
  scope.defer(() => log.push("disposed"));
  const chain = async () => {
    await scope.hold(first.promise);
    await scope.hold(second.promise);
    log.push("second");
  };
  const chained = chain();
  const closed = scope.close();
  first.resolve();
  await new Promise(setImmediate);
  expect(log).toEqual([]);
  second.resolve();
  await Promise.all([chained, closed]);
  expect(log).toEqual(["second", "disposed"]);
});

test("closing goes on when it rejects: the rejection belongs to whoever has its promise", async () => {
  const gate = deferred();
  const scope = new Container().createScope();
  const held = scope.hold(gate.promise);
  const closed = scope.close({ status: "success" });
  gate.reject(new Error("bounced"));
  await expect(held).rejects.toThrow("bounced");
  await closed;
  expect(scope.state).toBe("closed");
});

test("held work may still build what it needs, which is disposed after it", async () => {
  const log: string[] = [];
  const gate = deferred();
  const container = new Container().register(
    "mailer",
    { useFactory: () => ({ [Symbol.dispose]: () => log.push("mailer disposed") }) },
    { lifecycle: Lifecycle.ContextScoped },
  );
  await container.runInScope((scope) => {
    const send = async () => {
      await gate.promise;
      container.resolve("mailer");
      log.push("sent");
    };
    void scope.hold(send());
    gate.resolve();
  });
  expect(log).toEqual(["sent", "mailer disposed"]);
});

test("held work that calls fail() makes an error of the outcome, and fires the signal", async () => {
  const told: Outcome[] = [];
  const gate = deferred();
  let signal: AbortSignal | undefined;
  await new Container().runInScope((scope) => {
    scope.defer((outcome) => told.push(outcome));
    ({ signal } = scope);
    void scope.hold(gate.promise.then(() => scope.fail("bounced")));
    setImmediate(gate.resolve);
  });
  expect(told).toEqual([{ status: "error", error: "bounced" }]);
  expect(signal?.reason).toBe("bounced");
});

test("an error fires the signal at once, for held work that asks for it only then, too", async () => {
  const gate = deferred();
  const seen: unknown[] = [];
  const work = new Container().runInScope((scope) => {
    void scope.hold(gate.promise.then(() => seen.push(scope.signal.reason)));
    setImmediate(gate.resolve);
    throw "no";
  });
  await expect(work).rejects.toBe("no");
  expect(seen).toEqual(["no"]);
});

test("a success fires the signal only after drainTimeout, and the scope is disposed then", async () => {
  vi.useFakeTimers();
  const log: unknown[] = [];
  const scope = new Container().createScope({ drainTimeout: 50 });
  const { signal } = scope;
  scope.defer(({ status }) => log.push(status));
  void scope.hold(new Promise(() => {}));
  const closed = scope.close({ status: "success" });
  await vi.advanceTimersByTimeAsync(49);
  expect([signal.aborted, log]).toEqual([false, []]);
  await vi.advanceTimersByTimeAsync(1);
  await closed;
  expect(log).toEqual(["success"]);
  expect(signal.reason).toEqual(
    expect.objectContaining({ name: "TimeoutError", message: "Draining took longer than 50 ms." }),
  );
});

test("drainTimeout is 10 seconds by default, and leaves no timer behind when the holds are released", async () => {
  vi.useFakeTimers();
  const gate = deferred();
  const [one, other] = [new Container().createScope(), new Container().createScope()];
  void one.hold(new Promise(() => {}));
  void other.hold(gate.promise);
  const closed = [one.close(), other.close()];
  gate.resolve();
  await closed[1];
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(one.state).toBe("closing");
  await vi.advanceTimersByTimeAsync(1);
  expect(one.state).toBe("closed");
});

test("closing again while it waits gives the same promise, with async disposers after it, too", async () => {
  const gate = deferred();
  const scope = new Container().createScope();
  scope.defer(async () => {});
  void scope.hold(gate.promise);
  const closed = scope.close();
  expect(scope.close()).toBe(closed);
  gate.resolve();
  await closed;
  expect(scope.close()).toBe(closed);
});

test("what disposers throw after it reaches the closer", async () => {
  const gate = deferred();
  const scope = new Container().createScope();
  scope.defer(async () => Promise.reject("rollback failed"));
  void scope.hold(gate.promise);
  const closed = scope.close();
  gate.resolve();
  await expect(closed).rejects.toBe("rollback failed");
});

test("a parent waits for what its nested scopes hold", async () => {
  const log: string[] = [];
  const gate = deferred();
  const container = new Container();
  const outer = container.createScope();
  const inner = container.createScope({ parent: outer });
  inner.defer(() => log.push("inner"));
  outer.defer(() => log.push("outer"));
  void inner.hold(gate.promise);
  const closed = outer.close();
  await new Promise(setImmediate);
  expect(log).toEqual([]);
  gate.resolve();
  await closed;
  expect(log).toEqual(["inner", "outer"]);
});
