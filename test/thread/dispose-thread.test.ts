/** A thread's end: open scopes, then root containers, then WorkerLocals, newest first each, awaited. */
import {
  Container,
  ContainerDisposedError,
  disposeThread,
  Lifecycle,
  NoScopeError,
  type Outcome,
  WorkerLocal,
} from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const singleton = { lifecycle: Lifecycle.Singleton } as const;

/** A provider whose instance says when it is disposed. */
const saying = (log: string[], name: string) => ({
  useFactory: () => ({ [Symbol.asyncDispose]: async () => void log.push(name) }),
});

test("scopes end before containers, and containers before WorkerLocals, newest first each", async () => {
  const log: string[] = [];
  for (const name of ["local 1", "local 2"]) {
    new WorkerLocal(() => name, { onExit: (value) => void log.push(value) }).get();
  }
  for (const name of ["container 1", "container 2"]) {
    const container = new Container().register("pool", saying(log, name), singleton);
    container.resolve("pool");
    container.createScope().defer(() => log.push(`older scope of ${name}`));
    container.createScope().defer(() => log.push(`newer scope of ${name}`));
  }
  await disposeThread();
  expect(log).toEqual([
    "newer scope of container 2",
    "older scope of container 2",
    "newer scope of container 1",
    "older scope of container 1",
    "container 2",
    "container 1",
    "local 2",
    "local 1",
  ]);
});

test("scopes of child containers end before any root container does", async () => {
  const log: string[] = [];
  const older = new Container().register("pool", saying(log, "older"), singleton);
  older.resolve("pool");
  older
    .createChildContainer()
    .createScope()
    .defer(() => log.push("scope of older's child"));
  const newer = new Container().register("pool", saying(log, "newer"), singleton);
  newer.resolve("pool");
  await disposeThread();
  expect(log).toEqual(["scope of older's child", "newer", "older"]);
});

test("a root container that has built nothing yet is not kept for the thread's end", async () => {
  const container = new Container();
  await disposeThread();
  expect(container.register("value", { useValue: 1 }).resolve("value")).toBe(1);
});

test("what it disposed stays disposed", async () => {
  const container = new Container().register("pool", { useFactory: () => ({ dispose() {} }) }, singleton);
  const child = container.createChildContainer();
  container.resolve("pool");
  await disposeThread();
  expect(() => container.resolve("pool")).toThrow(ContainerDisposedError);
  expect(() => child.resolve("pool")).toThrow(ContainerDisposedError);
  expect(() => container.createScope()).toThrow(ContainerDisposedError);
});

test("the scopes that it closes are told of an abort, the containers' own the outcome that it was given", async () => {
  const told: Outcome[] = [];
  const container = new Container().register(
    "pool",
    {
      *useGenerator(): Generator<string, void, Outcome> {
        told.push(yield "pool");
      },
    },
    singleton,
  );
  container.resolve("pool");
  container.createScope().defer((outcome) => told.push(outcome));
  await disposeThread({ status: "error", error: "crashed" });
  expect(told).toEqual([
    { status: "aborted", reason: expect.any(DOMException) },
    { status: "error", error: "crashed" },
  ]);
});

test("the default outcome is a success", async () => {
  const told: Outcome[] = [];
  const container = new Container().register(
    "pool",
    {
      *useGenerator(): Generator<string, void, Outcome> {
        told.push(yield "pool");
      },
    },
    singleton,
  );
  container.resolve("pool");
  await disposeThread();
  expect(told).toEqual([{ status: "success" }]);
});

test("a WorkerLocal that a container's disposer asks for the first time ends, too", async () => {
  const log: string[] = [];
  const logger = new WorkerLocal(() => "logger", { onExit: (value) => void log.push(value) });
  const container = new Container().register(
    "pool",
    { useFactory: () => ({ [Symbol.dispose]: () => log.push(`pool, with a ${logger.get()}`) }) },
    singleton,
  );
  container.resolve("pool");
  await disposeThread();
  expect(log).toEqual(["pool, with a logger", "logger"]);
});

test("a container that a scope's disposer uses for the first time ends, too", async () => {
  const log: string[] = [];
  const audit = new Container().register("audit", saying(log, "audit"), singleton);
  const scope = new Container().createScope();
  scope.defer(() => void audit.resolve("audit"));
  await disposeThread();
  expect(log).toEqual(["audit"]);
});

test("asked twice at once, both wait until everything has ended, once", async () => {
  const log: string[] = [];
  const gate = deferred();
  const local = new WorkerLocal(() => 1, {
    async onExit() {
      await gate.promise;
      log.push("ended");
    },
  });
  local.get();
  const first = disposeThread().then(() => log.push("first"));
  const second = disposeThread().then(() => log.push("second"));
  await new Promise(setImmediate);
  expect(log).toEqual([]);
  gate.resolve();
  await Promise.all([first, second]);
  expect(log).toEqual(["ended", "first", "second"]);
});

test("a container that was disposed before is not ended again", async () => {
  let ended = 0;
  const container = new Container().register(
    "pool",
    { useFactory: () => ({ dispose: () => void ended++ }) },
    singleton,
  );
  container.resolve("pool");
  await container.dispose();
  await disposeThread();
  expect(ended).toBe(1);
});

test("a failure of every kind is told, and stops nothing", async () => {
  const log: string[] = [];
  new WorkerLocal(() => 1, { onExit: () => Promise.reject("local") }).get();
  const container = new Container()
    .register("older", saying(log, "older"), singleton)
    .register(
      "failing",
      { useFactory: () => ({ [Symbol.asyncDispose]: () => Promise.reject("container") }) },
      singleton,
    );
  container.resolve("older");
  container.resolve("failing");
  container.createScope().defer(() => Promise.reject("scope"));
  await expect(disposeThread()).rejects.toMatchObject({ errors: ["scope", "container", "local"] });
  expect(log).toEqual(["older"]);
});

test("a single failure is thrown as it is", async () => {
  new WorkerLocal(() => 1, { onExit: () => Promise.reject("local") }).get();
  await expect(disposeThread()).rejects.toBe("local");
});

test("with nothing to end it does nothing, as often as it is asked", async () => {
  await disposeThread();
  await disposeThread();
  expect(() =>
    new Container().register("user", { useFactory: () => 1 }, { lifecycle: Lifecycle.ContextScoped }).resolve("user"),
  ).toThrow(NoScopeError);
});

test("no scope is opened any more while those that are open end", async () => {
  const container = new Container();
  const refused: unknown[] = [];
  container.createScope().defer(() => {
    for (const each of [container, child]) {
      try {
        each.createScope();
      } catch (error) {
        refused.push(error);
      }
    }
  });
  const child = container.createChildContainer();
  await disposeThread();
  expect(refused).toEqual([expect.any(ContainerDisposedError), expect.any(ContainerDisposedError)]);
});
