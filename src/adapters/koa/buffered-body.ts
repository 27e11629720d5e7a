/** Bodies that are complete when the middleware have settled. */
import type Koa from "koa";

/**
 * Turns an object body into its JSON while its scope is open: `toJSON` and lazy getters may ask for instances, and Koa
 * would call them after the scope has closed.
 */
export function serializeBody(ctx: Koa.Context): void {
  const { body } = ctx;
  if (body === null || body === undefined || isAnswerable(body)) return;
  const text: string | undefined = JSON.stringify(body);
  if (text === undefined) throw new TypeError(`A body of type ${typeof body} cannot be sent as JSON.`);
  ctx.body = text;
}

/** Whether Koa sends it without turning it into JSON. */
function isAnswerable(body: unknown): boolean {
  return typeof body === "string" || Buffer.isBuffer(body) || body instanceof Blob || body instanceof Response;
}
