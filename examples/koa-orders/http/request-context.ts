import { randomUUID } from "node:crypto";
import type Koa from "koa";
import { bindContext } from "ambit";
import { loggerOf, requestId } from "../logging.js";

const logger = loggerOf("http");

/** Gives the request its id, the client's own if it sent a sane one, and logs its end. */
export const requestContext: Koa.Middleware = function requestContext(ctx, next) {
  const sent = ctx.get("x-request-id");
  const id = /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID();
  // ambit's listener runs each request in a Context of its own, so this cannot reach another one.
  requestId.set(id);
  ctx.set("x-request-id", id);
  logEnd(ctx);
  return next();
};

function logEnd(ctx: Koa.Context): void {
  const started = performance.now();
  // The server emits this outside of every request's Context.
  const logged = bindContext(() => {
    const { method, path, status } = ctx;
    const milliseconds = Math.round(performance.now() - started);
    logger.info({ method, path, status, milliseconds, cut: !ctx.res.writableFinished }, "request ended");
  });
  ctx.res.once("close", logged);
}
