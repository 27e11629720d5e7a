/** The middleware that gives each request its scope. */
import type Koa from "koa";
import { container as defaultContainer } from "../../container/container.js";
import type { DependencyContainer } from "../../registry/api.js";
import { openRequestOf } from "../host/live-scope.js";
import { type LiveScopes, liveScopesOf } from "../host/live-scopes.js";
import { openScope } from "../host/open-scope.js";
import { PATIENCE, type Settings } from "../host/options.js";
import { registerSeeds } from "../host/seed-tokens.js";
import { SEEDS } from "./koa-context.js";
import type { ScopePerRequestOptions } from "./options.js";
import { KOA, ScopedRequest } from "./request.js";
import { watchBodies } from "./watch-bodies.js";

/**
 * Gives each request a scope of its own, with Koa's `ctx` as a seed, and closes it once, in the right moment.
 *
 * An answer that is complete is sent after its scope has closed: a commit that fails is a 500. A stream is closed first,
 * and then its scope. Belongs after compress, etag and conditional-get, and before everything that asks for instances.
 * Inside another one of the same container it opens no second scope.
 *
 * @param container default: ambit's
 */
export function scopePerRequest(
  container: DependencyContainer = defaultContainer,
  options: ScopePerRequestOptions = {},
): Koa.Middleware {
  return middlewareOf(container, { ...options, patience: PATIENCE });
}

/** The middleware, with the times that tests change. */
export function middlewareOf(
  container: DependencyContainer,
  settings: Settings<ScopePerRequestOptions>,
): Koa.Middleware {
  registerSeeds(container, SEEDS);
  let app: Koa | undefined;
  let live: LiveScopes;
  return function scopePerRequest(ctx, next) {
    if (ctx.app !== app) {
      app = ctx.app;
      live = liveScopesOf(app);
      watchBodies(app, tellRequest);
    }
    const scope = openScope(container, [ctx], settings, KOA);
    return scope === undefined ? next() : new ScopedRequest(ctx, scope, settings, live).run(next);
  };
}

/** Tells the innermost request whose scope is still open. */
function tellRequest(ctx: Koa.Context, body: unknown, before: unknown): void {
  const request = openRequestOf(ctx) as ScopedRequest | undefined;
  if (request?.closed === false) request.hasStream(body, before);
}
