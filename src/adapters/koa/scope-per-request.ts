/** The middleware that gives each request its scope. */
import type Koa from "koa";
import { currentCell } from "../../context/cell.js";
import type { DependencyContainer, Scope, ScopeOptions } from "../../container/api.js";
import { container as defaultContainer } from "../../container/container.js";
import { KoaContext, registerKoaContext } from "./koa-context.js";
import { type LiveScopes, liveScopesOf } from "./live-scopes.js";
import type { ScopePerRequestOptions, Settings } from "./options.js";
import { requestOf, ScopedRequest } from "./request.js";
import { watchBodies } from "./watch-bodies.js";

/** How long a scope may outlive its response before that is reported, in milliseconds. */
const PATIENCE = 60_000;

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
export function middlewareOf(container: DependencyContainer, settings: Settings): Koa.Middleware {
  registerKoaContext(container);
  let app: Koa | undefined;
  let live: LiveScopes;
  return function scopePerRequest(ctx, next) {
    if (ctx.app !== app) {
      app = ctx.app;
      live = liveScopesOf(app);
      watchBodies(app, tellRequest);
    }
    const scope = openScope(container, ctx, settings);
    return scope === undefined ? next() : new ScopedRequest(ctx, scope, settings, live).run(next);
  };
}

/** Tells the innermost request whose scope is still open. */
function tellRequest(ctx: Koa.Context, body: unknown, before: unknown): void {
  let request = requestOf(ctx);
  while (request?.closed) request = request.outer;
  request?.hasStream(body, before);
}

/** `undefined` when this request has a scope of the container already: it is given the seeds. */
function openScope(container: DependencyContainer, ctx: Koa.Context, { seeds }: Settings): Scope | undefined {
  const outer = requestOf(ctx);
  const own = outer === undefined ? undefined : scopeOf(outer, container);
  const scope = own ?? container.createScope(new RequestOptions(ctx, outer));
  try {
    if (own === undefined) scope.seed(KoaContext, ctx);
    if (seeds !== undefined) for (const [token, value] of seeds(ctx)) scope.seed(token, value);
  } catch (error) {
    if (own === undefined) void scope.end({ status: "error", error });
    throw error;
  }
  return own === undefined ? scope : undefined;
}

function scopeOf(request: ScopedRequest | undefined, container: DependencyContainer): Scope | undefined {
  for (; request !== undefined; request = request.outer) {
    if (request.scope.container === container && !request.closed) return request.scope;
  }
  return undefined;
}

/** How a request's scope is opened. What it is for is put into words only when somebody asks. */
class RequestOptions implements ScopeOptions {
  readonly parent: null | undefined;
  readonly #ctx: Koa.Context;

  constructor(ctx: Koa.Context, outer: ScopedRequest | undefined) {
    this.#ctx = ctx;
    // The scopes of two containers for one request know of each other; any other that is current is not the request's:
    // a server that was started inside a scope must not chain its requests to it.
    this.parent = outer !== undefined && currentCell().scope === outer.scope ? undefined : null;
  }

  get origin(): string {
    return `${this.#ctx.method} ${this.#ctx.path}`;
  }
}
