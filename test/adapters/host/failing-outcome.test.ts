/** An `outcome` of the app's that throws: the work is undone, and no host answers that it was done. Koa: outcome.test.ts. */
import { createServer, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Container, type Outcome } from "ambit";
import * as scopedExpress from "ambit/express";
import * as scopedFastify from "ambit/fastify";
import * as scopedHono from "ambit/hono";
import * as scopedHttp from "ambit/http";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { ask, listen, scopeNow } from "./server.js";

const error = new Error("outcome fails");
const options = {
  outcome() {
    throw error;
  },
};

/** A server on each host that answers "done", and has called `begin` in the scope of its request. */
type Serve = (begin: () => void) => Server | Promise<Server>;

const HOSTS: Record<string, Serve> = {
  "node:http"(begin) {
    const handler: scopedHttp.Handler = (_, res) => {
      begin();
      res.end("done");
    };
    return createServer(scopedHttp.scopePerRequest(new Container(), handler, { ...options, onError() {} }));
  },
  Express(begin) {
    const app = express().set("env", "test");
    app.use(scopedExpress.scopePerRequest(new Container(), options));
    app.get("/", (_, res) => {
      begin();
      res.send("done");
    });
    return createServer(app);
  },
  async Fastify(begin) {
    const app = fastify();
    void app.register(scopedFastify.scopePerRequest(new Container(), options));
    app.get("/", async () => {
      begin();
      return "done";
    });
    await app.ready();
    return app.server;
  },
  Hono(begin) {
    const app = new Hono();
    app.use(scopedHono.scopePerRequest(new Container(), options));
    app.onError((_, c) => c.text("sorry", 500));
    app.get("/", (c) => {
      begin();
      return c.text("done");
    });
    return createAdaptorServer(app) as Server;
  },
};

test.each(Object.entries(HOSTS))("%s: is an error outcome, and a 500", async (_, serve) => {
  const outcomes: Outcome[] = [];
  const server = await serve(() => scopeNow().defer((outcome) => void outcomes.push(outcome)));
  expect((await ask(await listen(server))).status).toBe(500);
  expect(outcomes).toEqual([{ status: "error", error }]);
});
