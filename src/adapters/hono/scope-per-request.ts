/** The middleware that gives each request its scope. */
import type { Context, MiddlewareHandler } from "hono";
import { container as defaultContainer } from "../../container/container.js";
import type { DependencyContainer, Scope } from "../../registry/api.js";
import { liveScopesOf } from "../host/live-scopes.js";
import { openScope } from "../host/open-scope.js";
import { type HostOptions, PATIENCE, type Settings } from "../host/options.js";
import { registerSeeds } from "../host/seed-tokens.js";
import { SEEDS } from "./hono-context.js";
import { HONO, HonoExchange } from "./request.js";

declare module "hono" {
  interface ContextVariableMap {
    /** The scope of this request, where `scopePerRequest` is used; the innermost, if there are several. */
    scope: Scope;
  }
}

/** What `scopePerRequest` may be told. Without `onError`, what it would hear becomes a process warning. */
export interface ScopePerRequestOptions extends HostOptions<[c: Context]> {}

/**
 * Gives each request a scope of its own, with Hono's `c` as a seed, and closes it once, in the right moment.
 *
 * A response that is complete is sent after its scope has closed: a commit that fails goes to `app.onError`. A stream is
 * sent first; what writes to it after the handler has returned is to be held: `c.get("scope").hold(...)`. Belongs after
 * compress and etag, and before everything that asks for instances. Works with `@hono/node-server`, and with
 * `app.request()`, whose caller reads the body or cancels it.
 *
 * @param container default: ambit's
 */
export function scopePerRequest(
  container: DependencyContainer = defaultContainer,
  options: ScopePerRequestOptions = {},
): MiddlewareHandler {
  return middlewareOf(container, { ...options, patience: PATIENCE });
}

/** The middleware, with the times that tests change. */
export function middlewareOf(
  container: DependencyContainer,
  settings: Settings<ScopePerRequestOptions>,
): MiddlewareHandler {
  registerSeeds(container, SEEDS);
  return async function scopePerRequest(c, next) {
    const scope = openScope(container, [c], settings, HONO);
    if (scope === undefined) return next();
    c.set("scope", scope);
    return new HonoExchange(c, scope, settings, liveScopesOf(scopePerRequest)).run(next);
  };
}
