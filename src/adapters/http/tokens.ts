/** The tokens under which instances of a request find what Node's server gave its handler. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { DependencyContainer } from "../../container/api.js";
import { container as defaultContainer } from "../../container/container.js";
import { token } from "../../container/token.js";

/** The request in whose scope it is asked for: `@inject(HttpRequest) req: IncomingMessage`. */
export const HttpRequest = token<IncomingMessage>("HttpRequest");

/** Its response: `@inject(HttpResponse) res: ServerResponse`. */
export const HttpResponse = token<ServerResponse>("HttpResponse");

/** Lets the container know that each scope will be given them. */
export function registerHttpTokens(container: DependencyContainer): void {
  for (const each of [HttpRequest, HttpResponse]) {
    if (!container.isRegistered(each, true)) container.register(each, { useSeed: true });
  }
}

// Whoever mentions the tokens may be looked at before a server is there.
registerHttpTokens(defaultContainer);
