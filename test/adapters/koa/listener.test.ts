/** The request's Context around the whole of Koa. */
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { Container, ContextVar, currentScope, type Scope } from "ambit";
import { listener, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import { expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, Connection, ending, listen, quietApp, scopeNow, serve } from "./server.js";

const user = new ContextVar<string>("user");

test("each request has a Context of its own, also before scopePerRequest", async () => {
  const app = quietApp();
  app.use((ctx) => {
    const before = user.get("nobody");
    user.set(ctx.path);
    ctx.body = before;
  });
  const port = await serve(app, { wrapped: true });
  expect([await ask(port, "/a"), await ask(port, "/b")]).toMatchObject([{ body: "nobody" }, { body: "nobody" }]);
  expect(user.get("nobody")).toBe("nobody");
});

test("Koa's respond runs with the request's scope as the current one", async () => {
  const app = quietApp();
  app.use(scopePerRequest(new Container(), { serialize: false }));
  app.use((ctx) => {
    const scope = scopeNow();
    user.set("ada");
    ctx.body = { toJSON: () => [currentScope() === scope, user.get("nobody")] };
  });
  expect(await ask(await serve(app, { wrapped: true }))).toMatchObject({ body: '[true,"ada"]' });
});

test("the scope is the current one around Koa from when it opens", async () => {
  const app = quietApp();
  const seen: unknown[] = [];
  app.use(async (_, next) => {
    const settled = next();
    seen.push(currentScope()?.state);
    await settled;
  });
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => void (ctx.body = "done"));
  await ask(await serve(app, { wrapped: true }));
  expect(seen).toEqual(["open"]);
});

test("app.on('error') hears of an error in the Context of its request, with what was set there", async () => {
  const app = quietApp();
  const heard = deferred<unknown[]>();
  let scope: Scope | undefined;
  app.on("error", () => heard.resolve([currentScope() === scope, user.get("nobody")]));
  app.use(scopePerRequest(new Container()));
  app.use((_, next) => {
    scope = scopeNow();
    user.set("ada");
    return next();
  });
  app.use((ctx) => ctx.throw(500));
  await ask(await serve(app, { wrapped: true }));
  expect(await heard.promise).toEqual([true, "ada"]);
});

test("it is so also where middleware around scopePerRequest have forked the Context", async () => {
  const app = quietApp();
  const heard = deferred<unknown>();
  let scope: Scope | undefined;
  app.on("error", () => heard.resolve(currentScope() === scope));
  app.use((_, next) => user.run("ada", next));
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scope = scopeNow();
    ctx.throw(500);
  });
  await ask(await serve(app, { wrapped: true }));
  expect(await heard.promise).toBe(true);
});

test("it is so also where the client leaves in the middle of a stream", async () => {
  const app = quietApp();
  const heard = deferred<unknown[]>();
  const scopes: Scope[] = [];
  app.on("error", () => heard.resolve([currentScope() === scopes[0], user.get("nobody")]));
  app.use(scopePerRequest(new Container()));
  app.use((ctx) => {
    scopes.push(scopeNow());
    user.set("ada");
    ctx.body = new Readable({ read: () => {} });
    ctx.body.push("the beginning");
  });
  const client = await Connection.to(await serve(app, { wrapped: true }));
  await client.get("/").until("the beginning");
  client.socket.destroy();
  expect(await heard.promise).toEqual([true, "ada"]);
});

test("it is so also where the client leaves in the middle of a stream, and no scope was ever opened", async () => {
  const app = quietApp();
  const heard = deferred<unknown>();
  app.on("error", () => heard.resolve(user.get("nobody")));
  app.use((ctx) => {
    user.set("ada");
    ctx.body = new Readable({ read: () => {} });
    ctx.body.push("the beginning");
  });
  const client = await Connection.to(await serve(app, { wrapped: true }));
  await client.get("/").until("the beginning");
  client.socket.destroy();
  expect(await heard.promise).toBe("ada");
});

test("two listeners of one app tell it of an error once", async () => {
  const app = quietApp();
  app.use((ctx) => ctx.throw(409));
  listener(app);
  const { onerror } = app.context;
  expect(await ask(await serve(app, { wrapped: true }))).toMatchObject({ status: 409 });
  expect([app.errors.length, app.context.onerror === onerror]).toEqual([1, true]);
});

test("an app that answers errors in its own way goes on to do so", async () => {
  const app = quietApp();
  app.context.onerror = function (this: Koa.Context, error: Error) {
    if (error) this.res.writeHead(418).end(error.message);
  };
  app.use(() => Promise.reject(new Error("short and stout")));
  const port = await serve(app, { wrapped: true });
  expect(await ask(port)).toMatchObject({ status: 418, body: "short and stout" });
});

test("a request that came to the app in another way has its errors told, too", async () => {
  const app = quietApp();
  app.use((ctx) => ctx.throw(409));
  listener(app);
  expect(await ask(await serve(app))).toMatchObject({ status: 409 });
  expect(app.errors).toMatchObject([{ status: 409 }]);
});

test("a server that was started inside a scope does not make it the current one of its requests", async () => {
  const app = quietApp();
  app.use((ctx) => void (ctx.body = String(currentScope())));
  await new Container().runInScope(async () => {
    expect(await ask(await serve(app, { wrapped: true }))).toMatchObject({ body: "undefined" });
  });
});

test("without it, what is set inside a scope stays inside", async () => {
  const app = quietApp();
  const ended = ending();
  app.use(async (ctx, next) => {
    await next();
    ctx.body = user.get("nobody");
  });
  app.use(scopePerRequest(new Container())).use(ended.middleware);
  app.use((ctx) => {
    user.set("ada");
    ctx.status = 200;
  });
  expect(await ask(await serve(app))).toMatchObject({ body: "nobody" });
});

test("its function is what http.createServer takes", async () => {
  const app: Koa<{ user: string }, { log(): void }> = quietApp() as never;
  app.use((ctx) => void (ctx.body = "typed"));
  expect(await ask(await listen(createServer(listener(app))))).toMatchObject({ body: "typed" });
});
