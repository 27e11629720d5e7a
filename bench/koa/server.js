/**
 * A Koa server on loopback whose requests build the graph, by hand, by hand in AsyncLocalStorage, or from a scope:
 * `node koa/server.js plain`.
 *
 * Tells its parent the port; to "start" and "stop" it answers with the CPU time and the requests in between.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import Koa from "koa";
import { ambit } from "../ambit.js";
import { makeContainer } from "../contenders/ambit-container.js";
import * as hand from "../contenders/hand.js";
import { Controller, handle, Request } from "../graph.js";
import { graph } from "../services.js";

const storage = new AsyncLocalStorage();
const requestOf = (ctx) => new Request(ctx.get("user"));

const APPS = {
  plain(app) {
    app.use((ctx) => {
      ctx.body = { user: hand.sync(requestOf(ctx)) };
    });
  },
  als(app) {
    app.use((ctx, next) => storage.run({ request: requestOf(ctx) }, next));
    app.use((ctx) => {
      ctx.body = { user: hand.sync(storage.getStore().request) };
    });
  },
  async ambit(app) {
    const { scopePerRequest } = await ambit("adapters/koa/index.js");
    const container = makeContainer(graph);
    app.use(scopePerRequest(container, { seeds: (ctx) => [[Request, requestOf(ctx)]] }));
    app.use((ctx) => {
      ctx.body = { user: handle(container.resolve(Controller)) };
    });
  },
};

const app = new Koa();
let requests = 0;
app.use((_ctx, next) => {
  requests++;
  return next();
});
await APPS[process.argv[2]](app);
const server = app.listen(0, "127.0.0.1", () => process.send(server.address().port));

let started;
process.on("message", (message) => {
  if (message === "start") started = { cpu: process.cpuUsage(), requests };
  const { user, system } = process.cpuUsage(started.cpu);
  process.send({ cpu: user + system, requests: requests - started.requests });
});
process.on("disconnect", () => process.exit());
