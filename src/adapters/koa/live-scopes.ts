/** The request scopes of a Koa app. */
import type Koa from "koa";
import type { Scope } from "../../registry/api.js";
import * as host from "../host/live-scopes.js";

/** Any Koa app, whatever types its state and context have. */
type App = Pick<Koa, "callback">;

/** The scopes of the requests that `app` is answering, the oldest first; those that are closing included. */
export const requestScopes: (app: App) => Scope[] = host.requestScopes;

/**
 * Waits until no request scope of `app` is left, those included that open meanwhile.
 *
 * It neither refuses requests nor cuts connections. At shutdown, call `server.close()` first, and `drain` again once the
 * server has closed: a scope may outlive the response that it belongs to.
 */
export const drain: (app: App) => Promise<void> = host.drain;
