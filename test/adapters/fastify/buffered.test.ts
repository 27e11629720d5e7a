/** Payloads that are complete: they leave after their scope has closed, and a commit that fails is an error. */
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import compress from "@fastify/compress";
import etag from "@fastify/etag";
import { Container, currentScope, inject, Lifecycle, type Outcome, Scope } from "ambit";
import { drain, HttpRequest, invoke, requestScopes, scopePerRequest } from "ambit/fastify";
import type { FastifyRequest, RouteHandlerMethod } from "fastify";
import fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, Connection, scopeNow } from "../host/server.js";

function scopedApp(container = new Container()) {
  const app = fastify();
  onTestFinished(() => app.close());
  const outcomes: Outcome[] = [];
  void app.register(scopePerRequest(container));
  app.addHook("preParsing", async () => scopeNow().defer((outcome) => void outcomes.push(outcome)));
  return { app, outcomes };
}

async function portOf(app: ReturnType<typeof scopedApp>["app"]): Promise<number> {
  await app.listen({ port: 0 });
  return (app.server.address() as { port: number }).port;
}

test("a payload leaves after its scope has closed", async () => {
  const { app } = scopedApp();
  const order: string[] = [];
  app.get("/", async (_, reply) => {
    scopeNow().defer(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push("closed");
    });
    reply.raw.once("finish", () => order.push("sent"));
    return { id: 1 };
  });
  expect(await ask(await portOf(app))).toMatchObject({ status: 200, body: '{"id":1}' });
  expect(order).toEqual(["closed", "sent"]);
});

test("a commit that fails goes to the error handler", async () => {
  const { app } = scopedApp();
  app.setErrorHandler((error, _, reply) => reply.code(503).send({ message: (error as Error).message }));
  app.get("/", async () => {
    scopeNow().defer(() => Promise.reject(new Error("COMMIT was refused")));
    return { id: 1 };
  });
  expect(await ask(await portOf(app))).toMatchObject({ status: 503, body: '{"message":"COMMIT was refused"}' });
});

test("a commit that fails leaves nothing of the success but what came from around it", async () => {
  const { app } = scopedApp();
  const success = { "cache-control": "public", "content-encoding": "gzip", etag: '"1"', location: "/orders/1" };
  app.get("/", async (_, reply) => {
    scopeNow().defer(() => Promise.reject(new Error("COMMIT was refused")));
    return reply
      .code(201)
      .headers({ ...success, vary: "origin" })
      .send("made");
  });
  const { status, headers } = await ask(await portOf(app));
  expect([status, headers["vary"]]).toEqual([500, "origin"]);
  expect(Object.keys(headers).filter((name) => name in success)).toEqual([]);
});

describe("a handler that goes on after it has sent a payload", () => {
  const handlers: [string, RouteHandlerMethod][] = [
    ["returns nothing", async (_, reply) => void reply.send("first")],
    ["returns another", async (_, reply) => (reply.send("first"), "second")],
    ["sends another", (_, reply) => void reply.send("first").send("second")],
  ];

  test.each(handlers)("has answered with the first: it %s", async (_, handler) => {
    const { app } = scopedApp();
    app.get("/", handler);
    expect(await ask(await portOf(app))).toMatchObject({ status: 200, body: "first" });
  });

  test("has answered with the first, whenever it returns", async () => {
    const { app } = scopedApp();
    app.get<{ Params: { ticks: number } }>("/:ticks", async ({ params }, reply) => {
      reply.send("first");
      for (let tick = 0; tick < params.ticks; tick++) await Promise.resolve();
    });
    const port = await portOf(app);
    const bodies = [];
    for (let ticks = 0; ticks < 20; ticks++) bodies.push((await ask(port, `/${ticks}`)).body);
    expect(new Set(bodies)).toEqual(new Set(["first"]));
  });

  test.each(handlers)("has answered with an error when the commit fails: it %s", async (_, handler) => {
    const { app } = scopedApp();
    app.addHook("preHandler", async () => scopeNow().defer(() => Promise.reject(new Error("COMMIT was refused"))));
    app.setErrorHandler((error, _, reply) => reply.code(503).send((error as Error).message));
    app.get("/", handler);
    expect(await ask(await portOf(app))).toMatchObject({ status: 503, body: "COMMIT was refused" });
  });

  test("has a stream destroyed that comes second", async () => {
    const { app } = scopedApp();
    const stream = new Readable({ read() {} });
    app.get("/", async (_, reply) => (reply.send("first"), stream));
    expect((await ask(await portOf(app))).body).toBe("first");
    expect(stream.destroyed).toBe(true);
  });

  test("answers with what it throws, once its scope has closed", async () => {
    const { app, outcomes } = scopedApp();
    const order: string[] = [];
    const error = new Error("too late");
    app.setErrorHandler((_, __, reply) => reply.code(503).send());
    app.get("/", async (_, reply) => {
      scopeNow().defer(() => nextTurn().then(() => void order.push("closed")));
      reply.raw.once("finish", () => order.push("sent"));
      reply.send("first");
      throw error;
    });
    expect(await ask(await portOf(app))).toMatchObject({ status: 503, body: "" });
    expect(order).toEqual(["closed", "sent"]);
    expect(outcomes).toEqual([{ status: "error", error }]);
  });

  test("answers with what it throws, with two containers as well", async () => {
    const { app } = scopedApp();
    void app.register(scopePerRequest(new Container()));
    app.setErrorHandler((error, _, reply) => reply.code(503).send((error as Error).message));
    app.get("/", async (_, reply) => {
      reply.send("first");
      throw new Error("too late");
    });
    expect(await ask(await portOf(app))).toMatchObject({ status: 503, body: "too late" });
    expect(requestScopes(app)).toEqual([]);
  });

  test("answers with what it throws, however late its error handler is", async () => {
    const { app } = scopedApp();
    app.setErrorHandler(async (error, _, reply) => {
      await drain(app);
      return reply.code(503).send((error as Error).message);
    });
    app.get("/", async (_, reply) => {
      reply.send("first");
      throw new Error("too late");
    });
    expect(await ask(await portOf(app))).toMatchObject({ status: 503, body: "too late" });
  });
});

test("a throw is an error with what was thrown, and so is a status of 400 or more", async () => {
  const { app, outcomes } = scopedApp();
  const error = new Error("no such table");
  app.get("/thrown", async () => Promise.reject(error));
  app.get("/conflict", async (_, reply) => reply.code(409).send("conflict"));
  const port = await portOf(app);
  const statuses = [];
  for (const path of ["/thrown", "/conflict", "/missing"]) statuses.push((await ask(port, path)).status);
  expect(statuses).toEqual([500, 409, 404]);
  expect(outcomes[0]).toEqual({ status: "error", error });
  expect(outcomes.slice(1)).toMatchObject([409, 404].map((status) => ({ status: "error", error: { status } })));
});

test("a Response without a body is an error by its status, and has each of its headers once", async () => {
  const { app, outcomes } = scopedApp();
  const headers = { "Set-Cookie": "a=b" };
  app.get("/", async () => new Response(null, { status: 409, headers }));
  app.get("/thrown", async () => Promise.reject(new Error("no such table")));
  app.setErrorHandler(() => new Response(null, { status: 503, headers }));
  const port = await portOf(app);
  expect(await ask(port)).toMatchObject({ status: 409, headers: { "set-cookie": ["a=b"] } });
  expect(await ask(port, "/thrown")).toMatchObject({ status: 503, headers: { "set-cookie": ["a=b"] } });
  expect(outcomes).toMatchObject([{ status: "error", error: { status: 409 } }, { status: "error" }]);
});

test("a commit that fails is answered by an error handler's Response as well", async () => {
  const { app } = scopedApp();
  app.setErrorHandler(() => new Response(null, { status: 503, headers: { "Set-Cookie": "a=b" } }));
  app.get("/", async () => scopeNow().defer(() => Promise.reject(new Error("COMMIT was refused"))));
  expect(await ask(await portOf(app))).toMatchObject({ status: 503, headers: { "set-cookie": ["a=b"] } });
});

test("handlers and error handlers find the scope after a body that comes in parts", async () => {
  const { app } = scopedApp();
  const seen: unknown[] = [];
  const started = [deferred(), deferred()];
  let count = 0;
  app.addHook("preParsing", async () => started[count++].resolve());
  app.post("/", async (request) => void seen.push(request.body, currentScope() === request.scope));
  app.setErrorHandler((_, request, reply) => {
    seen.push("bad", currentScope() === request.scope);
    void reply.code(400).send("bad");
  });
  const client = await Connection.to(await portOf(app));
  const head = "POST / HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n";
  client.socket.write(`${head}{"a"`);
  await started[0].promise;
  client.socket.write(":1}");
  await client.until("200 OK");
  client.socket.write(`${head}{"a"`);
  await started[1].promise;
  client.socket.write(":1]");
  await client.until("400");
  expect(seen).toEqual([{ a: 1 }, true, "bad", true]);
});

test("a controller is built for its request, which it can ask for", async () => {
  class Greeter {
    constructor(@inject(HttpRequest) readonly request: FastifyRequest) {}
    async greet(): Promise<string> {
      return `hello ${String(this.request.headers["user"])}`;
    }
  }
  const container = new Container();
  container.register(Greeter, Greeter, { lifecycle: Lifecycle.ContextScoped });
  const { app } = scopedApp(container);
  app.get("/", invoke(Greeter, "greet"));
  expect((await ask(await portOf(app), "/", { headers: { user: "Ada" } })).body).toBe("hello Ada");
});

test("compress and etag registered after it do their work", async () => {
  const { app, outcomes } = scopedApp();
  await app.register(etag);
  await app.register(compress, { threshold: 0 });
  app.get("/", async () => ({ id: 1 }));
  const port = await portOf(app);
  const { headers } = await ask(port, "/", { headers: { "accept-encoding": "gzip" } });
  expect(headers["content-encoding"]).toBe("gzip");
  const { headers: plain } = await ask(port);
  expect(await ask(port, "/", { headers: { "if-none-match": plain.etag as string } })).toMatchObject({ status: 304 });
  expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ status: "success" })));
});

test("routes outside of the plugin that registers it have no scope", async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  app.get("/outside", async () => currentScope() === undefined);
  void app.register(async (inside) => {
    void inside.register(scopePerRequest(new Container()));
    inside.get("/inside", async (request) => currentScope() === request.scope);
  });
  const port = await portOf(app);
  expect([(await ask(port, "/outside")).body, (await ask(port, "/inside")).body]).toEqual(["true", "true"]);
});

test("what the seeds throw goes to the error handler, and leaves no scope", async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  const seeds = (): never => {
    throw new Error("no tenant");
  };
  void app.register(scopePerRequest(new Container(), { seeds }));
  app.setErrorHandler((error, _, reply) => reply.code(503).send((error as Error).message));
  app.get("/", async () => "never");
  expect(await ask(await portOf(app))).toMatchObject({ status: 503, body: "no tenant" });
  expect(requestScopes(app)).toEqual([]);
});

test("two containers have a scope each, and the inner one closes first", async () => {
  const { app } = scopedApp();
  void app.register(scopePerRequest(new Container()));
  const closed: string[] = [];
  app.get("/", async (request) => {
    const [outer, inner] = requestScopes(app);
    expect(request.scope).toBe(inner);
    inner.defer(() => nextTurn().then(() => void closed.push("inner")));
    outer.defer(() => void closed.push("outer"));
    return "done";
  });
  expect((await ask(await portOf(app))).status).toBe(200);
  expect(closed).toEqual(["inner", "outer"]);
});

test("a commit that fails further in undoes the success of the outer container, whose scope closes as well", async () => {
  const outer = new Container();
  const outcomes: Outcome[] = [];
  const refused = new Error("COMMIT was refused");
  const { app } = scopedApp(outer);
  void app.register(scopePerRequest(new Container()));
  app.setErrorHandler((error, _, reply) => reply.code(503).send((error as Error).message));
  app.get("/", async (request) => {
    outer.resolve(Scope).defer((outcome) => void outcomes.push(outcome));
    request.scope.defer(() => Promise.reject(refused));
    return "done";
  });
  expect(await ask(await portOf(app))).toMatchObject({ status: 503, body: refused.message });
  expect(outcomes).toEqual([{ status: "error", error: refused }]);
  expect(requestScopes(app)).toEqual([]);
});
