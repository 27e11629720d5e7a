/** Gives each request of Node's server its scope: around a handler, or as the first of the middleware. */
import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from "node:http";
import { container as defaultContainer } from "../../container/container.js";
import type { DependencyContainer } from "../../registry/api.js";
import { type LiveScopes, liveScopesOf } from "../host/live-scopes.js";
import { openScope, requestIn } from "../host/open-scope.js";
import { PATIENCE, type Settings } from "../host/options.js";
import { tellOf, warnOf } from "../host/reports.js";
import { registerSeeds } from "../host/seed-tokens.js";
import { type Exchange, type Handler, HTTP, type Next } from "./host.js";
import type { ScopePerRequestOptions } from "./options.js";
import { HttpExchange } from "./request.js";
import { SEEDS } from "./tokens.js";

/** Middleware as connect, Express and others take them. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void;

/**
 * Gives each request a scope of its own, with `HttpRequest` and `HttpResponse` as seeds, and closes it once, in the right
 * moment.
 *
 * With a handler it gives what `http.createServer` takes; without, a middleware, which belongs after compression and
 * before everything that asks for instances.
 *
 * An answer that is ended as a whole is the end of the work: it is held back until the scope has closed, and a commit that
 * fails is a 500, by error middleware where there are some. One that is written in parts leaves at once; its scope closes
 * after the response is over, the handler's promise has settled, and all that was piped into the response has closed.
 *
 * @param container default: ambit's
 */
export function scopePerRequest(
  container: DependencyContainer,
  handler: Handler,
  options?: ScopePerRequestOptions,
): RequestListener;
/** A middleware. */
export function scopePerRequest(container?: DependencyContainer, options?: ScopePerRequestOptions): Middleware;
export function scopePerRequest(
  container: DependencyContainer = defaultContainer,
  ...rest: [options?: ScopePerRequestOptions] | [handler: Handler, options?: ScopePerRequestOptions]
): Middleware | RequestListener {
  if (typeof rest[0] !== "function") return middlewareOf(container, { ...rest[0], patience: PATIENCE });
  return listenerOf(container, rest[0], { ...rest[1], patience: PATIENCE });
}

type HttpSettings = Settings<ScopePerRequestOptions>;

/** The listener, with the times that tests change. */
export function listenerOf(container: DependencyContainer, handler: Handler, settings: HttpSettings): RequestListener {
  registerSeeds(container, SEEDS);
  return function scopedHandler(req, res) {
    try {
      const exchange = openExchange(container, settings, liveScopesOf(scopedHandler), req, res);
      if (exchange !== undefined) return exchange.runHandler(handler);
    } catch (error) {
      return refuse(error, settings, req, res);
    }
    // A request that has a scope of the container already is somebody else's to end.
    (requestIn(container, req) as HttpExchange).answerWith(handler);
  };
}

/**
 * The middleware, with the times that tests change.
 *
 * @param liveFor the scopes that `requestScopes` will be asked for; default: those of the middleware itself
 */
export function middlewareOf(
  container: DependencyContainer,
  settings: HttpSettings,
  liveFor?: (req: IncomingMessage) => LiveScopes,
): Middleware {
  registerSeeds(container, SEEDS);
  return function scopePerRequest(req, res, next) {
    const live = liveFor?.(req) ?? liveScopesOf(scopePerRequest);
    const exchange = openExchange(container, settings, live, req, res, next);
    return exchange === undefined ? next() : exchange.runNext(next);
  };
}

/** `undefined` when the request has a scope of the container already. */
function openExchange(
  container: DependencyContainer,
  settings: HttpSettings,
  live: LiveScopes,
  ...[req, res, next]: [...Exchange, next?: Next]
): HttpExchange | undefined {
  const scope = openScope(container, [req, res], settings, HTTP);
  return scope && new HttpExchange(req, res, scope, settings, live, next);
}

/** What the app's seeds throw must not end the process. */
function refuse(error: unknown, { onError }: HttpSettings, ...[req, res]: Exchange): void {
  const title = HTTP.titleOf(req, res);
  const tell = (error: unknown) => (onError === undefined ? warnOf(error, title, HTTP.name) : onError(error, req, res));
  tellOf(error, tell, title, HTTP.name);
  res.writeHead(500).end(STATUS_CODES[500]);
}
