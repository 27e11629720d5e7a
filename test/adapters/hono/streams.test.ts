/** Bodies that leave before their scope closes, and callers that do not read them to their end. */
import { getEventListeners } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Container, currentScope, type Outcome } from "ambit";
import { drain, requestScopes, scopePerRequest } from "ambit/hono";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, Connection, listen, scopeNow } from "../host/server.js";

function scopedApp() {
  const app = new Hono();
  const outcomes: Outcome[] = [];
  const scopes = scopePerRequest(new Container());
  app.use(scopes);
  app.use(async (_, next) => {
    scopeNow().defer((outcome) => void outcomes.push(outcome));
    await next();
  });
  return { app, outcomes, scopes };
}

const encoder = new TextEncoder();

/** A body of two rows, which says whether it is pulled in its scope. */
function rows(cancelled = () => {}): ReadableStream {
  const scope = scopeNow();
  let left = 2;
  const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (left-- > 0) controller.enqueue(encoder.encode(`${currentScope() === scope} ${scope.state};`));
    else controller.close();
  };
  return new ReadableStream({ pull, cancel: cancelled });
}

test("a body is read in its scope, which closes when it has been read", async () => {
  const { app, outcomes, scopes } = scopedApp();
  app.get("/", (c) => c.body(rows()));
  const response = await app.request("/");
  expect(requestScopes(scopes)).toMatchObject([{ state: "open" }]);
  expect(await response.text()).toBe("true open;true open;");
  await drain(scopes);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("on a server the scope closes after the response", async () => {
  const { app, outcomes, scopes } = scopedApp();
  app.get("/", (c) => c.body(rows()));
  expect((await ask(await listen(createAdaptorServer(app) as Server))).body).toBe("true open;true open;");
  await drain(scopes);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("a body that its caller cancels is cancelled, and its scope aborted after that", async () => {
  const { app, outcomes, scopes } = scopedApp();
  const [asked, cancelled] = [deferred(), deferred()];
  app.get("/", (c) => c.body(rows(() => (asked.resolve(), cancelled.promise) as never)));
  const response = await app.request("/");
  void response.body!.cancel();
  await asked.promise;
  expect(requestScopes(scopes)).toMatchObject([{ state: "open" }]);
  cancelled.resolve();
  await drain(scopes);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("a request whose signal fires has a scope whose signal fires, and a body that ends", async () => {
  const { app, outcomes, scopes } = scopedApp();
  const controller = new AbortController();
  app.get("/", (c) => c.body(rows()));
  await app.request("/", { signal: controller.signal });
  const [scope] = requestScopes(scopes);
  controller.abort();
  expect(scope.signal.aborted).toBe(true);
  await drain(scopes);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test.each(["/", "/rows"])("a request leaves no listener on its signal (%s)", async (path) => {
  const { app, scopes } = scopedApp();
  app.get("/", (c) => c.text("done")).get("/rows", (c) => c.body(rows()));
  const request = new Request(`http://test${path}`);
  await (await app.request(request)).text();
  await drain(scopes);
  expect(getEventListeners(request.signal, "abort")).toEqual([]);
});

test("a body that fails is an error", async () => {
  const { app, outcomes, scopes } = scopedApp();
  const error = new Error("no such row");
  app.get("/", (c) => c.body(new ReadableStream({ pull: () => Promise.reject(error) })));
  await expect((await app.request("/")).text()).rejects.toBe(error);
  await drain(scopes);
  expect(outcomes).toEqual([{ status: "error", error }]);
});

test("a body for HEAD, which Hono drops, is cancelled", async () => {
  const { app, outcomes, scopes } = scopedApp();
  const cancelled = deferred();
  app.get("/", (c) => c.body(rows(cancelled.resolve)));
  expect((await app.request("/", { method: "HEAD" })).status).toBe(200);
  await cancelled.promise;
  await drain(scopes);
  expect(outcomes).toEqual([{ status: "success" }]);
});

test("server-sent events are sent in their scope, and aborted when their client leaves", async () => {
  const { app, outcomes, scopes } = scopedApp();
  app.get("/", (c) =>
    streamSSE(c, (stream) => {
      const { signal } = c.get("scope");
      const sending = (async () => {
        while (!signal.aborted) {
          await stream.writeSSE({ data: String(currentScope() === c.get("scope")) });
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      return c.get("scope").hold(sending);
    }),
  );
  const client = (await Connection.to(await listen(createAdaptorServer(app) as Server))).get("/");
  await client.until("data: true");
  await client.leave();
  await drain(scopes);
  expect(outcomes).toMatchObject([{ status: "aborted" }]);
});

test("two containers have a scope each, and the outer one closes last", async () => {
  const { app, scopes } = scopedApp();
  const closed: string[] = [];
  app.use(scopePerRequest(new Container()));
  app.get("/", (c) => {
    const inner = c.get("scope");
    inner.defer(() => void closed.push("inner"));
    requestScopes(scopes)[0].defer(() => void closed.push("outer"));
    return c.text("done");
  });
  expect(await (await app.request("/")).text()).toBe("done");
  expect(closed).toEqual(["inner", "outer"]);
});
