/** Node's server as a host. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Scope } from "../../registry/api.js";
import type { Host } from "../host/host.js";
import { asError, titleOf } from "../host/reports.js";
import { HttpRequest, HttpResponse } from "./tokens.js";

/** What Node's server gives its handlers. */
export type Exchange = [req: IncomingMessage, res: ServerResponse];

/** Answers a request, in its scope. */
export type Handler = (req: IncomingMessage, res: ServerResponse, scope: Scope) => unknown;

/** Goes on with the next middleware, or with error middleware. */
export type Next = (error?: unknown) => void;

/** What error middleware is given for what was thrown: nothing, and two words, mean something else to routers. */
export function errorForNext(thrown: unknown): unknown {
  const isNone = !thrown || thrown === "route" || thrown === "router";
  return isNone ? asError(thrown) : thrown;
}

/** What there is to know of Node's server. */
export const HTTP: Host<Exchange> = {
  name: "Http",
  unsettled: "its handler has neither ended the response nor settled",
  // Routers take what they are mounted on off the url.
  titleOf: ({ method, url, originalUrl }: IncomingMessage & { originalUrl?: string }) =>
    titleOf(method, originalUrl ?? url),
  seed: (scope, req, res) => void scope.seed(HttpRequest, req).seed(HttpResponse, res),
};
