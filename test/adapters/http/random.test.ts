/** Node's own server under fire: see test/adapters/koa/random. HTTP_ACTIONS says how many actions, HTTP_SEED which. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { drain, type Handler, HttpRequest, requestScopes, scopePerRequest } from "ambit/http";
import { isStream, isWithin, parseBody, replyTo, sendStream, visitOf, type World } from "../host/random/answer.js";
import { hear } from "../host/random/expected.js";
import { fireAt } from "../host/random/fire-at.js";
import type { Arrangement, Host } from "../host/random/host.js";
import { ON_HTTP } from "../host/random/kinds.js";
import type { Reply } from "../host/random/reply.js";

const HTTP: Host<Arrangement> = {
  name: "node:http",
  arrangements: [
    { caught: false, cached: false },
    { caught: true, cached: false },
  ],
  kinds: ON_HTTP,
  given: HttpRequest,
  visitOf,
  serve({ caught }, container, book, within) {
    const world = { container, within, book, kinds: ON_HTTP };
    const onError = (error: unknown, req: IncomingMessage) => hear(error, visitOf(req), book);
    const handler = caught ? catching : answer;
    const inner = scopePerRequest(within, (req, res) => handler(req, res, world), { onError });
    const answering: Handler = (req, res) => (isWithin(req) ? inner(req, res) : handler(req, res, world));
    const listener = scopePerRequest(container, answering, { onError });
    const live = () => requestScopes(listener).length + requestScopes(inner).length;
    return { server: createServer(listener), live, drain: () => drain(listener) };
  },
};

async function answer(req: IncomingMessage, res: ServerResponse, world: World): Promise<void> {
  const means = { parse: () => parseBody(req), hijack: () => {} };
  await send(req, res, await replyTo(req, { req, res }, means, world));
}

async function catching(req: IncomingMessage, res: ServerResponse, world: World): Promise<void> {
  try {
    await answer(req, res, world);
  } catch (error) {
    hear(error, visitOf(req), world.book);
    if (res.headersSent) throw error;
    res.writeHead(500).end("sorry");
  }
}

async function send(req: IncomingMessage, res: ServerResponse, reply: Reply | undefined): Promise<void> {
  if (reply === undefined) return;
  const { status = 200, body } = reply;
  if (isStream(body)) return sendStream(req, res, body);
  const isText = body === null || typeof body === "string" || Buffer.isBuffer(body);
  res.writeHead(status).end(isText ? body : JSON.stringify(body));
}

fireAt(HTTP, "http/random.test.ts");
