/** The request scopes of a Fastify server, those of all its plugins. */
import type { FastifyInstance } from "fastify";
import type { Scope } from "../../registry/api.js";
import * as host from "../host/live-scopes.js";

/** Any Fastify instance, whatever types its server and logger have. */
type App = Pick<FastifyInstance, "server">;

/** The scopes of the requests that `app` is answering, the oldest first; those that are closing included. */
export function requestScopes({ server }: App): Scope[] {
  return host.requestScopes(server);
}

/**
 * Waits until no request scope of `app` is left, those included that open meanwhile.
 *
 * It neither refuses requests nor cuts connections. At shutdown, call it when `app.close()` has settled: a scope may
 * outlive the response that it belongs to.
 */
export function drain({ server }: App): Promise<void> {
  return host.drain(server);
}
