/** What the inspector shows of scopes that are open, and of the last that have closed. */
import { channel } from "node:diagnostics_channel";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, Lifecycle, type Scope } from "ambit";
import { scopePerRequest } from "ambit/koa";
import { expect, onTestFinished, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { countAlive } from "../../support/gc.js";
import { ask, Connection, quietApp, serve as serveKoa } from "../koa/server.js";
import { inspect, serve, stateAt, stateWhere } from "./served.js";

const perScope = { lifecycle: Lifecycle.ContextScoped } as const;

/** Two services, one built of the other, that are disposed. */
function shop(): Container {
  const container = new Container();
  container.register("Transaction", { useFactory: () => ({ dispose() {} }) }, perScope);
  container.register(
    "Orders",
    { deps: ["Transaction"], useFactory: (transaction: object) => ({ transaction, dispose() {} }) },
    perScope,
  );
  onTestFinished(() => container.dispose());
  return container;
}

function open(container: Container, name?: string): Scope {
  return container.createScope({ name, parent: null });
}

test("an open scope is shown with its name, its age, where it was opened and what it has built", async () => {
  const port = await serve(inspect());
  const container = shop();
  const scope = open(container, "job");
  scope.resolve("Orders");
  const [first] = (await stateAt(port)).open;
  const second = await stateWhere(port, ({ open: [shown] }) => shown.age! > first.age!);
  expect(first).toMatchObject({ id: scope.id, name: "job", state: "open", late: [] });
  expect(second.openTotal).toBe(1);
  expect(first.record!.openedAt).toMatch(/state\.test\.[tj]s/);
  expect(first.record!.builds.map(({ name, path, lifetime }) => [name, path, lifetime])).toEqual([
    ["Transaction", ["Orders", "Transaction"], "context-scoped"],
    ["Orders", ["Orders"], "context-scoped"],
  ]);
  await scope.close();
  expect((await stateAt(port)).open).toEqual([]);
});

test("a closed scope is shown with how it ended, what it disposed in which order, and how long that took", async () => {
  const port = await serve(inspect());
  const container = shop();
  await container.runInScope((scope) => void scope.resolve("Orders"));
  await container
    .runInScope(() => {
      throw Object.assign(new TypeError("no"), { code: "ERR_NO" });
    })
    .catch(() => {});
  const { finished } = await stateAt(port);
  expect(finished.map(({ closed }) => [closed?.outcome, closed?.reason])).toEqual([
    ["success", undefined],
    ["error", "TypeError ERR_NO"],
  ]);
  const [{ opened, builds, disposals, closed }] = finished;
  expect(disposals.map(({ name }) => name)).toEqual(["Orders", "Transaction"]);
  const times = [opened, builds[0].time, disposals[0].time, disposals[1].time, closed!.time];
  expect(times.toSorted((a, b) => a - b)).toEqual(times);
  expect([...builds, ...disposals].every(({ duration }) => duration >= 0)).toBe(true);
});

test("counters count scopes, builds and disposers, and those that failed", async () => {
  const port = await serve(inspect());
  const container = shop();
  const fail = () => {
    throw new Error("no");
  };
  container.register("Broken", { useFactory: fail }, perScope);
  container.register("Stuck", { useFactory: () => ({ dispose: fail }) }, perScope);
  await container.runInScope((scope) => [scope.resolve("Orders"), scope.resolve("Orders")]);
  await container.runInScope((scope) => scope.resolve("Broken")).catch(() => {});
  await container.runInScope((scope) => void scope.resolve("Stuck")).catch(() => {});
  await open(container).close();
  expect((await stateAt(port)).counters).toEqual({
    opened: 4,
    success: 2,
    error: 1,
    aborted: 1,
    built: 3,
    found: 1,
    failedBuilds: 1,
    disposed: 3,
    failedDisposals: 1,
  });
});

test("what lives as long as the thread or its container is shown with that", async () => {
  const port = await serve(inspect());
  const container = shop();
  container.register("Pool", { useFactory: () => ({ dispose() {} }) }, { lifecycle: Lifecycle.ThreadScoped });
  container.register("Prices", { useFactory: () => ({ dispose() {} }) }, { lifecycle: Lifecycle.Singleton });
  container.resolve("Pool");
  container.resolve("Prices");
  const state = await stateAt(port);
  expect(state.process).toContain("thread");
  expect(state.containers.flatMap(({ instances }) => instances)).toEqual([
    { name: "Pool", lifetime: "thread-scoped" },
    { name: "Prices", lifetime: "singleton" },
  ]);
});

test("a scope that was opened before is shown as open, and nothing more is known of it", async () => {
  const container = shop();
  const scope = open(container, "early");
  scope.defer(() => {});
  const [shown] = (await stateAt(await serve(inspect()))).open;
  expect(shown).toMatchObject({ id: scope.id, name: "early" });
  expect([shown.age, shown.record]).toEqual([undefined, undefined]);
});

/** The reasons that are shown for the one scope that is late. */
async function reasonsAt(port: number): Promise<readonly string[]> {
  const { open: shown } = await stateWhere(port, ({ open: [scope] }) => scope !== undefined && scope.late.length > 0);
  return shown[0].late;
}

test("a scope is not late before the limit, whatever it waits for", async () => {
  const port = await serve(inspect({ lateAfter: 3_600_000 }));
  const work = deferred();
  void open(shop()).hold(work.promise);
  expect((await stateAt(port)).open[0].late).toEqual([]);
  work.resolve();
});

test("a late scope says that it waits for held work", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  const work = deferred();
  const scope = open(shop());
  void scope.hold(work.promise);
  expect(await reasonsAt(port)).toEqual(["1 piece of held work has not settled"]);
  work.resolve();
  await scope.close();
});

test("a late scope says that one inside it is open", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  const container = shop();
  container.createScope({ parent: open(container) });
  expect(await reasonsAt(port)).toEqual(["1 nested scope is open"]);
});

test("a late scope says what it has not finished building", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  const container = shop();
  const built = deferred<object>();
  container.register("Slow", { useAsyncFactory: () => built.promise }, perScope);
  const asked = open(container).resolveAsync("Slow");
  expect(await reasonsAt(port)).toEqual(["1 build has not finished"]);
  built.resolve({});
  await asked;
});

test("a late scope says whose disposer has not settled", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  const container = shop();
  const gone = deferred();
  container.register("Socket", { useFactory: () => ({ [Symbol.asyncDispose]: () => gone.promise }) }, perScope);
  const scope = open(container);
  scope.resolve("Socket");
  const closed = scope.close();
  expect(await reasonsAt(port)).toEqual(["the disposer of Socket has not settled"]);
  gone.resolve();
  await closed;
});

test("a scope that is closing is shown as that, with the callback that it waits for", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  const done = deferred();
  const scope = open(shop());
  scope.defer(() => done.promise);
  const closed = scope.close();
  expect(await reasonsAt(port)).toEqual(["the disposer of a deferred callback has not settled"]);
  expect((await stateAt(port)).open[0].state).toBe("closing");
  done.resolve();
  await closed;
});

test("a late scope of which nothing is known says so", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  open(shop());
  expect(await reasonsAt(port)).toEqual(["unknown: its work has not ended, or nobody has closed it"]);
});

test("a late request says that its handler has not settled, and by what it is known", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  const work = deferred();
  const app = quietApp();
  app.use(scopePerRequest(shop())).use(() => work.promise);
  const answered = ask(await serveKoa(app), "/orders?token=abc");
  expect(await reasonsAt(port)).toEqual(["its middleware have not settled"]);
  expect((await stateAt(port)).open[0].record?.origin).toBe("GET /orders");
  work.resolve();
  await answered;
});

test("a late request says that its body is still being sent", async () => {
  const port = await serve(inspect({ lateAfter: 1 }));
  const body = new PassThrough();
  const app = quietApp();
  app.use(scopePerRequest(shop())).use((ctx) => void (ctx.body = body));
  const client = await Connection.to(await serveKoa(app));
  body.write("part");
  await client.get("/").until("part");
  expect(await reasonsAt(port)).toEqual(["its body is a stream that is still being sent"]);
  body.end();
  await stateWhere(port, ({ open: shown }) => shown.length === 0);
});

test("it remembers no more scopes, builds and disposals than it was told", async () => {
  const port = await serve(inspect({ remember: 3, perScope: 2 }));
  const container = shop();
  for (const name of ["A", "B", "C"]) container.register(name, { useFactory: () => ({ dispose() {} }) }, perScope);
  const ids: string[] = [];
  for (let round = 0; round < 5; round++) {
    await container.runInScope((scope) => {
      ids.push(scope.id);
      for (const name of ["A", "B", "C"]) scope.resolve(name);
    });
  }
  const { finished } = await stateAt(port);
  expect(finished.map(({ id }) => id)).toEqual(ids.slice(2));
  for (const { builds, disposals, moreBuilds, moreDisposals } of finished) {
    expect([builds.map(({ name }) => name), disposals.map(({ name }) => name)]).toEqual([
      ["A", "B"],
      ["C", "B"],
    ]);
    expect([moreBuilds, moreDisposals]).toEqual([1, 1]);
  }
});

test("of scopes that nobody closes it keeps 2,000, and lists 50", async () => {
  const port = await serve(inspect());
  const container = shop();
  const scopes = Array.from({ length: 2_001 }, () => open(container));
  const last = await stateAt(port);
  expect([last.openTotal, last.open.length]).toEqual([2_001, 50]);
  for (const scope of scopes.slice(0, -1)) await scope.close();
  expect((await stateAt(port)).open[0].record).toBeUndefined();
});

test("names are cut", async () => {
  const port = await serve(inspect());
  const container = shop().register("x".repeat(100_000), { useFactory: () => ({}) }, perScope);
  await container.runInScope((scope) => void scope.resolve("x".repeat(100_000)));
  expect(JSON.stringify(await stateAt(port)).length).toBeLessThan(5_000);
});

test("it keeps no instance, no seed and no error of what it remembers", async () => {
  const inspector = inspect();
  const container = shop();
  const seen: WeakRef<object>[] = [];
  const watched = <T extends object>(value: T): T => {
    seen.push(new WeakRef(value));
    return value;
  };
  container.register("Watched", { useFactory: () => watched({ dispose() {} }) }, perScope);
  const work = async () =>
    container.runInScope({ seeds: [["Seed", watched({})]] }, (scope) => {
      watched(scope.resolve<object>("Watched"));
      throw watched(new Error("no"));
    });
  await work().catch(() => {});
  await nextTurn();
  expect((await stateAt(await serve(inspector))).finished).toHaveLength(1);
  expect(await countAlive(seen)).toBe(0);
});

test("it listens from when it is made until it is closed, and forgets", async () => {
  const heard = () =>
    ["scope.open", "scope.close", "resolve", "dispose"].map((name) => channel(`ambit:${name}`).hasSubscribers);
  expect(heard()).toEqual([false, false, false, false]);
  const inspector = inspect();
  const port = await serve(inspector);
  expect(heard()).toEqual([true, true, true, true]);
  inspector.close();
  inspector.close();
  expect(heard()).toEqual([false, false, false, false]);
  expect((await ask(port, "/__ambit/state")).body).toBe("another's");
});
