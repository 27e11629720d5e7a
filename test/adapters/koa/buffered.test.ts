/** Answers that are complete when the middleware have settled: their scope ends before they are sent. */
import { openAsBlob } from "node:fs";
import { fileURLToPath } from "node:url";
import { Container, contextScoped, currentScope, inject, Lifecycle, token } from "ambit";
import { KoaContext, requestScopes, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import { describe, expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { countAlive } from "../../support/gc.js";
import { ask, Connection, ending, quietApp, scopeNow, serve } from "./server.js";

describe("a scope ends before its answer is sent", () => {
  test.each<[string, (ctx: Koa.Context) => void | Promise<void>]>([
    ["an object", (ctx) => void (ctx.body = { a: 1 })],
    ["a string", (ctx) => void (ctx.body = "text")],
    ["a buffer", (ctx) => void (ctx.body = Buffer.from("bytes"))],
    ["a number", (ctx) => void (ctx.body = 42)],
    ["an explicit null", (ctx) => void (ctx.body = null)],
    ["no body", () => {}],
    ["a Blob", (ctx) => void (ctx.body = new Blob(["blob"]))],
    ["a Blob of a file", async (ctx) => void (ctx.body = await openAsBlob(fileURLToPath(import.meta.url)))],
    ["a Response without a body", (ctx) => void (ctx.body = new Response(null, { status: 202 }))],
    ["a redirect", (ctx) => ctx.redirect("/elsewhere")],
    ["a thrown error", (ctx) => ctx.throw(418)],
  ])("%s", async (_, answer) => {
    const app = quietApp();
    const closing = deferred();
    let sent = false;
    app.use(async (ctx, next) => {
      ctx.res.once("finish", () => (sent = true));
      await next();
    });
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      scopeNow().defer(() => closing.promise);
      return answer(ctx);
    });
    const answered = ask(await serve(app));
    await untilClosing(app);
    expect(sent).toBe(false);
    closing.resolve();
    await answered;
    expect(requestScopes(app)).toEqual([]);
  });

  async function untilClosing(app: Koa): Promise<void> {
    while (requestScopes(app)[0]?.state !== "closing") await new Promise(setImmediate);
  }
});

test("a commit that fails is a 500 without anything that the handler had answered", async () => {
  const app = quietApp();
  const failure = new Error("COMMIT failed");
  app.use(scopePerRequest(new Container()));
  app.use(async (ctx) => {
    scopeNow().defer(() => Promise.reject(failure));
    ctx.status = 201;
    ctx.message = "All yours";
    ctx.set({ Location: "/orders/1", ETag: '"1"', "Set-Cookie": "a=b", "Cache-Control": "max-age=60" });
    ctx.body = { id: 1 };
  });
  const answer = await ask(await serve(app));
  expect(answer).toMatchObject({ status: 500, body: "Internal Server Error" });
  expect(Object.keys(answer.headers).sort()).toEqual(["connection", "content-length", "content-type", "date"]);
  expect(app.errors).toEqual([failure]);
});

test("a disposer that throws at once is a 500 too", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopeNow().defer(() => {
      throw new Error("COMMIT failed");
    });
    ctx.body = "done";
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 500 });
});

test.each([undefined, null])("a commit that fails with %s is a 500 as well", async (reason) => {
  const app = quietApp();
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(reason));
    ctx.body = "done";
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 500, body: "Internal Server Error" });
  expect(app.errors).toMatchObject([{ cause: reason }]);
});

test("error middleware further out decides what a failed commit looks like", async () => {
  const app = quietApp();
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      ctx.status = 503;
      ctx.body = { error: (error as Error).message };
    }
  });
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(new Error("COMMIT failed")));
    ctx.body = "done";
  });
  const answer = await ask(await serve(app));
  expect(answer).toMatchObject({ status: 503, body: '{"error":"COMMIT failed"}' });
  expect(answer.headers["content-type"]).toContain("application/json");
});

test("middleware further out that swallow the error of a failed commit answer no success", async () => {
  const app = quietApp();
  app.use((_, next) => next().catch(() => {}));
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(new Error("COMMIT failed")));
    ctx.status = 201;
    ctx.set("Location", "/orders/1");
    ctx.body = { id: 1 };
  });
  const answer = await ask(await serve(app));
  expect(answer).toMatchObject({ status: 500, body: "Internal Server Error" });
  expect(answer.headers).toMatchObject({ "content-type": "text/plain; charset=utf-8" });
  expect(answer.headers).not.toHaveProperty("location");
});

test("a failed commit cuts the connection when the head of a success has left already", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(new Error("COMMIT failed")));
    ctx.status = 200;
    ctx.flushHeaders();
    ctx.body = "done";
  });
  const client = (await Connection.to(await serve(app))).get("/");
  const cut = new Promise((resolve) => client.socket.once("close", resolve));
  await cut;
  expect(client.received).toContain("200 OK");
  expect(client.received).not.toContain("done");
});

test("a disposer that fails after the work did goes to onDisposalError, and the client hears of the work", async () => {
  const app = quietApp();
  const failures: unknown[] = [];
  const container = new Container({ onDisposalError: (error) => failures.push(error) });
  const failure = new Error("ROLLBACK failed");
  app.use(scopePerRequest(container));
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(failure));
    ctx.throw(409, "taken");
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 409, body: "taken" });
  expect(failures).toEqual([failure]);
});

test("a disposer that fails after a handled error leaves the answer as it is", async () => {
  const app = quietApp();
  const failures: unknown[] = [];
  const container = new Container();
  app.use(scopePerRequest(container, { onError: (error, ctx) => failures.push([error, ctx.path]) }));
  const failure = new Error("ROLLBACK failed");
  app.use((ctx) => {
    scopeNow().defer(() => Promise.reject(failure));
    ctx.status = 409;
  });
  expect(await ask(await serve(app), "/orders")).toMatchObject({ status: 409, body: "Conflict" });
  expect(failures).toEqual([[failure, "/orders"]]);
});

test("the scope of a container that was disposed meanwhile makes no success", async () => {
  const app = quietApp();
  const container = new Container();
  app.use(scopePerRequest(container));
  app.use(async (ctx) => {
    await container.dispose();
    ctx.body = "done";
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 500 });
  expect(app.errors).toMatchObject([{ name: "AbortError" }]);
});

test("a scope that its handler closed as a success leaves the answer as it is", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container()));
  app.use(async (ctx) => {
    await scopeNow().close({ status: "success" });
    ctx.body = "done";
  });
  expect(await ask(await serve(app))).toMatchObject({ status: 200, body: "done" });
});

describe("an object body", () => {
  test("is serialised while its scope is open, and is the current one", async () => {
    const app = quietApp();
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      const scope = scopeNow();
      ctx.body = { toJSON: () => ({ state: scope.state, current: currentScope() === scope }) };
    });
    const answer = await ask(await serve(app));
    expect(answer).toMatchObject({ status: 200, body: '{"state":"open","current":true}' });
    expect(answer.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-length": String(answer.body.length),
    });
  });

  test("that cannot be serialised is an error outcome and a 500", async () => {
    const app = quietApp();
    const ended = ending();
    const failure = new Error("lazy getter");
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    app.use((ctx) => {
      ctx.body = {
        get lazy() {
          throw failure;
        },
      };
    });
    expect(await ask(await serve(app))).toMatchObject({ status: 500 });
    expect(await ended.outcome).toEqual({ status: "error", error: failure });
    expect(app.errors).toEqual([failure]);
  });

  test("that JSON has no word for is an error outcome and a 500", async () => {
    const app = quietApp();
    const ended = ending();
    app.use(scopePerRequest(new Container())).use(ended.middleware);
    app.use((ctx) => void (ctx.body = { toJSON: () => undefined }));
    expect(await ask(await serve(app))).toMatchObject({ status: 500 });
    expect(await ended.outcome).toMatchObject({ status: "error", error: { name: "TypeError" } });
  });

  test("is not serialised for a request that threw", async () => {
    const app = quietApp();
    let serialised = false;
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      ctx.body = { toJSON: () => (serialised = true) };
      ctx.throw(409);
    });
    expect(await ask(await serve(app))).toMatchObject({ status: 409 });
    expect(serialised).toBe(false);
  });

  test("is left to Koa with serialize: false, for middleware further out that want the object", async () => {
    const app = quietApp();
    app.use(async (ctx, next) => {
      await next();
      ctx.body = { data: ctx.body };
    });
    app.use(scopePerRequest(new Container(), { serialize: false }));
    app.use((ctx) => void (ctx.body = { id: 1 }));
    expect(await ask(await serve(app))).toMatchObject({ body: '{"data":{"id":1}}' });
  });

  test("keeps a JSON type of its own", async () => {
    const app = quietApp();
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => {
      ctx.body = { title: "Conflict" };
      ctx.type = "application/problem+json";
    });
    expect((await ask(await serve(app))).headers["content-type"]).toBe("application/problem+json");
  });

  test("answers HEAD with the length that GET has", async () => {
    const app = quietApp();
    app.use(scopePerRequest(new Container()));
    app.use((ctx) => void (ctx.body = { name: "Zoë" }));
    const port = await serve(app);
    const [head, get] = [await ask(port, "/", { method: "HEAD" }), await ask(port)];
    expect(head).toMatchObject({ status: 200, body: "" });
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
  });
});

describe("what Koa does with bodies stays as it is", () => {
  test.each<[string, (ctx: Koa.Context) => void, Partial<Record<"status" | "body", unknown>>]>([
    ["null", (ctx) => void (ctx.body = null), { status: 204, body: "" }],
    ["Buffer", (ctx) => void (ctx.body = Buffer.from("bytes")), { status: 200, body: "bytes" }],
    ["none", () => {}, { status: 404, body: "Not Found" }],
    ["304", (ctx) => void ((ctx.body = "x"), (ctx.status = 304)), { status: 304, body: "" }],
    ["Blob", (ctx) => void (ctx.body = new Blob(["blob"], { type: "text/x" })), { status: 200, body: "blob" }],
    ["Response", (ctx) => void (ctx.body = new Response(null, { status: 202 })), { status: 202, body: "" }],
    ["false", (ctx) => void (ctx.body = false), { status: 200, body: "false" }],
    ["empty string", (ctx) => void (ctx.body = ""), { status: 200, body: "" }],
    ["redirect", (ctx) => ctx.redirect("/x"), { status: 302, body: "Redirecting to /x." }],
  ])("%s", async (_, answer, expected) => {
    const app = quietApp();
    app.use(scopePerRequest(new Container())).use(answer);
    expect(await ask(await serve(app))).toMatchObject(expected);
  });
});

describe("seeds", () => {
  test("give each request its Koa context", async () => {
    const app = quietApp();
    const container = new Container();
    class Path {
      constructor(@inject(KoaContext) readonly ctx: Koa.Context) {}
    }
    container.register(Path, { useClass: Path }, { lifecycle: Lifecycle.ContextScoped });
    app.use(scopePerRequest(container));
    app.use((ctx) => void (ctx.body = container.resolve(Path).ctx.path));
    const port = await serve(app);
    expect(await Promise.all(["/a", "/b"].map((path) => ask(port, path)))).toMatchObject([
      { body: "/a" },
      { body: "/b" },
    ]);
  });

  test("of the app's own are given beside it", async () => {
    const app = quietApp();
    const container = new Container();
    const Tenant = token<string>("Tenant");
    app.use(scopePerRequest(container, { seeds: (ctx) => [[Tenant, ctx.get("x-tenant")]] }));
    app.use((ctx) => void (ctx.body = container.resolve(Tenant)));
    expect(await ask(await serve(app), "/", { headers: { "x-tenant": "acme" } })).toMatchObject({ body: "acme" });
  });

  test("that throw are an error of the request, and leave no scope that would keep it", async () => {
    const app = quietApp();
    const contexts: WeakRef<object>[] = [];
    const seeds = (ctx: Koa.Context) => {
      contexts.push(new WeakRef(ctx));
      throw new Error("no tenant");
    };
    app.use(scopePerRequest(new Container(), { seeds }));
    const port = await serve(app);
    for (let i = 0; i < 5; i++) expect(await ask(port)).toMatchObject({ status: 500 });
    expect(requestScopes(app)).toEqual([]);
    // The frames in an error's stack keep what they ran for; Node itself keeps the last request.
    app.errors.length = 0;
    expect(await countAlive(contexts)).toBeLessThan(2);
  });

  test("know of KoaContext once, however many middleware a container is used for", async () => {
    const app = quietApp();
    const container = new Container();
    app.use(scopePerRequest(container)).use(scopePerRequest(container));
    app.use((ctx) => void (ctx.body = container.resolveAll(KoaContext).length));
    expect(await ask(await serve(app))).toMatchObject({ body: "1" });
  });
});

test("without a container it is the default one, which decorators register in", async () => {
  @contextScoped()
  class Greeting {
    readonly text = "hello";
  }
  const app = quietApp();
  app.use(scopePerRequest());
  app.use((ctx) => void (ctx.body = scopeNow().resolve(Greeting).text));
  expect(await ask(await serve(app))).toMatchObject({ body: "hello" });
});

test("the scopes of two requests share nothing and do not know of the one in which the server started", async () => {
  const app = quietApp();
  const container = new Container();
  class Cart {}
  container.register(Cart, { useClass: Cart }, { lifecycle: Lifecycle.ContextScoped });
  const carts = new Set<Cart>();
  app.use(scopePerRequest(container));
  app.use((ctx) => {
    carts.add(container.resolve(Cart));
    ctx.body = String(scopeNow().parent);
  });
  await container.runInScope(async () => {
    const port = await serve(app);
    expect(await ask(port)).toMatchObject({ body: "undefined" });
    await ask(port);
  });
  expect(carts.size).toBe(2);
});
