/** Responses that are complete: they leave after their scope has closed, and a commit that fails is an error. */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Container, currentScope, inject, Lifecycle, type Outcome } from "ambit";
import { HonoContext, invoke, requestScopes, scopePerRequest } from "ambit/hono";
import { type Context, Hono } from "hono";
import { compress } from "hono/compress";
import { etag } from "hono/etag";
import { describe, expect, test } from "vitest";
import { type Answer, ask, listen, scopeNow } from "../host/server.js";

type Ask = (path?: string, headers?: Record<string, string>, method?: string) => Promise<Answer>;

const served = async (app: Hono): Promise<Ask> => {
  const port = await listen(createAdaptorServer(app) as Server);
  return (path, headers = {}, method = "GET") => ask(port, path, { headers, method });
};
const unserved = async (app: Hono): Promise<Ask> => {
  return async (path = "/", headers = {}, method = "GET") => {
    const response = await app.request(path, { headers, method });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };
};

describe.each([
  ["on @hono/node-server", served],
  ["without a server", unserved],
])("%s", (_, serve) => {
  function scopedApp(container = new Container()) {
    const app = new Hono();
    const outcomes: Outcome[] = [];
    const scopes = scopePerRequest(container);
    app.use(scopes);
    app.use(async (_, next) => {
      scopeNow().defer((outcome) => void outcomes.push(outcome));
      await next();
    });
    return { app, outcomes, scopes };
  }

  test("a response leaves after its scope has closed", async () => {
    const { app, scopes } = scopedApp();
    let closed = false;
    app.get("/", (c) => {
      c.get("scope").defer(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        closed = true;
      });
      return c.json({ id: 1 }, 201, { "X-Id": "1" });
    });
    const answer = await (await serve(app))();
    expect([answer.status, answer.body, answer.headers["x-id"]]).toEqual([201, '{"id":1}', "1"]);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(closed).toBe(true);
    expect(requestScopes(scopes)).toEqual([]);
  });

  test("a commit that fails goes to onError, and nothing of the success is left", async () => {
    const { app } = scopedApp();
    app.onError((error, c) => c.json({ message: error.message }, 503));
    app.get("/", (c) => {
      c.get("scope").defer(() => Promise.reject(new Error("COMMIT was refused")));
      return c.json({ id: 1 }, 201, { Location: "/orders/1", Vary: "Origin" });
    });
    const { status, body, headers } = await (await serve(app))();
    expect([status, body]).toEqual([503, '{"message":"COMMIT was refused"}']);
    expect([headers["location"], headers["vary"]]).toEqual([undefined, "Origin"]);
  });

  test("a throw is an error with what was thrown, and so is a status of 400 or more", async () => {
    const { app, outcomes } = scopedApp();
    const error = new Error("no such table");
    app.onError((_, c) => c.text("sorry", 500));
    app.get("/thrown", () => {
      throw error;
    });
    app.get("/conflict", (c) => c.text("conflict", 409));
    const get = await serve(app);
    const statuses = [];
    for (const path of ["/thrown", "/conflict", "/missing"]) statuses.push((await get(path)).status);
    expect(statuses).toEqual([500, 409, 404]);
    expect(outcomes[0]).toEqual({ status: "error", error });
    expect(outcomes.slice(1)).toMatchObject([409, 404].map((status) => ({ status: "error", error: { status } })));
  });

  test("a response without a body, and one to HEAD, leaves as it is", async () => {
    const { app, outcomes } = scopedApp();
    app.get("/empty", (c) => c.body(null, 204));
    app.get("/text", (c) => c.text("text", 200, { "X-Id": "1" }));
    const get = await serve(app);
    expect((await get("/empty")).status).toBe(204);
    const head = await get("/text", {}, "HEAD");
    expect([head.status, head.body, head.headers["x-id"]]).toEqual([200, "", "1"]);
    expect(outcomes).toEqual([{ status: "success" }, { status: "success" }]);
  });

  test("a controller is built for its request, which it can ask for", async () => {
    class Greeter {
      constructor(@inject(HonoContext) readonly c: Context) {}
      async greet(c: Context): Promise<Response> {
        return c.text(`hello ${this.c.req.header("user")} ${currentScope() === c.get("scope")}`);
      }
    }
    const container = new Container();
    container.register(Greeter, Greeter, { lifecycle: Lifecycle.ContextScoped });
    const { app } = scopedApp(container);
    app.get("/", invoke(Greeter, "greet"));
    expect((await (await serve(app))("/", { user: "Ada" })).body).toBe("hello Ada true");
  });

  test("compress and etag around it do their work", async () => {
    const app = new Hono();
    app
      .use(compress({ threshold: 0 }))
      .use(etag())
      .use(scopePerRequest(new Container()));
    app.get("/", (c) => c.json({ id: 1 }));
    const get = await serve(app);
    expect((await get("/", { "accept-encoding": "gzip" })).headers["content-encoding"]).toBe("gzip");
    const { etag: tag } = (await get("/")).headers;
    expect((await get("/", { "if-none-match": tag as string })).status).toBe(304);
  });
});
