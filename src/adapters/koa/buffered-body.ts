/** Answers that are complete when the middleware have settled. */
import { STATUS_CODES } from "node:http";
import type Koa from "koa";
import { DESCRIPTION } from "../host/answer-headers.js";
import { isJson } from "./body-kinds.js";

/**
 * Turns an object body into its JSON while its scope is open: `toJSON` and lazy getters may ask for instances, and Koa
 * would call them after the scope has closed.
 */
export function serializeBody(ctx: Koa.Context): void {
  const { body } = ctx;
  if (!isJson(body)) return;
  const json: string | undefined = JSON.stringify(body);
  if (json === undefined) throw new TypeError(`A body that is a ${typeof body} cannot be sent as JSON.`);
  ctx.body = json;
}

/**
 * Takes back a success that turned out to be none, for error middleware further out that set only the status, or swallow
 * the error. Koa's own takes back everything.
 */
export function withdrawAnswer(ctx: Koa.Context): void {
  // The head of a success has left: a cut connection is the only way to take it back.
  if (ctx.headerSent) return void ctx.res.destroy();
  for (const name of DESCRIPTION) ctx.remove(name);
  ctx.status = 500;
  ctx.body = STATUS_CODES[500];
}
