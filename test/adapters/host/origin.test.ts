/** What a request's scope is said to be for, on every host: it is shown on pages, in spans and in errors. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type Channels, Container } from "ambit";
import * as overExpress from "ambit/express";
import * as overFastify from "ambit/fastify";
import * as overHono from "ambit/hono";
import * as overHttp from "ambit/http";
import * as overKoa from "ambit/koa";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { expect, onTestFinished, test } from "vitest";
import { ask, listen } from "./server.js";

const hosts = {
  http: () => createServer(overHttp.scopePerRequest(new Container(), (_, res) => void res.end("fine"))),
  Express() {
    const app = express().use(overExpress.scopePerRequest(new Container()));
    return createServer(app.get("/orders/1", (_, res) => void res.send("fine")));
  },
  "a router of Express"() {
    const router = express.Router().use(overExpress.scopePerRequest(new Container()));
    return createServer(
      express().use(
        "/orders",
        router.get("/1", (_, res) => void res.send("fine")),
      ),
    );
  },
  async Fastify() {
    const app = fastify();
    app.register(overFastify.scopePerRequest(new Container()));
    app.get("/orders/1", async () => "fine");
    await app.ready();
    return app.server;
  },
  Hono() {
    const app = new Hono().use(overHono.scopePerRequest(new Container())).get("/orders/1", (c) => c.text("fine"));
    return createAdaptorServer(app) as ReturnType<typeof createServer>;
  },
  Koa() {
    const app = new Koa().use(overKoa.scopePerRequest(new Container())).use((ctx) => void (ctx.body = "fine"));
    return createServer(overKoa.listener(app));
  },
};

test.each(Object.entries(hosts))("in %s it has the whole path, and not the query", async (_, serve) => {
  const origins: unknown[] = [];
  const hear = (message: unknown) => void origins.push((message as Channels["ambit:scope.open"]).origin);
  subscribe("ambit:scope.open", hear);
  onTestFinished(() => void unsubscribe("ambit:scope.open", hear));
  const { body } = await ask(await listen(await serve()), "/orders/1?password=secret");
  expect([body, origins]).toEqual(["fine", ["GET /orders/1"]]);
});
