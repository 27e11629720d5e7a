/** The tokens under which instances of a request find what Fastify gave its handler. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { DependencyContainer } from "../../container/api.js";
import { container as defaultContainer } from "../../container/container.js";
import { token } from "../../container/token.js";

/** Fastify's request, in whose scope it is asked for: `@inject(HttpRequest) request: FastifyRequest`. */
export const HttpRequest = token<FastifyRequest>("FastifyRequest");

/** Its reply: `@inject(HttpReply) reply: FastifyReply`. */
export const HttpReply = token<FastifyReply>("FastifyReply");

/** Lets the container know that each scope will be given them. */
export function registerFastifyTokens(container: DependencyContainer): void {
  for (const each of [HttpRequest, HttpReply]) {
    if (!container.isRegistered(each, true)) container.register(each, { useSeed: true });
  }
}

// Whoever mentions the tokens may be looked at before an app is there.
registerFastifyTokens(defaultContainer);
