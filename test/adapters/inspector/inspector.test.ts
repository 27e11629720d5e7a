/** What the inspector shows of real scopes, to whom, and what it keeps. */
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import { expect, onTestFinished, test, vi } from "vitest";
import { Container, ContextVar, Lifecycle, type Scope } from "ambit";
import { Inspector, inspectorKoa, InspectorError, type InspectorOptions } from "ambit/inspector";
import { scopePerRequest } from "ambit/koa";
import { deferred } from "../../support/deferred.js";
import { countAlive } from "../../support/gc.js";

const perScope = { lifecycle: Lifecycle.ContextScoped } as const;

/** An inspector on a socket. */
async function served(options: InspectorOptions = {}) {
  const inspector = new Inspector(options);
  const server = createServer((req, res) => {
    if (!inspector.handle(req, res)) res.end("the app's");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    inspector.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  const state = async () => JSON.parse((await get(port, "/__ambit/state")).body);
  return { inspector, port, state };
}

async function ask(port: number, path: string, headers = {}, method = "GET"): Promise<IncomingMessage> {
  const asked = request({ port, host: "127.0.0.1", path, headers, method }).end();
  const [answer] = await once(asked, "response");
  return answer;
}

async function get(port: number, path: string, headers = {}, method = "GET") {
  const answer = await ask(port, path, headers, method);
  let body = "";
  for await (const chunk of answer.setEncoding("utf8")) body += chunk;
  return { status: answer.statusCode, headers: answer.headers, body };
}

class Part {
  dispose() {}
}
class Whole {
  constructor(readonly part: Part) {}
  async [Symbol.asyncDispose]() {}
}

function application(): Container {
  const container = new Container();
  container.register(Part, Part, perScope);
  return container.register(Whole, { useClass: Whole, deps: [Part] }, perScope);
}

test("shows what a scope built, by which path, and what it disposed, in order", async () => {
  const { state } = await served();
  const container = application();
  await container.runInScope({ origin: "nightly invoices" }, (scope) => void scope.resolve(Whole));
  const { finished, counters } = await state();
  expect(finished).toMatchObject([
    {
      origin: "nightly invoices",
      builds: [
        { name: "Part", path: ["Whole", "Part"], lifetime: "context-scoped" },
        { name: "Whole", path: ["Whole"] },
      ],
      disposals: [{ name: "Whole" }, { name: "Part" }],
      closed: { outcome: "success", failures: [] },
    },
  ]);
  expect(counters).toMatchObject({ opened: 1, success: 1, built: 2, disposed: 2 });
});

test("shows open scopes, and why they are late as far as that is known", async () => {
  const { state } = await served({ lateAfter: 1 });
  const container = application();
  const held = deferred();
  const stuck = deferred();
  const idle = container.createScope({ name: "idle" });
  const holding = container.createScope({ name: "holding" });
  void holding.hold(held.promise);
  const closing = container.createScope({ name: "closing" });
  closing.defer(() => stuck.promise);
  const end = closing.close();
  const late = await vi.waitFor(async () => {
    const { open } = await state();
    const named = open.filter(({ name }: { name?: string }) => name !== undefined);
    expect(named.every(({ late }: { late: string[] }) => late.length > 0)).toBe(true);
    return named.map(({ name, state, late }: { name: string; state: string; late: string[] }) => [
      name,
      state,
      late[0],
    ]);
  });
  expect(late).toEqual([
    ["idle", "open", "unknown: its work has not ended, or nobody has closed it"],
    ["holding", "open", "1 piece of held work has not settled"],
    ["closing", "closing", "the disposer of a deferred callback has not settled"],
  ]);
  held.resolve();
  stuck.resolve();
  await Promise.all([idle.close(), holding.close(), end]);
});

test("knows of a request that its handler has not settled; asks no scope for its own requests", async () => {
  const inspector = new Inspector({ lateAfter: 1 });
  const app = new Koa();
  const [entered, left] = [deferred(), deferred()];
  app.use(inspectorKoa(inspector));
  app.use(scopePerRequest(new Container()));
  app.use(async (ctx) => {
    entered.resolve();
    await left.promise;
    ctx.body = "done";
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const answered = get(port, "/slow");
  await entered.promise;
  await vi.waitFor(async () => {
    const { open, openTotal } = JSON.parse((await get(port, "/__ambit/state")).body);
    expect(openTotal).toBe(1);
    expect(open[0]).toMatchObject({ record: { origin: "GET /slow" }, late: ["its middleware have not settled"] });
  });
  left.resolve();
  expect((await answered).body).toBe("done");
  inspector.close();
  expect((await get(port, "/__ambit")).body).toBe("done");
  server.close();
});

test("tells pages by server-sent events, and ends them when it closes", async () => {
  const { inspector, port } = await served();
  const events = await ask(port, "/__ambit/events");
  expect(events.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  let heard = "";
  events.setEncoding("utf8").on("data", (chunk) => (heard += chunk));
  await application().runInScope({ origin: "told" }, (scope) => void scope.resolve(Whole));
  await vi.waitFor(() => expect(heard).toContain('"origin":"told"'));
  expect(heard.match(/^event: state$/gm)?.length).toBeGreaterThan(1);
  inspector.close();
  await once(events, "end");
});

test.each([
  ["another host name", { host: "evil.example" }, 403],
  ["no loopback name that merely looks like one", { host: "127.0.0.1.evil.example" }, 403],
  ["a proxy", { "x-forwarded-for": "10.0.0.1" }, 403],
  ["a page of another site", { "sec-fetch-site": "cross-site" }, 403],
  ["localhost", { host: "localhost:3000" }, 200],
  ["the IPv6 loopback", { host: "[::1]:3000" }, 200],
])("answers %s as it should", async (_, headers, status) => {
  const { port } = await served();
  for (const path of ["/__ambit", "/__ambit/state"]) expect((await get(port, path, headers)).status).toBe(status);
});

test.each(["10.0.0.7", "::ffff:10.0.0.7", "fe80::1", undefined])("refuses a request from %s", (remoteAddress) => {
  const inspector = new Inspector();
  onTestFinished(() => inspector.close());
  const status: number[] = [];
  const res = { writeHead: (code: number) => status.push(code), end: () => {}, req: { method: "GET" } };
  const req = { url: "/__ambit", method: "GET", headers: { host: "localhost" }, socket: { remoteAddress } };
  expect(inspector.handle(req as never, res as never)).toBe(true);
  expect(status).toEqual([403]);
});

test("is only looked at, and leaves other requests to the app", async () => {
  const { port } = await served();
  expect((await get(port, "/__ambit", {}, "POST")).status).toBe(405);
  expect((await get(port, "/__ambit/other")).status).toBe(404);
  expect((await get(port, "/__ambitious")).body).toBe("the app's");
});

test("the page is one that nothing may be added to, and is not cached", async () => {
  const { port } = await served();
  const { headers, body } = await get(port, "/__ambit");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["content-security-policy"]).toMatch(
    /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/,
  );
  expect(body).not.toMatch(/(src|href)=|innerHTML|https?:/);
});

test("refuses to start in production, unless it is told to", () => {
  vi.stubEnv("NODE_ENV", "production");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(() => new Inspector()).toThrow(InspectorError);
  new Inspector({ production: true }).close();
});

test("shows no value: not a seed, a variable, an instance, nor what an error says", async () => {
  const MARK = "hunter2-secret";
  const { port, state } = await served();
  const variable = new ContextVar<string>("password");
  const container = new Container({ onDisposalError: () => {} });
  container.register("Seed", { useSeed: true });
  container.register(
    "Broken",
    {
      useFactory: () => {
        throw new Error(MARK);
      },
    },
    perScope,
  ); // prettier-ignore
  container.register(
    "Kept",
    {
      useFactory: () => ({
        password: MARK,
        dispose() {
          throw new TypeError(MARK);
        },
      }),
    },
    perScope,
  );
  const work = async (scope: Scope) => {
    variable.set(MARK);
    scope.resolve("Kept");
    expect(scope.resolve("Seed")).toBe(MARK);
    expect(() => scope.resolve("Broken")).toThrow(MARK);
    const shown = await get(port, "/__ambit/state");
    expect(shown.body).toContain("Kept");
    expect(shown.body).not.toContain(MARK);
    throw new RangeError(MARK);
  };
  await expect(container.runInScope({ seeds: [["Seed", MARK]] }, work)).rejects.toThrow(MARK);
  const told = JSON.stringify(await state());
  for (const label of ["RangeError", "TypeError", '"error":"Error"']) expect(told).toContain(label);
  expect(told).not.toContain(MARK);
  const events = await ask(port, "/__ambit/events");
  const [first] = await once(events.setEncoding("utf8"), "data");
  events.destroy();
  expect(first).not.toContain(MARK);
});

test("keeps the last scopes only, and of each so many builds; it says how many there were", async () => {
  const { state } = await served({ remember: 3, perScope: 5 });
  const container = new Container();
  container.register("Many", { useFactory: () => ({}) }, { lifecycle: Lifecycle.Transient });
  for (let i = 0; i < 10; i++) {
    await container.runInScope({ origin: `job ${i}` }, (scope) => {
      for (let built = 0; built < (i === 9 ? 10_000 : 1); built++) scope.resolve("Many");
    });
  }
  const { finished } = await state();
  expect(finished.map(({ origin }: { origin: string }) => origin)).toEqual(["job 7", "job 8", "job 9"]);
  expect(finished[2].builds).toHaveLength(5);
  expect(finished[2].moreBuilds).toBe(9_995);
});

test("keeps no instance alive, nor an error", async () => {
  const { state } = await served();
  const refs: WeakRef<object>[] = [];
  const container = application();
  const boom = () => {
    const error = new Error("boom");
    refs.push(new WeakRef(error));
    throw error;
  };
  await container
    .runInScope((scope) => {
      refs.push(new WeakRef(scope.resolve(Whole)), new WeakRef(scope));
      boom();
    })
    .catch(() => {}); // prettier-ignore
  expect(await countAlive(refs)).toBe(0);
  expect((await state()).finished).toHaveLength(1);
});

test("listens to the channels from its start to its close", () => {
  const names = ["ambit:scope.open", "ambit:scope.close", "ambit:resolve", "ambit:dispose"];
  const listening = () => names.map((name) => channel(name).hasSubscribers);
  const inspector = new Inspector();
  expect(listening()).toEqual([true, true, true, true]);
  inspector.close();
  expect(listening()).toEqual([false, false, false, false]);
});
