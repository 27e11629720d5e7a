/** The middleware that gives each request its scope. */
import type Koa from "koa";
import type { DependencyContainer, Scope } from "../../container/api.js";
import { container as defaultContainer } from "../../container/container.js";
import type { InjectionToken } from "../../container/token.js";
import type { Outcome } from "../../scope/outcome.js";
import { KoaContext, registerKoaContext } from "./koa-context.js";
import { liveScopesOf } from "./live-scopes.js";
import { ScopedRequest } from "./request.js";

/** What `scopePerRequest` may be told. */
export interface ScopePerRequestOptions {
  /** More values for the scope, beside `KoaContext`. They stay the caller's. */
  readonly seeds?: (ctx: Koa.Context) => Iterable<readonly [InjectionToken, unknown]>;
  /** How the work ended, in place of what ambit would say; `thrown` is what the middleware inside threw. */
  readonly outcome?: (ctx: Koa.Context, thrown?: unknown) => Outcome | undefined;
  /** `false` leaves an object body to Koa, which turns it into JSON after the scope has closed. Default: true. */
  readonly serialize?: boolean;
  /** Hears of failures that nobody can be thrown to any more. Default: `app.emit("error", error, ctx)`. */
  readonly onError?: (error: unknown, ctx: Koa.Context) => void;
}

/**
 * Gives each request a scope of its own, with Koa's `ctx` as a seed.
 *
 * Belongs after compress, etag and conditional-get, and before everything that asks for instances.
 *
 * @param container default: ambit's
 */
export function scopePerRequest(
  container: DependencyContainer = defaultContainer,
  options: ScopePerRequestOptions = {},
): Koa.Middleware {
  registerKoaContext(container);
  return function scopePerRequest(ctx, next) {
    const scope = openScope(container, ctx, options);
    return new ScopedRequest(ctx, scope, options, liveScopesOf(ctx.app)).run(next);
  };
}

/** A server that was started inside a scope must not chain its requests to it. */
const ALONE = { parent: null };

function openScope(container: DependencyContainer, ctx: Koa.Context, { seeds }: ScopePerRequestOptions): Scope {
  const given = seeds?.(ctx) ?? [];
  const scope = container.createScope(ALONE);
  scope.seed(KoaContext, ctx);
  for (const [token, value] of given) scope.seed(token, value);
  return scope;
}
