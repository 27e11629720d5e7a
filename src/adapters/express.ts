/** ambit in an Express app: `ambit/http`, with Express's types, and routes that lead to methods of controllers. */
import { subscribe } from "node:diagnostics_channel";
import type express from "express";
import { container as defaultContainer } from "../container/container.js";
import type { DependencyContainer, Scope } from "../registry/api.js";
import type { InjectionToken, Token } from "../registry/token.js";
import { callController, type MethodName } from "./host/call-controller.js";
import { requestOf } from "./host/live-scope.js";
import * as live from "./host/live-scopes.js";
import { type HostOptions, PATIENCE } from "./host/options.js";
import { errorForNext } from "./http/host.js";
import type { HttpExchange } from "./http/request.js";
import { middlewareOf } from "./http/scope-per-request.js";
import * as http from "./http/tokens.js";

/** Express's `req` of the request in whose scope it is asked for: `@inject(HttpRequest) req: express.Request`. */
export const HttpRequest = http.HttpRequest as Token<unknown> as Token<express.Request>;

/** Express's `res` of that request. */
export const HttpResponse = http.HttpResponse as Token<unknown> as Token<express.Response>;

/** What `scopePerRequest` may be told. Without `onError`, what it would hear becomes a process warning. */
export interface ScopePerRequestOptions extends HostOptions<[req: express.Request, res: express.Response]> {}

/** The names of the methods of `C` that can be called with `(req, res, next)`. */
export type HandlerName<C> = MethodName<C, [req: express.Request, res: express.Response, next: express.NextFunction]>;

/**
 * Gives each request a scope of its own, with `HttpRequest` and `HttpResponse` as seeds, and closes it once.
 *
 * What `res.json`, `send` and `end` answer is held back until the scope has closed: a commit that fails goes to the
 * error middleware. What is written in parts leaves at once, and the scope closes after it. Belongs after compression,
 * and before everything that asks for instances. From Express 5.3 on, what a handler throws after its first part is the
 * outcome; Express before that tells nobody, and such a request is aborted, unless it is one of `invoke`.
 *
 * @param container default: ambit's
 */
export function scopePerRequest(
  container: DependencyContainer = defaultContainer,
  options: ScopePerRequestOptions = {},
): express.RequestHandler {
  hearErrors();
  const settings = { ...options, patience: PATIENCE } as unknown as Parameters<typeof middlewareOf>[1];
  const middleware = middlewareOf(container, settings, (req) => liveScopesOf((req as express.Request).app));
  return middleware as express.RequestHandler;
}

/** Those of an app that is mounted are its parent's, too. */
function liveScopesOf(app: express.Application): live.LiveScopes {
  const { parent } = app as { readonly parent?: express.Application };
  return live.liveScopesOf(app, parent && liveScopesOf(parent));
}

let isHearing = false;

/** Express says through this channel alone that a handler has failed: of an answer that has begun nobody is asked. */
function hearErrors(): void {
  if (isHearing) return;
  isHearing = true;
  subscribe("tracing:express.router.request:error", (traced) => {
    const { req, error } = traced as { readonly req: express.Request; readonly error: unknown };
    for (let each = requestOf(req); each !== undefined; each = each.outer) (each as HttpExchange).failedLate(error);
  });
}

/**
 * A handler that resolves `controller` in the request's scope and calls its method with `(req, res, next)`. What it
 * throws goes to the error middleware, in Express 4, too.
 *
 * @throws NoScopeError ERR_AMBIT_NO_SCOPE at a request that did not come through `scopePerRequest`
 */
export function invoke<C>(controller: InjectionToken<C>, method: HandlerName<C>): express.RequestHandler {
  return function invokeController(req, res, next): void {
    const exchange = requestOf(req) as HttpExchange | undefined;
    const goOn = (error?: unknown): void => {
      exchange?.handOn();
      next(error);
    };
    const call = () => callController(controller, method, req, [req, res, goOn]);
    (exchange === undefined ? call() : exchange.work(call)).catch((error) => next(errorForNext(error)));
  };
}

/** The scopes of the requests that `app`, or an app mounted in it, is answering, the oldest first; closing ones included. */
export const requestScopes: (app: express.Application) => Scope[] = live.requestScopes;

/**
 * Waits until no request scope of `app` is left, or of an app mounted in it, those included that open meanwhile.
 *
 * It neither refuses requests nor cuts connections. At shutdown, call `server.close()` first, and `drain` again once the
 * server has closed: a scope may outlive the response that it belongs to.
 */
export const drain: (app: express.Application) => Promise<void> = live.drain;
