/** Payloads that leave before their scope closes, replies that are hijacked, and clients that go away. */
import { once } from "node:events";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, currentScope, type Outcome, type Scope } from "ambit";
import { drain, invoke, requestScopes, scopePerRequest } from "ambit/fastify";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, Connection, scopeNow } from "../host/server.js";

function scopedApp() {
  const app = fastify();
  onTestFinished(() => app.close());
  const outcomes: Outcome[] = [];
  void app.register(scopePerRequest(new Container()));
  app.addHook("preHandler", async () => scopeNow().defer((outcome) => void outcomes.push(outcome)));
  const port = async () => {
    await app.listen({ port: 0 });
    return (app.server.address() as { port: number }).port;
  };
  return { app, outcomes, port };
}

test("a stream runs in its scope, which closes after it", async () => {
  const { app, outcomes, port } = scopedApp();
  app.get("/", async (request) => {
    const { scope } = request;
    return Readable.from(
      (async function* () {
        yield `${currentScope() === scope} ${scope.state}`;
      })(),
    );
  });
  expect((await ask(await port())).body).toBe("true open");
  await drain(app);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("a Response is sent with its status and its headers", async () => {
  const { app, outcomes, port } = scopedApp();
  app.get("/", async () => new Response("made", { status: 201, headers: { "X-Id": "1" } }));
  const { status, headers, body } = await ask(await port());
  expect([status, headers["x-id"], body]).toEqual([201, "1", "made"]);
  await drain(app);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("a stream whose client leaves is destroyed before its scope closes as aborted", async () => {
  const { app, port } = scopedApp();
  const order: string[] = [];
  app.get("/", async (request) => {
    request.scope.defer(({ status }) => void order.push(status));
    const destroy = (error: Error | null, done: (error: Error | null) => void): void => {
      order.push(`destroyed ${currentScope() === request.scope}`);
      setImmediate(done, error);
    };
    const stream = new Readable({ read() {}, destroy });
    stream.push("row");
    return stream;
  });
  const client = (await Connection.to(await port())).get("/");
  await client.until("row");
  await client.leave();
  await drain(app);
  expect(order).toEqual(["destroyed true", "aborted"]);
});

test("a client that leaves fires scope.signal; the scope closes when the handler has settled, which need not reply", async () => {
  const { app, outcomes, port } = scopedApp();
  const [started, work] = [deferred(), deferred()];
  const heard: boolean[] = [];
  app.get("/", async ({ raw, scope }) => {
    raw.once("close", () => heard.push(currentScope() === scope));
    started.resolve();
    await once(scope.signal, "abort");
    await work.promise;
    return undefined;
  });
  const client = (await Connection.to(await port())).get("/");
  await started.promise;
  const [scope] = requestScopes(app);
  await client.leave();
  if (!scope.signal.aborted) await once(scope.signal, "abort");
  expect(requestScopes(app)).toMatchObject([{ state: "open" }]);
  work.resolve();
  await drain(app);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
  expect(heard).toEqual([true]);
});

test("a hijacked reply closes its scope when it is over", async () => {
  const { app, outcomes, port } = scopedApp();
  app.get("/", (_, reply) => {
    reply.hijack();
    reply.raw.writeHead(200).write("raw");
    setImmediate(() => reply.raw.end());
  });
  expect((await ask(await port())).body).toBe("raw");
  await drain(app);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("a reply that is hijacked after its client has left closes its scope", async () => {
  const { app, outcomes, port } = scopedApp();
  const started = deferred();
  app.get("/", async ({ scope }, reply) => {
    started.resolve();
    await once(scope.signal, "abort");
    reply.hijack();
  });
  const client = (await Connection.to(await port())).get("/");
  await started.promise;
  await client.leave();
  await drain(app);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("a controller that has hijacked its reply is waited for, though its client has left", async () => {
  const { app, outcomes, port } = scopedApp();
  const [left, work] = [deferred(), deferred()];
  class Events {
    async send({ scope }: FastifyRequest, reply: FastifyReply): Promise<void> {
      reply.hijack();
      reply.raw.writeHead(200).write("data: 1\n\n");
      reply.raw.once("close", left.resolve);
      await work.promise;
      expect(scope.state).toBe("open");
    }
  }
  app.get("/", invoke(Events, "send"));
  const client = (await Connection.to(await port())).get("/");
  await client.until("data");
  await client.leave();
  await left.promise;
  await nextTurn();
  expect(requestScopes(app)).toMatchObject([{ state: "open" }]);
  work.resolve();
  await drain(app);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("what a controller throws that has hijacked its reply is the outcome, of an outer container as well", async () => {
  const { app, port } = scopedApp();
  void app.register(scopePerRequest(new Container()));
  const outcomes: Outcome[] = [];
  const error = new Error("no such table");
  class Events {
    async send(_: FastifyRequest, reply: FastifyReply): Promise<never> {
      for (const scope of requestScopes(app)) scope.defer((outcome) => void outcomes.push(outcome));
      reply.hijack();
      reply.raw.end("data: 1\n\n");
      throw error;
    }
  }
  app.get("/", invoke(Events, "send"));
  expect((await ask(await port())).body).toContain("data");
  await drain(app);
  expect(outcomes).toEqual([
    { status: "error", error },
    { status: "error", error },
  ]);
});

test("an injected request has a scope, too", async () => {
  const { app, outcomes } = scopedApp();
  app.get("/", async (request) => String(currentScope() === request.scope));
  expect((await app.inject("/")).body).toBe("true");
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("with two containers a stream runs in the inner scope", async () => {
  const { app, port } = scopedApp();
  void app.register(scopePerRequest(new Container()));
  const body = async function* (scope: Scope) {
    yield String(currentScope() === scope);
  };
  app.get("/", async (request) => Readable.from(body(request.scope)));
  expect((await ask(await port())).body).toBe("true");
});
