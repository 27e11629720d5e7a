/** The scope in the company of the middleware that people use, around it and inside it. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { request } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { bodyParser } from "@koa/bodyparser";
import cors from "@koa/cors";
import etag from "@koa/etag";
import Router from "@koa/router";
import { Container, contextScoped, inject, Lifecycle, type Outcome } from "ambit";
import { invoke, KoaContext, requestScopes, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import compress from "koa-compress";
import conditional from "koa-conditional-get";
import { describe, expect, test } from "vitest";
import { ask, ending, quietApp, scopeNow, serve } from "./server.js";

async function* failing() {
  yield "a part";
  await nextTurn();
  throw new Error("the disk is gone");
}

const messageIn = (outcome: Outcome): string =>
  outcome.status === "error" ? (outcome.error as Error).message : "none";

/** The answer's body, uncompressed. */
async function askCompressed(port: number): Promise<{ headers: NodeJS.Dict<string | string[]>; body: string }> {
  const sent = request({ port, agent: false, headers: { "Accept-Encoding": "gzip" } }).end();
  const [response] = await once(sent, "response");
  return { headers: response.headers, body: gunzipSync(await buffer(response)).toString() };
}

describe("compress outside", () => {
  test("compresses the answer of a scope that has ended", async () => {
    const app = quietApp();
    const ended = ending();
    app.use(async (_, next) => {
      await next();
      expect(ended.all).toEqual([{ status: "success" }]);
    });
    app.use(compress({ threshold: 0 }));
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    app.use((ctx) => void (ctx.body = { id: 1 }));
    const answer = await askCompressed(await serve(app));
    expect(answer).toMatchObject({ headers: { "content-encoding": "gzip" }, body: '{"id":1}' });
    expect(app.errors).toEqual([]);
  });

  test("compresses a stream, whose scope ends after it", async () => {
    const app = quietApp();
    const ended = ending();
    app.use(compress({ threshold: 0 }));
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    app.use((ctx) => {
      const { id } = scopeNow();
      async function* rows() {
        yield "a,";
        await nextTurn();
        yield scopeNow().id === id ? "b" : "another scope";
      }
      ctx.type = "text/csv";
      ctx.body = rowsOf(rows());
    });
    expect(await askCompressed(await serve(app))).toMatchObject({ body: "a,b" });
    expect(await ended.outcome).toEqual({ status: "success" });
  });

  test("compresses a web stream, which koa-compress alone cannot", async () => {
    const app = quietApp();
    app.use(compress({ threshold: 0 }));
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      ctx.type = "text/plain";
      ctx.body = new Blob(["hello"]).stream();
    });
    expect(await askCompressed(await serve(app))).toMatchObject({ body: "hello" });
  });

  test("does not keep a commit that fails from being a 500", async () => {
    const app = quietApp();
    app.use(compress({ threshold: 0 }));
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      scopeNow().defer(() => Promise.reject(new Error("COMMIT failed")));
      ctx.body = { id: 1 };
    });
    expect(await ask(await serve(app), "/", { headers: { "Accept-Encoding": "gzip" } })).toMatchObject({ status: 500 });
  });
});

function rowsOf(rows: AsyncIterable<string>): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await (rows as AsyncGenerator<string>).next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
}

describe("etag and conditional-get outside", () => {
  function cachingApp() {
    const app = quietApp();
    const ended = ending();
    app.use(conditional()).use(etag());
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    return { app, ended };
  }

  test("tag an object as they would without a scope, and answer 304 to who has it", async () => {
    const { app, ended } = cachingApp();
    app.use((ctx) => void (ctx.body = { id: 1 }));
    const port = await serve(app);
    const first = await ask(port);
    const again = await ask(port, "/", { headers: { "If-None-Match": String(first.headers.etag) } });
    expect([first.status, again.status, again.body]).toEqual([200, 304, ""]);
    expect(ended.all).toEqual([{ status: "success" }, { status: "success" }]);
  });

  test("answer 304 for a file, which is closed, and then its scope", async () => {
    const { app, ended } = cachingApp();
    const closed: unknown[] = [];
    app.use((ctx) => {
      ctx.body = createReadStream(fileURLToPath(import.meta.url)).once("close", () => closed.push(ended.all.length));
    });
    const port = await serve(app);
    const { headers } = await ask(port);
    expect(await ask(port, "/", { headers: { "If-None-Match": String(headers.etag) } })).toMatchObject({ status: 304 });
    while (requestScopes(app).length > 0) await nextTurn();
    expect(closed).toEqual([0, 1]);
  });

  test("do not tag the answer of a commit that fails", async () => {
    const { app } = cachingApp();
    app.use((ctx) => {
      scopeNow().defer(() => Promise.reject(new Error("COMMIT failed")));
      ctx.body = { id: 1 };
    });
    const answer = await ask(await serve(app));
    expect(answer.status).toBe(500);
    expect(answer.headers).not.toHaveProperty("etag");
  });
});

test.each([
  ["outside", true],
  ["inside", false],
])("a body parser %s hands over what it parsed", async (_, outside) => {
  const app = quietApp();
  const scope = scopePerRequest(new Container());
  if (outside) app.use(bodyParser()).use(scope);
  else app.use(scope).use(bodyParser());
  app.use((ctx) => void (ctx.body = { state: scopeNow().state, sent: ctx.request.body }));
  const body = '{"name":"tea"}';
  const headers = { "Content-Type": "application/json" };
  expect(await ask(await serve(app), "/", { method: "POST", body, headers })).toMatchObject({
    body: '{"state":"open","sent":{"name":"tea"}}',
  });
});

test("a body that cannot be parsed is an error outcome", async () => {
  const app = quietApp();
  const ended = ending();
  app.use(scopePerRequest(new Container())).use(ended.middleware).use(bodyParser());
  const headers = { "Content-Type": "application/json" };
  expect(await ask(await serve(app), "/", { method: "POST", body: "{", headers })).toMatchObject({ status: 400 });
  expect(await ended.outcome).toMatchObject({ status: "error", error: { status: 400 } });
});

test("two routers share the scope of the request", async () => {
  const app = quietApp();
  const container = new Container();
  class Visit {
    readonly seen: string[] = [];
  }
  container.register(Visit, { useClass: Visit }, { lifecycle: Lifecycle.ContextScoped });
  class Visitor {
    constructor(
      @inject(Visit) readonly visit: Visit,
      @inject(KoaContext) readonly ctx: Koa.Context,
    ) {}
    async first(_: Koa.Context, next: Koa.Next) {
      this.visit.seen.push("first");
      await next();
    }
    second() {
      this.visit.seen.push("second");
      this.ctx.body = this.visit.seen;
    }
  }
  const [one, two] = [new Router({ prefix: "/shop" }), new Router()];
  one.get("/cart", invoke(Visitor, "first"));
  two.get("/shop/cart", invoke(Visitor, "second"));
  app.use(scopePerRequest(container)).use(one.routes()).use(one.allowedMethods()).use(two.routes());
  expect(await ask(await serve(app), "/shop/cart")).toMatchObject({ status: 200, body: '["first","second"]' });
});

test("a router's 405 is an error outcome", async () => {
  const app = quietApp();
  const ended = ending();
  const router = new Router();
  router.get("/", (ctx) => void (ctx.body = "x"));
  app.use(scopePerRequest(new Container())).use(ended.middleware).use(router.routes()).use(router.allowedMethods());
  expect(await ask(await serve(app), "/", { method: "DELETE" })).toMatchObject({ status: 405 });
  expect(await ended.outcome).toMatchObject({ status: "error", error: { status: 405 } });
});

test("cors outside keeps its headers on the answer of a commit that fails", async () => {
  const app = quietApp();
  app.use(cors());
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(new Error("COMMIT failed")));
    ctx.body = "done";
  });
  expect(await ask(await serve(app), "/", { headers: { Origin: "https://shop.example" } })).toMatchObject({
    status: 500,
    headers: { "access-control-allow-origin": "*" },
  });
});

test("cors inside answers a preflight, which is a success", async () => {
  const app = quietApp();
  const ended = ending();
  app.use(scopePerRequest(new Container())).use(ended.middleware).use(cors());
  const headers = { Origin: "https://shop.example", "Access-Control-Request-Method": "PUT" };
  expect(await ask(await serve(app), "/", { method: "OPTIONS", headers })).toMatchObject({ status: 204 });
  expect(await ended.outcome).toEqual({ status: "success" });
});

test("however many middleware an app has, its bodies are watched once", async () => {
  const app = quietApp();
  const setters = new Set<unknown>();
  const note: Koa.Middleware = (_, next) => {
    setters.add(Object.getOwnPropertyDescriptor(app.response, "body")?.set);
    return next();
  };
  app.use(scopePerRequest(new Container())).use(note).use(scopePerRequest(new Container())).use(note);
  await ask(await serve(app));
  expect(setters.size).toBe(1);
});

describe("scopePerRequest inside scopePerRequest", () => {
  test("of the same container opens no second scope, and gives its seeds", async () => {
    const app = quietApp();
    const container = new Container();
    const scopes = new Set<unknown>();
    const note: Koa.Middleware = (_, next) => {
      scopes.add(scopeNow());
      return next();
    };
    app.use(scopePerRequest(container)).use(note);
    app.use(scopePerRequest(container, { seeds: () => [["tenant", "acme"]] })).use(note);
    app.use((ctx) => void (ctx.body = container.resolve("tenant")));
    expect(await ask(await serve(app))).toMatchObject({ body: "acme" });
    expect(scopes.size).toBe(1);
  });

  test("of a child container opens a scope inside the first, which ends first", async () => {
    const app = quietApp();
    const container = new Container();
    const child = container.createChildContainer();
    const log: string[] = [];
    app.use(scopePerRequest(container));
    app.use((_, next) => {
      scopeNow().defer(({ status }) => log.push(`outer: ${status}`));
      return next();
    });
    app.use(scopePerRequest(child));
    app.use((ctx) => {
      scopeNow().defer(({ status }) => log.push(`inner: ${status}`));
      ctx.body = new Blob([String(scopeNow().parent?.container === container)]).stream();
    });
    expect(await ask(await serve(app))).toMatchObject({ body: "true" });
    while (requestScopes(app).length > 0) await nextTurn();
    expect(log).toEqual(["inner: success", "outer: success"]);
  });

  test("of a child container ends first also if a middleware between them replaced its stream", async () => {
    const app = quietApp();
    const container = new Container();
    const log: string[] = [];
    app.use(scopePerRequest(container));
    app.use(async (ctx, next) => {
      scopeNow().defer(({ status }) => log.push(`outer: ${status}`));
      await next();
      ctx.body = "replaced";
    });
    app.use(scopePerRequest(container.createChildContainer()));
    app.use((ctx) => {
      scopeNow().defer(({ status }) => log.push(`inner: ${status}`));
      ctx.body = createReadStream(fileURLToPath(import.meta.url));
    });
    expect(await ask(await serve(app))).toMatchObject({ body: "replaced" });
    while (requestScopes(app).length > 0) await nextTurn();
    expect(log).toEqual(["inner: success", "outer: success"]);
  });

  test("fails together with the outer one when its stream fails", async () => {
    const app = quietApp();
    const log: string[] = [];
    const note = (): void => scopeNow().defer((outcome) => log.push(`${outcome.status}: ${messageIn(outcome)}`));
    app.use(scopePerRequest(new Container())).use((_, next) => (note(), next()));
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      note();
      ctx.body = Readable.from(failing());
    });
    await expect(ask(await serve(app))).rejects.toThrow("aborted");
    while (requestScopes(app).length > 0) await nextTurn();
    expect(log).toEqual(["error: the disk is gone", "error: the disk is gone"]);
  });

  test("opens a new scope once the one before it has ended", async () => {
    const app = quietApp();
    const container = new Container();
    const ended = ending();
    const middleware = scopePerRequest(container);
    app.use(async (ctx, next) => {
      await next();
      await middleware(ctx, () => ended.middleware(ctx, async () => void (ctx.body = scopeNow().state)));
    });
    app
      .use(middleware)
      .use(ended.middleware)
      .use((ctx) => void (ctx.body = "first"));
    expect(await ask(await serve(app))).toMatchObject({ body: "open" });
    expect(ended.all).toHaveLength(2);
  });

  test("of an unrelated container finds the instances of both", async () => {
    const app = quietApp();
    const [users, orders] = [new Container(), new Container()];
    class User {}
    class Order {}
    users.register(User, { useClass: User }, { lifecycle: Lifecycle.ContextScoped });
    orders.register(Order, { useClass: Order }, { lifecycle: Lifecycle.ContextScoped });
    app.use(scopePerRequest(users)).use(scopePerRequest(orders));
    app.use((ctx) => {
      const kept = [users.resolve(User) === users.resolve(User), orders.resolve(Order) === orders.resolve(Order)];
      ctx.body = kept;
    });
    expect(await ask(await serve(app))).toMatchObject({ status: 200, body: "[true,true]" });
  });
});

test("the program at the top of the design has its user per request", async () => {
  @contextScoped()
  class CurrentUser {
    readonly id: string;
    constructor(@inject(KoaContext) ctx: Koa.Context) {
      this.id = ctx.get("x-user");
    }
  }
  class UserController {
    constructor(@inject(CurrentUser) readonly user: CurrentUser) {}
    async show(ctx: Koa.Context) {
      await nextTurn();
      ctx.body = this.user.id;
    }
  }
  const app = quietApp();
  const router = new Router();
  router.get("/", invoke(UserController, "show"));
  app.use(scopePerRequest()).use(router.routes());
  const port = await serve(app);
  const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
  const answers = await Promise.all(users.map((user) => ask(port, "/", { headers: { "x-user": user } })));
  expect(answers.map(({ body }) => body)).toEqual(users);
});
