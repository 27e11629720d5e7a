/** Answers that are complete: they leave after their scope has closed, and a commit that fails is an error. */
import { createServer } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, currentScope, type Outcome } from "ambit";
import { scopePerRequest } from "ambit/express";
import express from "express";
import express4 from "express4";
import { describe, expect, test } from "vitest";
import { ask, listen, scopeNow } from "../host/server.js";

describe.each([
  ["Express 5", express],
  ["Express 4", express4],
])("%s", (_, express) => {
  function scopedApp() {
    const app = express();
    const outcomes: Outcome[] = [];
    app.use(scopePerRequest(new Container()));
    app.use((_req, _res, next) => {
      scopeNow().defer((outcome) => void outcomes.push(outcome));
      next();
    });
    return { app, outcomes };
  }

  test("an answer leaves after its scope has closed", async () => {
    const { app } = scopedApp();
    const order: string[] = [];
    app.get("/", (_req, res) => {
      scopeNow().defer(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push("closed");
      });
      res.once("finish", () => order.push("sent"));
      res.json({ id: 1 });
    });
    const { status, body, headers } = await ask(await listen(createServer(app)));
    expect([status, body, headers["content-type"]]).toEqual([200, '{"id":1}', "application/json; charset=utf-8"]);
    expect(order).toEqual(["closed", "sent"]);
  });

  test("a commit that fails goes to the error middleware, and nothing of the success is left", async () => {
    const { app } = scopedApp();
    app.get("/", (_req, res) => {
      scopeNow().defer(() => Promise.reject(new Error("COMMIT was refused")));
      res.status(201).set("Location", "/orders/1").set("Vary", "Origin").json({ id: 1 });
    });
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) =>
      void res.status(503).json({ message: error.message });
    app.use(caught);
    const { status, body, headers } = await ask(await listen(createServer(app)));
    expect([status, body]).toEqual([503, '{"message":"COMMIT was refused"}']);
    expect([headers.location, headers.vary]).toEqual([undefined, "Origin"]);
  });

  test.each([undefined, null, "route", "router"])("so does one that rejects with %o", async (thrown) => {
    const { app } = scopedApp();
    app.get("/", (_req, res) => {
      scopeNow().defer(() => Promise.reject(thrown));
      res.send("saved");
    });
    const caught: express.ErrorRequestHandler = (error, _req, res, _next) => void res.status(503).send(error.message);
    app.use(caught);
    const { status, body } = await ask(await listen(createServer(app)));
    expect([status, body]).toEqual([503, expect.stringContaining(`${thrown}`)]);
  });

  test("a commit that fails without error middleware is a 500", async () => {
    const { app } = scopedApp();
    app.set("env", "test");
    app.get("/", (_req, res) => {
      scopeNow().defer(() => Promise.reject(new Error("COMMIT was refused")));
      res.json({ id: 1 });
    });
    expect(await ask(await listen(createServer(app)))).toMatchObject({ status: 500 });
  });

  test("a status of 400 or more is an error, also one that error middleware gave", async () => {
    const { app, outcomes } = scopedApp();
    app.get("/conflict", (_req, res) => void res.sendStatus(409));
    app.get("/thrown", () => {
      throw new Error("no such table");
    });
    const caught: express.ErrorRequestHandler = (_error, _req, res, _next) => void res.status(500).send("sorry");
    app.use(caught);
    const port = await listen(createServer(app));
    await ask(port, "/conflict");
    await ask(port, "/thrown");
    await ask(port, "/missing");
    expect(outcomes).toMatchObject([409, 500, 404].map((status) => ({ status: "error", error: { status } })));
  });

  test("a second answer, which is refused, changes neither the first nor its outcome", async () => {
    const { app, outcomes } = scopedApp();
    app.get("/", (_req, res) => {
      res.send("fine");
      expect(() => res.status(500).send("oops")).toThrow(expect.objectContaining({ code: "ERR_HTTP_HEADERS_SENT" }));
    });
    expect(await ask(await listen(createServer(app)))).toMatchObject({ status: 200, body: "fine" });
    expect(outcomes).toEqual([{ status: "success" }]);
  });

  test("code after an await, and in callbacks of the request, finds the scope of its request", async () => {
    const { app } = scopedApp();
    app.use(express.json());
    app.post("/parsed", async (req, res) => {
      await nextTurn();
      res.json([req.body, currentScope() !== undefined]);
    });
    app.post("/listened", (req, res) => {
      const scope = scopeNow();
      req.on("data", () => {}).on("end", () => res.json(currentScope() === scope));
    });
    const port = await listen(createServer(app));
    const headers = { "content-type": "application/json" };
    const parsed = await ask(port, "/parsed", { method: "POST", headers, body: '{"a":1}' });
    expect(parsed.body).toBe('[{"a":1},true]');
    expect((await ask(port, "/listened", { method: "POST", body: "text" })).body).toBe("true");
  });
});
