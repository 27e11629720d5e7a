/** currentScope: the scope of the running code, of whichever container. */
import { AsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { bindContext, Container, Context, copyContext, currentScope } from "ambit";
import { expect, test } from "vitest";

test("there is none outside of every scope", () => {
  expect(currentScope()).toBeUndefined();
});

test("it is the innermost one, of whichever container", async () => {
  await new Container().runInScope(async (outer) => {
    expect(currentScope()).toBe(outer);
    await new Container().runInScope((inner) => expect(currentScope()).toBe(inner));
    expect(currentScope()).toBe(outer);
  });
});

test("it follows timers, promises and callbacks", async () => {
  await new Container().runInScope(async (scope) => {
    expect(await Promise.resolve().then(currentScope)).toBe(scope);
    expect(await new Promise((resolve) => setTimeout(() => resolve(currentScope()), 1))).toBe(scope);
    expect(await new Promise((resolve) => setImmediate(() => resolve(currentScope())))).toBe(scope);
    expect(await new Promise((resolve) => process.nextTick(() => resolve(currentScope())))).toBe(scope);
  });
});

test("a copy of the Context has it, a fresh Context has none", async () => {
  await new Container().runInScope((scope) => {
    expect(copyContext().run(currentScope)).toBe(scope);
    expect(new Context().run(currentScope)).toBeUndefined();
  });
});

test("a listener has the scope of whoever emits, unless it is bound", async () => {
  const container = new Container();
  const emitter = new EventEmitter();
  const seen: unknown[] = [];
  await container.runInScope({ name: "a" }, () => {
    emitter.on("event", () => seen.push(currentScope()?.name));
    emitter.on(
      "event",
      bindContext(() => seen.push(currentScope()?.name)),
    );
  });
  await container.runInScope({ name: "b" }, () => void emitter.emit("event"));
  expect(seen).toEqual(["b", "a"]);
});

test("an AsyncResource keeps it for those who call back later", async () => {
  let back = (): unknown => undefined;
  const container = new Container();
  const scope = container.createScope();
  scope.run(() => {
    back = AsyncResource.bind(() => currentScope());
  });
  expect(back()).toBe(scope);
  await scope.close();
});

test("one that has closed stays current in the flows that it had", async () => {
  let late: Promise<unknown> | undefined;
  const scope = await new Container().runInScope((opened) => {
    late = new Promise((resolve) => setTimeout(() => resolve(currentScope()), 1));
    return opened;
  });
  expect(await late).toBe(scope);
  expect(scope.state).toBe("closed");
});
