/** Clients that go away, and responses that nobody ends. */
import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, currentScope } from "ambit";
import { requestScopes, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { middlewareOf } from "#src/adapters/koa/scope-per-request.js";
import { deferred } from "../../support/deferred.js";
import { countAlive } from "../../support/gc.js";
import { collectWarnings } from "../../support/strict.js";
import { ask, Connection, ending, listen, quietApp, scopeNow, serve } from "./server.js";

function scopedApp() {
  const app = quietApp();
  const ended = ending();
  app.use(scopePerRequest(new Container())).use(ended.middleware);
  return { app, ended };
}

describe("a client that leaves during the handler", () => {
  test("fires scope.signal", async () => {
    const { app, ended } = scopedApp();
    const started = deferred();
    app.use(async () => {
      const { signal } = scopeNow();
      started.resolve();
      await once(signal, "abort");
      throw signal.reason;
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await started.promise;
    await client.leave();
    expect(await ended.outcome).toMatchObject({ status: "aborted", reason: { name: "AbortError" } });
  });

  test("does not undo work that finishes all the same", async () => {
    const { app, ended } = scopedApp();
    const [started, left] = [deferred(), deferred()];
    app.use(async (ctx) => {
      ctx.res.once("close", left.resolve);
      started.resolve();
      await left.promise;
      ctx.body = { id: 1 };
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await started.promise;
    await client.leave();
    expect(await ended.outcome).toEqual({ status: "success" });
  });

  test("does not turn an error of the work into an abort", async () => {
    const { app, ended } = scopedApp();
    const [started, left] = [deferred(), deferred()];
    const error = new Error("no such table");
    app.use(async (ctx) => {
      ctx.res.once("close", left.resolve);
      started.resolve();
      await left.promise;
      throw error;
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await started.promise;
    await client.leave();
    expect(await ended.outcome).toEqual({ status: "error", error });
  });

  test("leaves the scope open until the handler has settled", async () => {
    const { app, ended } = scopedApp();
    const [started, left, work] = [deferred(), deferred(), deferred()];
    app.use(async (ctx) => {
      ctx.res.once("close", left.resolve);
      started.resolve();
      await work.promise;
      ctx.body = scopeNow().state;
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await started.promise;
    await client.leave();
    await left.promise;
    await nextTurn();
    expect(requestScopes(app)).toMatchObject([{ state: "open" }]);
    work.resolve();
    expect(await ended.outcome).toEqual({ status: "success" });
  });

  test("ends a stream that is assigned afterwards, and its scope as aborted", async () => {
    const { app, ended } = scopedApp();
    const [started, left, closed] = [deferred(), deferred(), deferred()];
    app.use(async (ctx) => {
      ctx.res.once("close", left.resolve);
      started.resolve();
      await left.promise;
      ctx.body = new ReadableStream({ pull: () => new Promise(() => {}), cancel: closed.resolve });
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await started.promise;
    await client.leave();
    await closed.promise;
    expect(await ended.outcome).toMatchObject({ status: "aborted" });
  });

  test("is heard of in the scope's own Context", async () => {
    const { app, ended } = scopedApp();
    const [started, current] = [deferred(), deferred<unknown>()];
    app.use(async () => {
      const scope = scopeNow();
      scope.signal.addEventListener("abort", () => current.resolve(currentScope() === scope));
      started.resolve();
      await current.promise;
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await started.promise;
    await client.leave();
    expect(await current.promise).toBe(true);
    await ended.outcome;
  });
});

describe("a client that has left, and of whose leaving Node has not told yet", () => {
  const post = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody";
  /** As a reset does it: the socket is destroyed now, and its "close" comes in a later turn. */
  const readAndLose = async ({ req }: Koa.Context): Promise<void> => {
    await text(req);
    req.socket.destroy();
  };

  test("aborts a stream, which was not sent", async () => {
    const { app, ended } = scopedApp();
    app.use(async (ctx) => {
      await readAndLose(ctx);
      ctx.body = Readable.from(["row"]);
    });
    (await Connection.to(await serve(app))).socket.write(post);
    expect(await ended.outcome).toMatchObject({ status: "aborted" });
  });

  test("aborts what was ended with respond = false, which was not sent either", async () => {
    const { app, ended } = scopedApp();
    app.use(async (ctx) => {
      ctx.respond = false;
      await readAndLose(ctx);
      ctx.res.writeHead(200).end("answer");
    });
    (await Connection.to(await serve(app))).socket.write(post);
    expect(await ended.outcome).toMatchObject({ status: "aborted" });
  });
});

test("a client that left before the scope opened has fired its signal", async () => {
  const app = quietApp();
  const ended = ending();
  const started = deferred();
  app.use(async (ctx, next) => {
    started.resolve();
    await once(ctx.res, "close");
    await next();
  });
  app.use(scopePerRequest(new Container())).use(ended.middleware);
  app.use(() => scopeNow().signal.throwIfAborted());
  const client = (await Connection.to(await serve(app))).get("/");
  await started.promise;
  await client.leave();
  expect(await ended.outcome).toMatchObject({ status: "aborted" });
});

test("a request without a connection, such as a unit test's, has a client that stays", async () => {
  const app = quietApp();
  const req = new IncomingMessage(undefined as never);
  const ctx = app.createContext(req, new ServerResponse(req));
  const ended = ending();
  await scopePerRequest(new Container())(ctx, () => ended.middleware(ctx, async () => void (ctx.status = 200)));
  expect(await ended.outcome).toEqual({ status: "success" });
});

test("a client that closes its half of the connection has left", async () => {
  const { app, ended } = scopedApp();
  const started = deferred();
  app.use(async () => {
    const { signal } = scopeNow();
    started.resolve();
    await once(signal, "abort");
    throw signal.reason;
  });
  const client = (await Connection.to(await serve(app), { allowHalfOpen: true })).get("/");
  await started.promise;
  client.socket.end();
  expect(await ended.outcome).toMatchObject({ status: "aborted" });
});

test("closeAllConnections aborts what runs", async () => {
  const { app, ended } = scopedApp();
  const started = deferred();
  app.use(async () => {
    const { signal } = scopeNow();
    started.resolve();
    await once(signal, "abort");
    throw signal.reason;
  });
  const callback = app.callback();
  const server = createServer((req, res) => void callback(req, res));
  (await Connection.to(await listen(server))).get("/");
  await started.promise;
  server.closeAllConnections();
  expect(await ended.outcome).toMatchObject({ status: "aborted" });
});

test("an upgrade, which Koa does not see, opens no scope", async () => {
  const { app, ended } = scopedApp();
  const callback = app.callback();
  const server = createServer((req, res) => void callback(req, res));
  server.on("upgrade", (_, socket) =>
    socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${requestScopes(app).length}`),
  );
  const client = await Connection.to(await listen(server));
  client.get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n");
  await client.until("\r\n\r\n0");
  expect(ended.all).toEqual([]);
});

test("the second request on a connection sees nothing of the first one's scope", async () => {
  const app = quietApp();
  const before: unknown[] = [];
  const scopes = new Set<unknown>();
  app.use((_, next) => {
    before.push(currentScope());
    return next();
  });
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopes.add(scopeNow());
    ctx.body = `${ctx.path} answered.`;
  });
  const client = (await Connection.to(await serve(app))).get("/a");
  await client.until("/a answered.");
  await client.get("/b").until("/b answered.");
  expect(before).toEqual([undefined, undefined]);
  expect(scopes.size).toBe(2);
});

describe("pipelined requests", () => {
  test("each have a scope, which ends once", async () => {
    const { app, ended } = scopedApp();
    app.use((ctx) => void (ctx.body = `${ctx.path} answered.`));
    const client = (await Connection.to(await serve(app))).get("/a").get("/b").get("/c");
    await client.until("/c answered.");
    expect(ended.all).toEqual([{ status: "success" }, { status: "success" }, { status: "success" }]);
    expect(requestScopes(app)).toEqual([]);
  });

  test("whose answers are streams each end with their own", async () => {
    const { app, ended } = scopedApp();
    app.use((ctx) => void (ctx.body = Readable.from([ctx.path, " answered."])));
    const client = (await Connection.to(await serve(app))).get("/a").get("/b");
    await client.until("/b");
    await ended.outcome;
    while (requestScopes(app).length > 0) await nextTurn();
    expect(ended.all).toEqual([{ status: "success" }, { status: "success" }]);
  });

  test("that still wait for their turn are aborted when their client leaves", async () => {
    const { app, ended } = scopedApp();
    const started = deferred();
    app.use(async ({ path }) => {
      const { signal } = scopeNow();
      if (path === "/queued") started.resolve();
      await once(signal, "abort");
      throw signal.reason;
    });
    const client = (await Connection.to(await serve(app))).get("/first").get("/queued");
    await started.promise;
    await client.leave();
    while (ended.all.length < 2) await nextTurn();
    expect(ended.all).toMatchObject([{ status: "aborted" }, { status: "aborted" }]);
  });

  test("that still wait for their turn end their streams when their client leaves", async () => {
    const { app, ended } = scopedApp();
    const [assigned, closed] = [deferred(), deferred()];
    app.use(async (ctx) => {
      if (ctx.path === "/first") return once(scopeNow().signal, "abort");
      ctx.body = new Readable({ read() {} }).once("close", closed.resolve);
      setImmediate(() => assigned.resolve());
    });
    const client = (await Connection.to(await serve(app))).get("/first").get("/queued");
    await assigned.promise;
    await client.leave();
    await closed.promise;
    while (ended.all.length < 2) await nextTurn();
    expect(ended.all).toContainEqual({ status: "aborted", reason: expect.objectContaining({ name: "AbortError" }) });
  });

  test("are not kept by the connection that brought them", async () => {
    const app = quietApp();
    const contexts: WeakRef<object>[] = [];
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      contexts.push(new WeakRef(ctx));
      ctx.body = `${ctx.path} answered.`;
    });
    const client = await Connection.to(await serve(app));
    for (let i = 0; i < 10; i++) client.get(`/${i}`);
    await client.until("/9 answered.");
    // Node itself keeps the last.
    expect(await countAlive(contexts)).toBeLessThan(3);
  });

  test("many at once put one listener on their socket", async () => {
    const app = quietApp();
    const warned: Error[] = [];
    const hear = (warning: Error) => void warned.push(warning);
    process.on("warning", hear);
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => void (ctx.body = `${ctx.path} answered.`));
    const client = await Connection.to(await serve(app));
    for (let i = 0; i < 30; i++) client.get(`/${i}`);
    await client.until("/29 answered.");
    await nextTurn();
    process.off("warning", hear);
    expect(warned).toEqual([]);
  });
});

test("an answer to a POST whose body nobody read ends the scope", async () => {
  const { app, ended } = scopedApp();
  app.use((ctx) => void (ctx.body = Readable.from(["done"])));
  await ask(await serve(app), "/", { method: "POST", body: "x".repeat(200_000) });
  expect(await ended.outcome).toEqual({ status: "success" });
});

describe("respond = false", () => {
  test("ends the scope with the response", async () => {
    const { app, ended } = scopedApp();
    const events = deferred();
    app.use((ctx) => {
      const scope = scopeNow();
      ctx.respond = false;
      ctx.res.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n");
      void events.promise.then(() => ctx.res.end(`data: ${scope.state}\n\n`));
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await client.until("data: 1");
    events.resolve();
    await client.until("data: open");
    expect(await ended.outcome).toEqual({ status: "success" });
  });

  test("is an error when the response had an error status", async () => {
    const { app, ended } = scopedApp();
    app.use((ctx) => {
      ctx.respond = false;
      setImmediate(() => ctx.res.writeHead(502).end());
    });
    await ask(await serve(app));
    expect(await ended.outcome).toMatchObject({ status: "error", error: { status: 502 } });
  });

  test("is aborted when the client goes away", async () => {
    const { app, ended } = scopedApp();
    app.use((ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200).write("data: 1\n\n");
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await client.until("data: 1");
    await client.leave();
    expect(await ended.outcome).toMatchObject({ status: "aborted", reason: { name: "AbortError" } });
  });

  test("fires the signal at once when the handler throws, and is an error", async () => {
    const { app, ended } = scopedApp();
    const error = new Error("no");
    const log: unknown[] = [];
    app.use((ctx) => {
      const { signal } = scopeNow();
      signal.addEventListener("abort", () => log.push(signal.reason));
      ctx.res.once("close", () => log.push("response"));
      ctx.respond = false;
      throw error;
    });
    expect(await ask(await serve(app))).toMatchObject({ status: 500 });
    expect(await ended.outcome).toEqual({ status: "error", error });
    expect(log).toEqual([error, "response"]);
  });
});

describe("holds", () => {
  test("delay an answer that is complete", async () => {
    const { app } = scopedApp();
    const held = deferred();
    const log: string[] = [];
    app.use((ctx) => {
      void scopeNow().hold(held.promise.then(() => log.push("released")));
      ctx.res.once("finish", () => log.push("sent"));
      ctx.body = "done";
      setImmediate(() => held.resolve());
    });
    await ask(await serve(app));
    expect(log).toEqual(["released", "sent"]);
  });

  test("keep the scope of a stream open after it was sent", async () => {
    const { app, ended } = scopedApp();
    const held = deferred();
    app.use((ctx) => {
      void scopeNow().hold(held.promise);
      ctx.body = Readable.from(["done"]);
    });
    await ask(await serve(app));
    while (requestScopes(app)[0].state !== "closing") await nextTurn();
    held.resolve();
    expect(await ended.outcome).toEqual({ status: "success" });
  });
});

describe("a request whose client has left for long", () => {
  test("and whose handler has not settled is reported", async () => {
    const app = quietApp();
    const [started, work] = [deferred(), deferred()];
    const reported = deferred<unknown>();
    const onError = (error: unknown) => reported.resolve(error);
    app.use(middlewareOf(new Container(), { patience: 1, onError }));
    app.use(async () => {
      started.resolve();
      await work.promise;
    });
    const client = (await Connection.to(await serve(app))).get("/slow");
    await started.promise;
    await client.leave();
    expect(await reported.promise).toMatchObject({
      code: "ERR_AMBIT_SCOPE_STATE",
      message: expect.stringContaining("GET /slow is still open 0.001 s after its response was over: its middleware"),
    });
    work.resolve();
  });

  test("is warned of without onError", async () => {
    const warnings = collectWarnings();
    const app = quietApp();
    const [started, work, warned] = [deferred(), deferred(), deferred()];
    process.once("warning", () => warned.resolve());
    app.use(middlewareOf(new Container(), { patience: 1 }));
    app.use(async () => {
      started.resolve();
      await work.promise;
    });
    const client = (await Connection.to(await serve(app))).get("/slow");
    await started.promise;
    await client.leave();
    await warned.promise;
    expect(warnings).toMatchObject([{ name: "AmbitKoaWarning" }]);
    work.resolve();
  });

  test("and whose stream has not closed is reported", async () => {
    const app = quietApp();
    const [freed, reported] = [deferred(), deferred<unknown>()];
    app.use(middlewareOf(new Container(), { patience: 1, onError: reported.resolve }));
    app.use((ctx) => {
      const destroy = (_: unknown, done: () => void) => void freed.promise.then(() => done());
      const body = new Readable({ read() {}, destroy });
      body.push("start");
      ctx.body = body;
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await client.until("start");
    await client.leave();
    expect(await reported.promise).toMatchObject({ message: expect.stringContaining("a stream that was its body") });
    freed.resolve();
  });

  test("is not, once its scope has closed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { app, ended } = scopedApp();
    const started = { "/handler": deferred(), "/stream": deferred(), "/sent": deferred() };
    app.use(async (ctx) => {
      const { signal } = scopeNow();
      if (ctx.path === "/stream") ctx.body = new Readable({ read() {} });
      if (ctx.path === "/sent") ctx.body = Buffer.alloc(50_000_000);
      setImmediate(() => started[ctx.path as "/sent"].resolve());
      if (ctx.path === "/handler") await once(signal, "abort");
    });
    const port = await serve(app);
    for (const [path, { promise }] of Object.entries(started)) {
      const client = (await Connection.to(port)).get(path);
      client.socket.pause();
      await promise;
      await client.leave();
    }
    while (ended.all.length < 3 || requestScopes(app).length > 0) await nextTurn();
    await nextTurn();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is not, if it had its answer and the handler goes on", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { app, ended } = scopedApp();
    const work = deferred();
    app.use((ctx) => {
      ctx.res.end("accepted");
      return work.promise;
    });
    await ask(await serve(app));
    await nextTurn();
    expect(vi.getTimerCount()).toBe(0);
    work.resolve();
    await ended.outcome;
  });
});
