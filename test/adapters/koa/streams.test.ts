/** Bodies that are sent after the middleware have settled: their scope outlives them. */
import { once } from "node:events";
import { PassThrough, Readable, Stream, Transform } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { bindContext, Container, ContextVar, currentScope, type Scope } from "ambit";
import { requestScopes, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import compress from "koa-compress";
import { describe, expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { collectWarnings } from "../../support/strict.js";
import { ask, Connection, ending, quietApp, scopeNow, serve } from "./server.js";

/** An app with a scope per request and the log of one request's end. */
function logged(options?: Parameters<typeof scopePerRequest>[1]) {
  const app = quietApp();
  const log: string[] = [];
  const ended = ending();
  app.use(scopePerRequest(new Container(), options)).use(ended.middleware);
  app.use((ctx, next) => {
    scopeNow().defer(({ status }) => log.push(`scope: ${status}`));
    ctx.res.once("close", () => log.push("response"));
    return next();
  });
  return { app, log, ended };
}

/** A stream of one chunk whose resources take until `freed` to be given back. */
function slowToClose(log: string[], freed: Promise<void>): Readable {
  const read = function (this: Readable) {
    this.push("chunk");
    this.push(null);
  };
  const destroy = (error: Error | null, done: (error: Error | null) => void) => void freed.then(() => done(error));
  return new Readable({ read, destroy }).once("close", () => log.push("body"));
}

test("the scope of a stream ends after the response, and after the stream has closed", async () => {
  const { app, log, ended } = logged();
  const freed = deferred();
  app.use((ctx) => void (ctx.body = slowToClose(log, freed.promise)));
  const answer = await ask(await serve(app));
  expect(answer).toMatchObject({ status: 200, body: "chunk" });
  await nextTurn();
  expect(requestScopes(app)).toMatchObject([{ state: "open" }]);
  freed.resolve();
  expect(await ended.outcome).toEqual({ status: "success" });
  expect(log).toEqual(["response", "body", "scope: success"]);
});

test("a stream that does not emit close is waited for all the same", async () => {
  const { app, ended } = logged();
  const freed = deferred();
  app.use((ctx) => {
    const destroy = (_: unknown, done: () => void) => void freed.promise.then(() => done());
    const body = new Readable({ emitClose: false, read() {}, destroy });
    body.push(null);
    ctx.body = body;
  });
  await ask(await serve(app));
  await nextTurn();
  expect(requestScopes(app)).toHaveLength(1);
  freed.resolve();
  expect(await ended.outcome).toEqual({ status: "success" });
});

test("the scope waits for every stream that was ever the body", async () => {
  const { app, log, ended } = logged();
  const freed = deferred();
  app.use((ctx) => {
    const source = slowToClose(log, freed.promise);
    ctx.body = source;
    ctx.body = source.pipe(new PassThrough());
  });
  expect(await ask(await serve(app))).toMatchObject({ body: "chunk" });
  await nextTurn();
  expect(requestScopes(app)).toHaveLength(1);
  freed.resolve();
  await ended.outcome;
  expect(log).toEqual(["response", "body", "scope: success"]);
});

test("a buffered body that replaced a stream is sent after that stream has closed and the scope ended", async () => {
  const { app, log } = logged();
  const freed = deferred();
  app.use((ctx) => {
    ctx.body = slowToClose(log, freed.promise);
    ctx.body = "never mind";
    setImmediate(() => freed.resolve());
  });
  expect(await ask(await serve(app))).toMatchObject({ body: "never mind" });
  await nextTurn();
  expect(log).toEqual(["body", "scope: success", "response"]);
});

const webStream = (gone: () => void) => new ReadableStream({ pull: () => new Promise(() => {}), cancel: gone });

describe.each<[string, (gone: () => void) => unknown]>([
  ["Node stream", (gone) => new Readable({ read() {} }).once("close", gone)],
  ["web stream", webStream],
  ["Response", (gone) => new Response(webStream(gone))],
])("a %s that Koa does not send is ended, and then its scope", (_, make) => {
  test.each<[string, { method?: string }, Koa.Middleware]>([
    ["HEAD", { method: "HEAD" }, () => {}],
    ["304", {}, (ctx) => void (ctx.status = 304)],
    ["a body of null", {}, (ctx) => void (ctx.body = null)],
    ["another body", {}, (ctx) => void (ctx.body = "never mind")],
    ["a throw", {}, (ctx) => ctx.throw(500)],
  ])("%s", async (_, options, then) => {
    const { app, log, ended } = logged();
    app.use((ctx, next) => {
      ctx.body = make(() => log.push("gone"));
      return then(ctx, next);
    });
    await ask(await serve(app), "/", options);
    await ended.outcome;
    expect(log.filter((entry) => entry !== "response")).toEqual(["gone", expect.stringContaining("scope")]);
  });
});

describe("a web stream", () => {
  const hello = () =>
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode("hello"));
        controller.close();
      },
    });

  test("is sent", async () => {
    const { app, ended } = logged();
    app.use((ctx) => void (ctx.body = hello()));
    expect(await ask(await serve(app))).toMatchObject({ status: 200, body: "hello" });
    expect(await ended.outcome).toEqual({ status: "success" });
  });

  test("of a Response is sent with the head of that Response", async () => {
    const { app, ended } = logged();
    app.use((ctx) => void (ctx.body = new Response(hello(), { status: 201, headers: { "Content-Length": "5" } })));
    expect(await ask(await serve(app))).toMatchObject({
      status: 201,
      headers: { "content-length": "5" },
      body: "hello",
    });
    expect(await ended.outcome).toEqual({ status: "success" });
  });

  test("that is waiting for data is cancelled when its client leaves, before its scope ends", async () => {
    const { app, log, ended } = logged();
    const freed = deferred();
    const started = deferred();
    app.use((ctx) => {
      ctx.body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("data")),
        pull: () => new Promise(() => {}),
        cancel: () => {
          started.resolve();
          return freed.promise.then(() => void log.push("cancelled"));
        },
      });
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await client.until("data");
    await client.leave();
    await started.promise;
    expect(requestScopes(app)).toHaveLength(1);
    freed.resolve();
    expect(await ended.outcome).toMatchObject({ status: "aborted" });
    expect(log.at(-1)).toBe("scope: aborted");
    expect(log).toContain("cancelled");
  });

  test("that its handler reads itself delays the scope and not the answer", async () => {
    const { app, log, ended } = logged();
    const rest = deferred();
    app.use((ctx) => {
      const body = new ReadableStream({ pull: (controller) => rest.promise.then(() => controller.close()) });
      ctx.body = body;
      void body.getReader().read();
      ctx.body = "never mind";
    });
    expect(await ask(await serve(app))).toMatchObject({ body: "never mind" });
    await nextTurn();
    expect(requestScopes(app)).toHaveLength(1);
    rest.resolve();
    expect(await ended.outcome).toEqual({ status: "success" });
    expect(log).toEqual(["response", "scope: success"]);
  });

  test("that cannot be sent because somebody reads it is Koa's 500, and its scope ends", async () => {
    const { app, ended } = logged();
    app.use((ctx) => {
      const body = new ReadableStream({ start: (controller) => setImmediate(() => controller.close()) });
      body.getReader();
      ctx.body = body;
    });
    expect(await ask(await serve(app))).toMatchObject({ status: 500 });
    expect(app.errors).toMatchObject([{ code: "ERR_INVALID_STATE" }]);
    await ended.outcome;
  });

  test("that middleware further out put in place of a stream is cancelled with it", async () => {
    const app = quietApp();
    const ended = ending();
    const cancelled = deferred();
    app.use(async (ctx, next) => {
      await next();
      ctx.body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("data")),
        pull: () => new Promise(() => {}),
        cancel: cancelled.resolve,
      });
    });
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    app.use((ctx) => void (ctx.body = new Readable({ read() {} })));
    const client = (await Connection.to(await serve(app))).get("/");
    await client.until("data");
    await client.leave();
    await cancelled.promise;
    expect(await ended.outcome).toMatchObject({ status: "aborted" });
  });

  test("stays what was assigned for the middleware inside", async () => {
    const { app } = logged();
    app.use(async (ctx, next) => {
      await next();
      const upper = new TransformStream<string, string>({
        transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()),
      });
      ctx.body = (ctx.body as ReadableStream<string>).pipeThrough(upper);
    });
    app.use((ctx) => {
      ctx.body = hello().pipeThrough(new TextDecoderStream());
    });
    expect(await ask(await serve(app))).toMatchObject({ body: "HELLO" });
  });
});

describe("the Context of a body stream is that in which it became the body", () => {
  test.each<[string, (note: () => void) => unknown]>([
    ["read and destroy", (note) => new Readable({ read: noting(note, end), destroy: noting(note, done) })],
    [
      "transform and flush",
      (note) => fed(new Transform({ transform: noting(note, passOn), flush: noting(note, call) })),
    ],
    ["write and final", (note) => fed(new PassThrough({ final: noting(note, call) }))],
    ["a generator", (note) => Readable.from(generated(note))],
    ["the pull of a web stream", (note) => new ReadableStream({ pull: noting(note, close) }, { highWaterMark: 0 })],
  ])("%s", async (_, make) => {
    const app = quietApp();
    const ended = ending();
    const user = new ContextVar<string>("user");
    const seen: unknown[] = [];
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    let scope: Scope | undefined;
    app.use((_, next) => user.run("ada", next));
    app.use((ctx) => {
      scope = currentScope();
      ctx.body = make(() => void seen.push([currentScope() === scope, user.get("nobody")]));
    });
    await ask(await serve(app));
    await ended.outcome;
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen.map(String))).toEqual(new Set(["true,ada"]));
  });

  type Any = (this: any, ...args: any[]) => void;
  const noting = (note: () => void, then: Any): Any =>
    function (...args) {
      note();
      then.apply(this, args);
    };
  const end: Any = function () {
    this.push(null);
  };
  const done: Any = (error, callback) => callback(error);
  const passOn: Any = (chunk, _, callback) => callback(null, chunk);
  const call: Any = (callback) => callback();
  const close: Any = (controller) => controller.close();
  const fed = (stream: Transform) => {
    // After it has become the body, and from no request's Context.
    fromNowhere(() => setImmediate(() => stream.end("x")));
    return stream;
  };
  async function* generated(note: () => void) {
    note();
    yield "a";
    await nextTurn();
    note();
    yield "b";
  }
});

const fromNowhere = bindContext((fn: () => void) => fn());

test("the footer of a transform is sent once", async () => {
  const { app } = logged();
  app.use((ctx) => {
    const table = new Transform({
      transform: (row, _, done) => done(null, row),
      flush: (done) => done(null, "footer"),
    });
    ctx.body = table;
    table.end("row,");
  });
  expect(await ask(await serve(app))).toMatchObject({ body: "row,footer" });
});

test("a stream of Node's first days ends its scope with the response", async () => {
  const { app, ended } = logged();
  app.use((ctx) => {
    const old = Object.assign(new Stream(), { readable: true });
    ctx.body = old;
    setImmediate(() => old.emit("data", "old"));
    setImmediate(() => old.emit("end"));
  });
  expect(await ask(await serve(app))).toMatchObject({ body: "old" });
  expect(await ended.outcome).toEqual({ status: "success" });
});

test("a stream that has closed before a throw delays no scope: it ends before the answer", async () => {
  const { app, log } = logged();
  app.use(async (ctx) => {
    const body = new Readable({ read() {} });
    ctx.body = body;
    body.destroy();
    await once(body, "close");
    ctx.throw(409);
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 409 });
  await nextTurn();
  expect(log).toEqual(["scope: error", "response"]);
});

test("an answer with an error status is an error also if its stream is cut", async () => {
  const { app, ended } = logged();
  app.use((ctx) => {
    const body = new Readable({ read() {} });
    body.push("start");
    ctx.status = 502;
    ctx.body = body;
  });
  const client = (await Connection.to(await serve(app))).get("/");
  await client.until("start");
  await client.leave();
  expect(await ended.outcome).toMatchObject({ status: "error", error: { status: 502 } });
});

describe("a stream that fails", () => {
  test("in the middle is an error outcome, which its response ended with", async () => {
    const { app, ended } = logged();
    const failure = new Error("cursor closed");
    const body = new Readable({ read() {} });
    app.use((ctx) => {
      body.push("start");
      ctx.body = body;
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await client.until("start");
    const [{ signal }] = requestScopes(app);
    body.destroy(failure);
    expect(await ended.outcome).toEqual({ status: "error", error: failure });
    expect(app.errors).toContain(failure);
    expect(signal.reason).toBe(failure);
  });

  test("before Koa takes it does not end the process", async () => {
    const { app, ended } = logged();
    const failure = new Error("no such table");
    app.use(async (ctx) => {
      const body = new Readable({ read() {} });
      ctx.body = body;
      body.destroy(failure);
      await nextTurn();
    });
    await expect(ask(await serve(app))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await ended.outcome).toEqual({ status: "error", error: failure });
    expect(app.errors).toContain(failure);
  });

  test("behind compress ends the answer, which would wait for ever", async () => {
    const app = quietApp();
    const ended = ending();
    const failure = new Error("cursor closed");
    const body = new Readable({ read() {} });
    app.use(compress({ threshold: 0 }));
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    app.use((ctx) => {
      body.push("start");
      ctx.type = "text/plain";
      ctx.body = body;
    });
    const client = (await Connection.to(await serve(app))).get("/", "Accept-Encoding: gzip\r\n");
    await client.until("200 OK");
    body.destroy(failure);
    expect(await ended.outcome).toEqual({ status: "error", error: failure });
    expect(app.errors).toContain(failure);
  });

  test("before compress takes it ends the answer too", async () => {
    const app = quietApp();
    const ended = ending();
    const failure = new Error("no such table");
    app.use(compress({ threshold: 0 }));
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    app.use(async (ctx) => {
      const body = new Readable({ read() {} });
      ctx.type = "text/plain";
      ctx.body = body;
      body.destroy(failure);
      await nextTurn();
    });
    const headers = { "Accept-Encoding": "gzip" };
    await expect(ask(await serve(app), "/", { headers })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await ended.outcome).toEqual({ status: "error", error: failure });
  });

  test("while its response was cut is no error of the work", async () => {
    const { app, ended } = logged();
    app.use((ctx) => {
      const destroy = (_: unknown, done: (error: Error) => void) => done(new Error("interrupted"));
      const body = new Readable({ read() {}, destroy });
      body.push("start");
      ctx.body = body;
    });
    const client = (await Connection.to(await serve(app))).get("/");
    await client.until("start");
    await client.leave();
    expect(await ended.outcome).toMatchObject({ status: "aborted", reason: { name: "AbortError" } });
  });
});

test("a disposer that fails after a stream was sent is told to app.on('error')", async () => {
  const { app } = logged();
  const told = deferred<unknown>();
  app.on("error", told.resolve);
  const failure = new Error("release failed");
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(failure));
    ctx.body = Readable.from(["row"]);
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 200, body: "row" });
  expect(await told.promise).toBe(failure);
});

test("what is thrown there and is no error is told as one", async () => {
  const { app } = logged();
  const told = deferred<unknown>();
  app.on("error", told.resolve);
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject("a string"));
    ctx.body = Readable.from(["row"]);
  });
  await ask(await serve(app));
  expect(await told.promise).toMatchObject({ cause: "a string" });
});

test("an idea of the outcome that throws after a stream was sent is told too, and is an error outcome", async () => {
  const failure = new Error("outcome");
  const { app, ended } = logged({
    outcome: () => {
      throw failure;
    },
  });
  app.use((ctx) => void (ctx.body = Readable.from(["row"])));
  await ask(await serve(app));
  expect(await ended.outcome).toEqual({ status: "error", error: failure });
  expect(app.errors).toEqual([failure]);
});

test("onError hears of it instead, with the Koa context", async () => {
  const told = deferred<unknown>();
  const { app } = logged({ onError: (error, ctx) => told.resolve([error, ctx.path]) });
  const failure = new Error("release failed");
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(failure));
    ctx.body = Readable.from(["row"]);
  });
  await ask(await serve(app), "/rows");
  expect(await told.promise).toEqual([failure, "/rows"]);
  expect(app.errors).toEqual([]);
});

describe("compress inside the scope", () => {
  test("commits late, and that is warned of once", async () => {
    const warnings = collectWarnings();
    const { app, log, ended } = logged();
    app.use(compress({ threshold: 0 }));
    app.use((ctx) => void (ctx.body = { id: 1 }));
    const port = await serve(app);
    const headers = { "Accept-Encoding": "gzip" };
    await ask(port, "/orders", { headers });
    await ended.outcome;
    expect(log).toEqual(["response", "scope: success"]);
    await ask(port, "/orders", { headers });
    await nextTurn();
    expect(warnings).toMatchObject([
      { name: "AmbitKoaWarning", message: expect.stringContaining("GET /orders a Gzip") },
    ]);
  });

  test("around an error does not warn: there is nothing to commit", async () => {
    const { app, ended } = logged();
    app.use(compress({ threshold: 0 }));
    app.use((ctx) => {
      ctx.status = 409;
      ctx.body = { error: "taken" };
    });
    await ask(await serve(app), "/", { headers: { "Accept-Encoding": "gzip" } });
    expect(await ended.outcome).toMatchObject({ status: "error" });
  });

  test("around a stream commits late as it must, and is not warned of", async () => {
    const { app, ended } = logged();
    app.use(compress({ threshold: 0 }));
    app.use((ctx) => {
      ctx.type = "text";
      ctx.body = Readable.from(["row"]);
    });
    await ask(await serve(app), "/", { headers: { "Accept-Encoding": "gzip" } });
    expect(await ended.outcome).toEqual({ status: "success" });
  });
});

test("a stream that a handler compressed by hand is closed with everything before it", async () => {
  const { app, log, ended } = logged();
  app.use((ctx) => {
    const source = new Readable({ read() {} }).once("close", () => log.push("source"));
    source.push("start");
    ctx.body = source;
    ctx.body = source.pipe(createGzip());
  });
  const client = (await Connection.to(await serve(app))).get("/");
  await client.until("200 OK");
  await client.leave();
  await ended.outcome;
  expect(log.at(-1)).toBe("scope: aborted");
  expect(log).toContain("source");
});
