/** The plugin that gives each request its scope. */
import { tracingChannel } from "node:diagnostics_channel";
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { container as defaultContainer } from "../../container/container.js";
import type { DependencyContainer, Scope } from "../../registry/api.js";
import { requestOf } from "../host/live-scope.js";
import { liveScopesOf } from "../host/live-scopes.js";
import { openScope } from "../host/open-scope.js";
import { type HostOptions, PATIENCE, type Settings } from "../host/options.js";
import { registerSeeds } from "../host/seed-tokens.js";
import { type Exchange, FASTIFY, FastifyExchange } from "./request.js";
import { SEEDS } from "./tokens.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The scope of this request, where `scopePerRequest` is registered; the innermost, if there are several. */
    readonly scope: Scope;
  }
}

/** What `scopePerRequest` may be told. Without `onError`, what it would hear is logged as an error of the request. */
export interface ScopePerRequestOptions extends HostOptions<Exchange> {}

/**
 * A plugin that gives each request a scope of its own, with `HttpRequest` and `HttpReply` as seeds, and closes it once:
 * `app.register(scopePerRequest(container))`.
 *
 * It holds for the instance that it is registered in, and for those inside. A payload that is complete is the end of the
 * work: it is sent after its scope has closed, and a commit that fails goes to the error handler. A stream is sent first.
 * `onSend` hooks that ask for instances are to be registered before it.
 *
 * @param container default: ambit's
 */
export function scopePerRequest(
  container: DependencyContainer = defaultContainer,
  options: ScopePerRequestOptions = {},
): FastifyPluginCallback {
  return pluginOf(container, { ...options, patience: PATIENCE });
}

/** The plugin, with the times that tests change. */
export function pluginOf(
  container: DependencyContainer,
  settings: Settings<ScopePerRequestOptions>,
): FastifyPluginCallback {
  registerSeeds(container, SEEDS);
  const scopePerRequest: FastifyPluginCallback = (app, _, done) => {
    addHooks(app, (request, reply) => {
      const scope = openScope(container, [request, reply], settings, FASTIFY);
      return scope && new FastifyExchange(request, reply, scope, settings, liveScopesOf(app.server));
    });
    done();
  };
  return Object.assign(scopePerRequest, OF_ITS_PARENT);
}

/** Its hooks are those of the instance that registers it, and not of one of its own. */
const OF_ITS_PARENT = {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "ambit",
  [Symbol.for("plugin-meta")]: { name: "ambit", fastify: "5.x" },
};

function addHooks(app: FastifyInstance, open: (...exchange: Exchange) => FastifyExchange | undefined): void {
  const exchanges = new WeakMap<FastifyRequest, FastifyExchange>();
  if (!app.hasRequestDecorator("scope")) app.decorateRequest("scope", { getter: scopeOf });
  app.addHook("onRequest", (request, reply, done) => {
    const exchange = open(request, reply);
    if (exchange === undefined) return done();
    exchanges.set(request, exchange);
    hearHandlers();
    exchange.run(done);
  });
  app.addHook("onError", (request, _, error, done) => {
    exchanges.get(request)?.failed(error);
    done();
  });
  app.addHook("onSend", async (request, _, payload) => {
    const exchange = exchanges.get(request);
    return exchange === undefined ? payload : exchange.sends(payload);
  });
}

/** The scope of a request: the innermost, if there are several. */
function scopeOf(this: FastifyRequest): Scope {
  return requestOf(this)!.scope;
}

let isHearing = false;

/** Fastify says through this channel alone when a handler's promise has settled that sent nothing. */
function hearHandlers(): void {
  if (isHearing) return;
  isHearing = true;
  const ignore = (): void => {};
  tracingChannel<{ request: FastifyRequest; reply: FastifyReply }>("fastify.request.handler").subscribe({
    start: ignore,
    end: ignore,
    asyncStart: ignore,
    error: ignore,
    asyncEnd: ({ request }) => tellReturned(request),
  });
}

function tellReturned(request: FastifyRequest): void {
  for (let each = requestOf(request); each !== undefined; each = each.outer) (each as FastifyExchange).returned();
}
