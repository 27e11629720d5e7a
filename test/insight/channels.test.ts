/** What channels tell of scopes: each message once, in order, in words, and nothing at all when nobody listens. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Channels,
  Container,
  type DisposeMessage,
  inject,
  Lifecycle,
  type ResolveMessage,
  type ScopeCloseMessage,
  type ScopeOpenMessage,
} from "ambit";
import { expect, onTestFinished, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { countAlive } from "../support/gc.js";

const { ContextScoped, Singleton } = Lifecycle;
const perScope = { lifecycle: ContextScoped } as const;

function listen<C extends keyof Channels>(channel: C, hear: (message: Channels[C]) => void): void {
  const listener = (message: unknown) => hear(message as Channels[C]);
  subscribe(channel, listener);
  onTestFinished(() => void unsubscribe(channel, listener));
}

/** All messages from now on. */
function recorded() {
  const opened: ScopeOpenMessage[] = [];
  const closed: ScopeCloseMessage[] = [];
  const resolved: ResolveMessage[] = [];
  const disposed: DisposeMessage[] = [];
  listen("ambit:scope.open", (message) => opened.push(message));
  listen("ambit:scope.close", (message) => closed.push(message));
  listen("ambit:resolve", (message) => resolved.push(message));
  listen("ambit:dispose", (message) => disposed.push(message));
  return { opened, closed, resolved, disposed };
}

class Pool {}
class Connection {
  constructor(@inject(Pool) readonly pool: Pool) {}
  dispose() {}
}
class Service {
  constructor(@inject(Connection) readonly connection: Connection) {}
  async [Symbol.asyncDispose]() {
    await nextTurn();
  }
}

function application(): Container {
  const container = new Container();
  container.register(Pool, Pool, { lifecycle: Singleton });
  container.register(Connection, Connection, perScope);
  return container.register(Service, Service, perScope);
}

test("a scope tells of its opening, and of the beginning and the end of its end", async () => {
  const container = application();
  const { opened, closed } = recorded();
  const ids = await container.runInScope({ name: "job", origin: "nightly invoices" }, async (outer) => {
    const inner = await container.runInScope(({ id }) => id);
    return [outer.id, inner];
  });
  expect(opened).toEqual([
    {
      scopeId: ids[0],
      name: "job",
      origin: "nightly invoices",
      parentId: undefined,
      containerId: container.id,
      openedAt: undefined,
      time: expect.any(Number),
    },
    {
      scopeId: ids[1],
      name: undefined,
      origin: undefined,
      parentId: ids[0],
      containerId: container.id,
      openedAt: undefined,
      time: expect.any(Number),
    },
  ]);
  expect(closed.map(({ step, scopeId, outcome }) => [step, scopeId, outcome])).toEqual([
    ["begin", ids[1], "success"],
    ["end", ids[1], "success"],
    ["begin", ids[0], "success"],
    ["end", ids[0], "success"],
  ]);
  expect(Math.abs(opened[0].time - Date.now())).toBeLessThan(60_000);
});

test("the end tells how the work ended, what it waited for, and what disposers threw", async () => {
  const container = new Container({ onDisposalError: () => {} });
  const { closed } = recorded();
  const [boom, sad] = [new Error("boom"), new Error("sad")];
  const held = deferred<void>();
  const work = container.runInScope((scope) => {
    scope.defer(() => {
      throw sad;
    });
    void scope.hold(held.promise);
    throw boom;
  });
  held.resolve();
  await expect(work).rejects.toBe(boom);
  expect(closed).toEqual([
    { step: "begin", scopeId: expect.any(String), time: expect.any(Number), outcome: "error", holds: 1 },
    {
      step: "end",
      scopeId: closed[0].scopeId,
      time: expect.any(Number),
      outcome: "error",
      reason: boom,
      duration: expect.any(Number),
      failures: [sad],
    },
  ]);
});

test("held work that fails changes the outcome that the end tells", async () => {
  const { closed } = recorded();
  const held = deferred<void>();
  const work = new Container().runInScope((scope) => {
    void scope.hold(held.promise.then(() => scope.fail("too late")));
  });
  held.resolve();
  await work;
  expect(closed.map(({ outcome }) => outcome)).toEqual(["success", "error"]);
});

test("each build tells what it built, for which scope, by which path; what is there is told when it is asked for", async () => {
  const container = application();
  const { resolved } = recorded();
  const id = await container.runInScope((scope) => {
    container.resolve(Service);
    container.resolve(Service);
    scope.resolve(Connection);
    container.resolve(Pool);
    return scope.id;
  });
  expect(
    resolved.map(({ name, lifetime, scopeId, built, path }) => [name, lifetime, scopeId, built, path.join(" > ")]),
  ).toEqual([
    ["Pool", "singleton", undefined, true, "Service > Connection > Pool"],
    ["Connection", "context-scoped", id, true, "Service > Connection"],
    ["Service", "context-scoped", id, true, "Service"],
    ["Service", "context-scoped", id, false, "Service"],
    ["Connection", "context-scoped", id, false, "Connection"],
    ["Pool", "singleton", id, false, "Pool"],
  ]);
  for (const { containerId, async, failed, error, duration } of resolved)
    expect([containerId, async, failed, error, duration >= 0]).toEqual([container.id, false, false, undefined, true]);
});

test("async builds tell their path, and a second asker that it waited for another's", async () => {
  const container = application();
  const useAsyncFactory = async (service: Service) => {
    await nextTurn();
    container.resolve("asked");
    return { service };
  };
  container.register("late", { deps: [Service], useAsyncFactory }, perScope);
  container.register("asked", { useFactory: () => ({}) }, perScope);
  const { resolved } = recorded();
  await container.runInScope((scope) => Promise.all([scope.resolveAsync("late"), scope.resolveAsync("late")]));
  expect(resolved.map(({ name, built, async, path }) => [name, built, async, path.join(" > ")])).toEqual([
    ["Pool", true, false, "late > Service > Connection > Pool"],
    ["Connection", true, false, "late > Service > Connection"],
    ["Service", true, false, "late > Service"],
    ["asked", true, false, "late > asked"],
    ["late", true, true, "late"],
    ["late", false, true, "late"],
  ]);
});

test("what fails says with what", async () => {
  const boom = new Error("boom");
  const container = new Container();
  container.register(
    "bad",
    {
      useFactory: () => {
        throw boom;
      },
    },
    perScope,
  );
  container.register("worse", { useAsyncFactory: () => Promise.reject(boom) }, perScope);
  const { resolved } = recorded();
  await container.runInScope(async (scope) => {
    expect(() => scope.resolve("bad")).toThrow(boom);
    await expect(scope.resolveAsync("worse")).rejects.toBe(boom);
  });
  expect(() => container.resolve("bad")).toThrow("no scope");
  expect(resolved.map(({ name, built, failed, error }) => [name, built, failed, (error as Error).name])).toEqual([
    ["bad", true, true, "Error"],
    ["worse", true, true, "Error"],
    ["bad", false, true, "NoScopeError"],
  ]);
});

test("each disposer tells when it has run, newest first, by its token", async () => {
  const container = application();
  container.register(
    "tx",
    {
      useGenerator: function* () {
        yield { rows: 1 };
      },
    },
    perScope,
  );
  const { disposed } = recorded();
  const id = await container.runInScope((scope) => {
    scope.resolve(Service);
    scope.resolve("tx");
    scope.defer(() => {});
    return scope.id;
  });
  expect(disposed.map(({ name, scopeId, failed, duration }) => [name, scopeId, failed, duration >= 0])).toEqual([
    ["a deferred callback", id, false, true],
    ["tx", id, false, true],
    ["Service", id, false, true],
    ["Connection", id, false, true],
  ]);
});

test("a disposer that fails is told of, and fails as it would", async () => {
  const container = new Container();
  const boom = new Error("boom");
  const { disposed, closed } = recorded();
  const work = container.runInScope((scope) => {
    scope.defer(() => Promise.reject(boom));
  });
  await expect(work).rejects.toBe(boom);
  expect(disposed).toEqual([
    {
      name: "a deferred callback",
      scopeId: expect.any(String),
      time: expect.any(Number),
      duration: expect.any(Number),
      failed: true,
      error: boom,
    },
  ]);
  expect(closed[1]).toMatchObject({ failures: [boom] });
});

test("what a container owns is told of when it is disposed", async () => {
  class Handle {
    dispose() {}
  }
  const container = new Container().register("pool", Handle, { lifecycle: Singleton });
  const { disposed } = recorded();
  container.resolve("pool");
  await container.dispose();
  expect(disposed.map(({ name, scopeId }) => [name, scopeId])).toEqual([["pool", undefined]]);
});

test("with a guard the opening tells where, and instances are told of as ever", async () => {
  const container = new Container({ guard: true }).register(Connection, Connection, perScope);
  const { opened, resolved, disposed } = recorded();
  await container.runInScope(() => container.resolve(Connection));
  expect(opened[0].openedAt).toContain("channels.test");
  expect(resolved.map(({ name }) => name)).toEqual(["Pool", "Connection"]);
  expect(disposed.map(({ name }) => name)).toEqual(["Connection"]);
});

test("a scope that could not be opened is not told of", () => {
  const { opened, closed } = recorded();
  expect(() => new Container().createScope({ disposeTimeout: -1 })).toThrow("disposeTimeout");
  expect([opened, closed]).toEqual([[], []]);
});

test("who comes later hears from then on, and who has gone hears nothing more", async () => {
  const container = application();
  container.runInScopeSync((scope) => scope.resolve(Connection));
  const names: string[] = [];
  const hear = (message: unknown) => names.push((message as ResolveMessage).name);
  subscribe("ambit:resolve", hear);
  container.runInScopeSync((scope) => scope.resolve(Connection));
  unsubscribe("ambit:resolve", hear);
  container.runInScopeSync((scope) => scope.resolve(Connection));
  expect(names).toEqual(["Connection"]);
});

test("messages keep no instance, no seed and no scope alive", async () => {
  const container = application();
  const all = recorded();
  const refs: WeakRef<object>[] = [];
  for (let n = 0; n < 20; n++) {
    await container.runInScope({ seeds: [["seed", {}]] }, (scope) => {
      const service = scope.resolve(Service);
      refs.push(new WeakRef(service), new WeakRef(service.connection), new WeakRef(scope.resolve<object>("seed")));
    });
  }
  expect(await countAlive(refs)).toBe(0);
  expect(all.disposed).toHaveLength(40);
});

test("a subscriber that throws breaks no request: Node reports it as an uncaught exception", async () => {
  const uncaught: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => uncaught.push(error));
  onTestFinished(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  });
  const boom = new Error("boom");
  for (const channel of ["ambit:scope.open", "ambit:scope.close", "ambit:resolve", "ambit:dispose"] as const) {
    listen(channel, () => {
      throw boom;
    });
  }
  const container = application();
  expect(await container.runInScope((scope) => scope.resolve(Connection))).toBeInstanceOf(Connection);
  await nextTurn();
  expect(uncaught).toEqual([boom, boom, boom, boom, boom, boom]);
});
