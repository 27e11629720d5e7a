/** The inspector in a Koa app. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Inspector } from "./inspector.js";

/** What the middleware needs of Koa's context. */
export interface InspectedContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  respond?: boolean;
}

/** A middleware that answers what is for the inspector. Belongs before all others: no scope is opened for it then. */
export function inspectorKoa(
  inspector: Inspector,
): (ctx: InspectedContext, next: () => Promise<unknown>) => Promise<unknown> | undefined {
  return function inspectorKoa(ctx, next) {
    if (!inspector.handle(ctx.req, ctx.res)) return next();
    ctx.respond = false;
    return undefined;
  };
}
