/** Promise 13: closing waits for what was declared with `hold`. */
import { Container, Lifecycle, type Scope, ScopeClosedError } from "ambit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(scope: Scope): string[] {
  const events: string[] = [];
  scope.signal.addEventListener("abort", () => events.push("signal"));
  scope.defer(() => void events.push("disposed"));
  return events;
}

test("13. a success waits for holds before anything is disposed, and does not fire the signal", async () => {
  const work = deferred<void>();
  const scope = new Container().createScope();
  const events = watched(scope);
  void scope.hold(work.promise);
  const closing = scope.close({ status: "success" });
  await vi.advanceTimersByTimeAsync(9_999);
  expect(events).toEqual([]);
  work.resolve();
  await closing;
  expect(events).toEqual(["disposed"]);
});

test("13. a success fires the signal and disposes when drainTimeout passes", async () => {
  const scope = new Container().createScope({ drainTimeout: 50 });
  const events = watched(scope);
  void scope.hold(new Promise(() => {}));
  const closing = scope.close({ status: "success" });
  await vi.advanceTimersByTimeAsync(50);
  await closing;
  expect(events).toEqual(["signal", "disposed"]);
});

test.each([
  { status: "error", error: new Error("failed") } as const,
  { status: "aborted", reason: new Error("left") } as const,
])("13. an end that is $status fires the signal at once, and still waits for holds", async (outcome) => {
  const work = deferred<void>();
  const scope = new Container().createScope();
  const events = watched(scope);
  void scope.hold(work.promise);
  const closing = scope.close(outcome);
  expect(events).toEqual(["signal"]);
  expect(scope.signal.reason).toBe("error" in outcome ? outcome.error : outcome.reason);
  work.resolve();
  await closing;
  expect(events).toEqual(["signal", "disposed"]);
});

test("13. a hold that is taken while draining is waited for as well", async () => {
  const [first, second] = [deferred<void>(), deferred<void>()];
  const scope = new Container().createScope();
  const events = watched(scope);
  void scope.hold(first.promise);
  const closing = scope.close({ status: "success" });
  void scope.hold(second.promise);
  first.resolve();
  await vi.advanceTimersByTimeAsync(1);
  expect(events).toEqual([]);
  second.resolve();
  await closing;
  expect(events).toEqual(["disposed"]);
});

test("13. a draining scope still builds, and opens no scopes", async () => {
  const work = deferred<void>();
  const container = new Container();
  container.register("late", { useFactory: () => "built" }, { lifecycle: Lifecycle.ContextScoped });
  const scope = container.createScope();
  void scope.hold(work.promise);
  const closing = scope.close({ status: "success" });
  expect(scope.state).toBe("closing");
  expect(scope.resolve("late")).toBe("built");
  expect(() => container.createScope({ parent: scope })).toThrow(ScopeClosedError);
  await expect(scope.run(() => container.runInScope(() => {}))).rejects.toThrow(ScopeClosedError);
  work.resolve();
  await closing;
});

test("13. a hold that rejects belongs to whoever has its promise, and fails nobody's end", async () => {
  const scope = new Container().createScope();
  const held = scope.hold(Promise.reject(new Error("background")));
  await scope.close({ status: "success" });
  await expect(held).rejects.toThrow("background");
});

test("13. work in a scope of its own is not waited for", async () => {
  const work = deferred<void>();
  const container = new Container();
  const ended: string[] = [];
  let background: Promise<void> | undefined;
  await container.runInScope(() => {
    background = container.runInScope({ parent: null }, async (own) => {
      own.defer(() => void ended.push("background"));
      await work.promise;
    });
  });
  expect(ended).toEqual([]);
  work.resolve();
  await background;
  expect(ended).toEqual(["background"]);
});
