import { randomUUID } from "node:crypto";
import { bindContext } from "ambit";
import type Koa from "koa";
import { loggerOf, requestId } from "../logging.js";

const logger = loggerOf("http");

/** Gives the request its id, the client's own if it sent a sane one, and logs how it was answered. */
export const requestContext: Koa.Middleware = async function requestContext(ctx, next) {
  const started = performance.now();
  const sent = ctx.get("x-request-id");
  const id = /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID();
  // ambit's listener runs each request in a Context of its own, so this cannot reach another one.
  requestId.set(id);
  ctx.set("x-request-id", id);
  // Koa calls it when the client leaves, and the server's events have no Context.
  ctx.onerror = bindContext(ctx.onerror);

  await next();

  const { method, path, status } = ctx;
  logger.info({ method, path, status, milliseconds: Math.round(performance.now() - started) }, "answered");
};
