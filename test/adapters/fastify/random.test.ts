/** Fastify under fire: see test/adapters/koa/random. FASTIFY_ACTIONS says how many actions, FASTIFY_SEED which. */
import type { IncomingMessage } from "node:http";
import compress from "@fastify/compress";
import { drain, HttpRequest, requestScopes, scopePerRequest } from "ambit/fastify";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { isStream, isWithin, parseBody, replyTo, visitOf, type World } from "../host/random/answer.js";
import { hear } from "../host/random/expected.js";
import { fireAt } from "../host/random/fire-at.js";
import type { Arrangement, Host } from "../host/random/host.js";
import { ON_NODE } from "../host/random/kinds.js";

interface FastifyArrangement extends Arrangement {
  readonly compressed: boolean;
  /** Whether there is an error handler of the app's. */
  readonly handled: boolean;
}

/** Which of two routes with one path is meant: only one of them is in the plugin that opens a second scope. */
const BY_QUERY = {
  name: "within",
  storage() {
    const routes: Record<string, never> = {};
    return {
      get: (asks: string) => routes[asks] ?? null,
      set: (asks: string, route: never) => void (routes[asks] = route),
    };
  },
  deriveConstraint: (req: IncomingMessage) => String(isWithin(req)),
  validate: () => {},
};

const FASTIFY: Host<FastifyArrangement> = {
  name: "Fastify",
  arrangements: [true, false].flatMap((compressed) =>
    [true, false].map((handled) => ({ compressed, handled, caught: false, cached: false })),
  ),
  kinds: ON_NODE,
  given: HttpRequest,
  visitOf,
  async serve({ compressed, handled }, container, book, within) {
    // Fastify would answer a head that breaks off with a body, in place of an answer to HEAD that is still to come.
    const app = fastify({
      clientErrorHandler: (_, socket) => void socket.destroy(),
      routerOptions: { constraints: { within: BY_QUERY } },
    });
    const onError = (error: unknown, request: FastifyRequest) => hear(error, visitOf(request), book);
    void app.register(scopePerRequest(container, { onError }));
    if (compressed) void app.register(compress, { threshold: 0 });
    app.addHook("onError", async (request, _, error) => hear(error, visitOf(request), book));
    if (handled) app.setErrorHandler((_, __, reply) => reply.code(500).send({ message: "sorry" }));
    // Bodies are for the handlers to read, or to leave.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_, payload, done) => done(null, payload));
    const world: World = { container, within, book, kinds: ON_NODE };
    const routes = (scoped: FastifyInstance, asks: boolean) =>
      scoped.route({
        method: ["GET", "POST"],
        url: "/:kind/:number",
        constraints: { within: String(asks) },
        handler: (request, reply) => answer(request, reply, world),
      });
    routes(app, false);
    void app.register(async (inside) => {
      void inside.register(scopePerRequest(within, { onError }));
      routes(inside, true);
    });
    await app.ready();
    return { server: app.server, live: () => requestScopes(app).length, drain: () => drain(app) };
  },
};

async function answer(request: FastifyRequest, reply: FastifyReply, world: World): Promise<unknown> {
  const wire = { req: request.raw, res: reply.raw };
  const means = { parse: () => parseBody(request.raw), hijack: () => void reply.hijack() };
  const answered = await replyTo(request, wire, means, world);
  if (answered === undefined) return undefined;
  // To HEAD, too, Fastify sends it as a stream.
  visitOf(request)!.entry.streamed = isStream(answered.body);
  reply.code(answered.status ?? 200).send(answered.body);
  // Of what is complete, Fastify needs no word that it has been sent.
  return isStream(answered.body) || Number(request.url.split("/")[2]) % 2 ? reply : undefined;
}

fireAt(FASTIFY, "fastify/random.test.ts");
