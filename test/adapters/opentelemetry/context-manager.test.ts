/** OpenTelemetry's active context in ambit's: where it is in force, and what takes it along. */
import { EventEmitter } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { inspect } from "node:util";
import { type Context, createContextKey, propagation, ROOT_CONTEXT, type TextMapPropagator } from "@opentelemetry/api";
import { copyContext } from "ambit";
import { AmbitContextManager } from "ambit/opentelemetry";
import { expect, onTestFinished, test } from "vitest";
import { pack, unpack } from "#src/context/travel.js";

const KEY = createContextKey("key");
const manager = new AmbitContextManager();
const withKey = (value: unknown): Context => ROOT_CONTEXT.setValue(KEY, value);
const active = (): unknown => manager.active().getValue(KEY);

test("a context is active inside of with, after an await too, and not beside it", async () => {
  const inside = async () => {
    await nextTurn();
    return active();
  };
  const both = [manager.with(withKey("one"), inside), manager.with(withKey("other"), inside)];
  expect(active()).toBeUndefined();
  expect(await Promise.all(both)).toEqual(["one", "other"]);
});

test("with hands this and the arguments on, and gives back the result", () => {
  const self = { factor: 3 };
  function times(this: typeof self, a: number, b: number) {
    return [this.factor * a * b, active()];
  }
  expect(manager.with(withKey("on"), times, self, 4, 5)).toEqual([60, "on"]);
});

test("a manager that is disabled has the root context, until it is enabled again", () => {
  const other = new AmbitContextManager();
  const seen = other.with(withKey("on"), () => [other.disable().active(), other.enable().active().getValue(KEY)]);
  expect(seen).toEqual([ROOT_CONTEXT, "on"]);
});

test("a bound function runs with its context, whoever calls it, and looks like the one that it was", () => {
  function listener(this: unknown, ...[a, b]: unknown[]) {
    return [this, a, b, active()];
  }
  const bound = manager.bind(withKey("bound"), listener);
  expect(manager.with(withKey("caller's"), () => bound.call("self", 1, 2))).toEqual(["self", 1, 2, "bound"]);
  expect(manager.bind(ROOT_CONTEXT, (_a: number, _b: number) => {}).length).toBe(2);
});

test("what is neither a function nor an emitter is bound as it is", () => {
  const value = { on() {} };
  expect(manager.bind(withKey("bound"), value)).toBe(value);
});

test.each(["on", "addListener", "once", "prependListener", "prependOnceListener"] as const)(
  "a listener that %s adds to a bound emitter has its context",
  (method) => {
    const emitter = manager.bind(withKey("bound"), new EventEmitter());
    const heard: unknown[] = [];
    emitter[method]("event", () => heard.push(active()));
    emitter.emit("event");
    emitter.emit("event");
    expect(heard).toEqual(method.toLowerCase().includes("once") ? ["bound"] : ["bound", "bound"]);
  },
);

test.each(["off", "removeListener"] as const)("%s takes a listener off a bound emitter", (method) => {
  const emitter = manager.bind(ROOT_CONTEXT, new EventEmitter());
  const listener = () => {};
  for (const add of ["on", "once"] as const) emitter[add]("event", listener)[method]("event", listener);
  expect(emitter.listenerCount("event")).toBe(0);
});

test("a listener that was there before stays as it was, and can be taken off", () => {
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  const listener = () => heard.push(active());
  emitter.on("event", listener);
  manager.bind(withKey("bound"), emitter).emit("event");
  emitter.off("event", listener).emit("event");
  expect(heard).toEqual([undefined]);
});

test("an emitter that is bound twice keeps its first context", () => {
  const emitter = manager.bind(withKey("second"), manager.bind(withKey("first"), new EventEmitter()));
  const heard: unknown[] = [];
  emitter.on("event", () => heard.push(active()));
  emitter.emit("event");
  expect(heard).toEqual(["first"]);
});

test("the active context travels to worker threads as its propagator writes it", () => {
  const propagator: TextMapPropagator = {
    inject: (context, carrier, setter) => setter.set(carrier, "key", String(context.getValue(KEY))),
    extract: (context, carrier, getter) => context.setValue(KEY, getter.get(carrier, "key")),
    fields: () => ["key"],
  };
  propagation.setGlobalPropagator(propagator);
  onTestFinished(() => propagation.disable());
  const luggage = manager.with(withKey("far"), pack);
  expect(luggage[luggage.indexOf("opentelemetry.context") + 1]).toEqual({ key: "far" });
  expect(unpack(structuredClone(luggage), active)).toBe("far");
});

test("a Context is printed without what is in OpenTelemetry's", () => {
  const shown = inspect(manager.with(withKey("a value"), copyContext));
  expect(shown).toContain("opentelemetry.context => [secret]");
  expect(shown).not.toContain("a value");
});
