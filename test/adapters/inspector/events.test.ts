/** What pages are told while they look, and what nobody is told. */
import { once } from "node:events";
import { createServer } from "node:http";
import { Container, ContextVar, currentScope, Lifecycle } from "ambit";
import { inspectorKoa } from "ambit/inspector";
import { KoaContext, scopePerRequest } from "ambit/koa";
import Koa from "koa";
import { expect, onTestFinished, test } from "vitest";
import { ask, listen, serve as serveKoa } from "../koa/server.js";
import { Events, inspect, serve, stateAt } from "./served.js";

const perScope = { lifecycle: Lifecycle.ContextScoped } as const;

function containerOf(...names: string[]): Container {
  const container = new Container();
  for (const name of names) container.register(name, { useFactory: () => ({ dispose() {} }) }, perScope);
  onTestFinished(() => container.dispose());
  return container;
}

test("a page is told all at first, and then what is new", async () => {
  const port = await serve(inspect());
  const container = containerOf("Orders");
  await container.runInScope(() => 1);
  const events = await Events.at(port);
  expect(events.response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  const first = await events.until(() => true);
  expect([first.finished.length, first.counters.opened]).toEqual([1, 1]);

  const scope = container.createScope({ parent: null });
  const seen = await events.until(({ openTotal }) => openTotal === 1);
  expect([seen.open[0].id, seen.finished]).toEqual([scope.id, []]);

  scope.resolve("Orders");
  await scope.close({ status: "success" });
  const last = await events.until(({ finished }) => finished.some(({ id }) => id === scope.id));
  expect(last.finished).toHaveLength(1);
  expect(last.finished[0].disposals.map(({ name }) => name)).toEqual(["Orders"]);
  expect(last.openTotal).toBe(0);
});

test("a token cannot end an event and begin another", async () => {
  const port = await serve(inspect());
  const name = "a\n\nevent: state\ndata: {}\r\n\r\n";
  const container = containerOf(name);
  const events = await Events.at(port);
  await container.runInScope((scope) => void scope.resolve(name));
  const { finished } = await events.until(({ finished: [scope] }) => scope !== undefined);
  expect(finished[0].builds[0].name).toBe(name);
});

test("when it is closed, its pages' answers end", async () => {
  const inspector = inspect();
  const events = await Events.at(await serve(inspector));
  await events.until(() => true);
  inspector.close();
  await once(events.response, "close");
  expect(events.response.complete).toBe(true);
});

test("sixteen pages can look at once, and another when one has gone", async () => {
  const port = await serve(inspect());
  const pages: Events[] = [];
  for (let page = 0; page < 16; page++) pages.push(await Events.at(port));
  expect((await ask(port, "/__ambit/events")).status).toBe(503);
  pages[0].response.destroy();
  let next = await Events.at(port);
  while (next.response.statusCode !== 200) next = await Events.at(port);
  expect((await next.until(() => true)).counters.opened).toBe(0);
});

test("shows types and tokens, and no value of a request, wherever that was", async () => {
  const SECRET = "s3cr3t-marker";
  const port = await serve(inspect());
  const variable = new ContextVar<string>("user");
  const container = containerOf();
  container.onDisposalError = () => {};
  class Session {
    readonly password = SECRET;
    toString = () => SECRET;
    toJSON = () => SECRET;
    [Symbol.dispose]() {
      throw new RangeError(SECRET);
    }
  }
  container.register(Session, Session, perScope).register("Key", { useValue: SECRET });
  container.register("Broken", { useFactory: () => Promise.reject(new Error(SECRET)) as never }, perScope);
  const events = await Events.at(port);
  const run = (fail: unknown) =>
    container
      .runInScope(
        {
          seeds: [
            ["Seed", SECRET],
            ["Seeds", { SECRET }],
          ],
        },
        async (scope) => {
          variable.set(SECRET);
          scope.defer(() => Promise.reject(new Error(SECRET)));
          void scope.hold(Promise.resolve(SECRET));
          for (const token of [Session, "Key", "Seed", "Seeds"] as string[]) scope.resolve(token);
          throw fail;
        },
      )
      .catch(() => {});
  for (const fail of [
    new Error(SECRET),
    SECRET,
    { SECRET },
    Object.assign(new Error("no"), { code: SECRET, name: SECRET }),
  ])
    await run(fail);
  const open = container.createScope({ parent: null, seeds: [["Seed", SECRET]] });
  open.resolve(Session);
  await events.until(({ counters, openTotal }) => counters.opened === 5 && openTotal === 1);
  const told = events.text + JSON.stringify(await stateAt(port)) + (await ask(port, "/__ambit")).body;
  expect(told).toContain("Session");
  expect(told).toContain("RangeError");
  expect(told).not.toContain(SECRET);
  await open.close().catch(() => {});
});

test("in a Koa app it answers before others, and opens no scope", async () => {
  const app = new Koa();
  const inspector = inspect();
  const container = containerOf();
  container.register(KoaContext, { useSeed: true });
  app.use(inspectorKoa(inspector)).use(scopePerRequest(container));
  app.use((ctx) => void (ctx.body = `in ${currentScope() === undefined ? "no scope" : "a scope"}`));
  const port = await serveKoa(app);
  expect((await ask(port, "/orders?secret=1")).body).toBe("in a scope");
  expect((await ask(port, "/__ambit")).headers["content-type"]).toBe("text/html; charset=utf-8");
  const { counters, finished } = await stateAt(port);
  expect([counters.opened, finished.map(({ origin }) => origin)]).toEqual([1, ["GET /orders"]]);
  inspector.close();
  expect((await ask(port, "/__ambit")).body).toBe("in a scope");
});

test("two inspectors of one process show the same", async () => {
  const [one, other] = [inspect({ path: "/one/__ambit" }), inspect()];
  const port = await listen(createServer((req, res) => void (one.handle(req, res) || other.handle(req, res))));
  await containerOf().runInScope(() => 1);
  const [a, b] = await Promise.all(["/one/__ambit/state", "/__ambit/state"].map((path) => ask(port, path)));
  expect(JSON.parse(a.body).finished).toEqual(JSON.parse(b.body).finished);
});
