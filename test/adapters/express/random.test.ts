/** Express under fire: see test/adapters/koa/random. EXPRESS_ACTIONS says how many actions, EXPRESS_SEED which. */
import { createServer, type IncomingMessage } from "node:http";
import { drain, HttpRequest, invoke, requestScopes, scopePerRequest } from "ambit/express";
import compression from "compression";
import express from "express";
import express4 from "express4";
import { isStream, isWithin, replyTo, sendStream, visitOf, type World } from "../host/random/answer.js";
import { hear } from "../host/random/expected.js";
import { fireAt } from "../host/random/fire-at.js";
import type { Arrangement, Host } from "../host/random/host.js";
import { ON_NODE } from "../host/random/kinds.js";
import type { Reply } from "../host/random/reply.js";
import { Planned } from "../host/random/visit.js";

interface ExpressArrangement extends Arrangement {
  readonly version: 4 | 5;
  readonly compressed: boolean;
  /** Whether a controller answers, whose promise the adapter knows. */
  readonly invoked: boolean;
}

const ARRANGEMENTS = ([4, 5] as const).flatMap((version) =>
  [true, false].flatMap((compressed) =>
    // What a handler throws reaches the adapter as the status that error middleware gives it.
    [true, false].map((invoked) => ({ version, compressed, invoked, caught: !invoked, cached: false })),
  ),
);

const EXPRESS: Host<ExpressArrangement> = {
  name: "Express",
  arrangements: ARRANGEMENTS,
  kinds: ON_NODE,
  given: HttpRequest,
  visitOf,
  serve({ version, compressed, invoked }, container, book, within) {
    const app = version === 4 ? express4() : express();
    app.set("env", "test");
    if (compressed) app.use(compression({ threshold: 0 }));
    const onError = (error: unknown, req: IncomingMessage) => hear(error, visitOf(req), book);
    app.use(scopePerRequest(container, { onError }));
    const inner = scopePerRequest(within, { onError });
    app.use((req, res, next) => (isWithin(req) ? inner(req, res, next) : next()));
    const world: World = { container, within, book, kinds: ON_NODE };
    class Controller {
      answer = (req: express.Request, res: express.Response) => answer(req, res, world);
    }
    const handler: express.RequestHandler = (req, res, next) => void answer(req, res, world).catch(next);
    app.use(invoked ? invoke(Controller, "answer") : handler);
    const caught: express.ErrorRequestHandler = (error, req, res, next) => {
      hear(error, visitOf(req), book);
      if (res.headersSent) return next(error);
      res.status(error.status ?? 500).json({ message: "sorry" });
    };
    app.use(caught);
    return { server: createServer(app), live: () => requestScopes(app).length, drain: () => drain(app) };
  },
};

async function answer(req: express.Request, res: express.Response, world: World): Promise<void> {
  const hijack = (): void => {};
  await send(req, res, await replyTo(req, { req, res }, { parse: () => parse(req, res), hijack }, world));
}

const parser = express.json({ limit: "1mb" });

function parse(req: express.Request, res: express.Response): Promise<{ path: string }> {
  return new Promise((resolve, reject) => {
    parser(req, res, (error) => {
      // Of a request that is over it reads nothing.
      if (error || req.body === undefined) reject(error ?? new Planned("nothing was read"));
      else resolve(req.body);
    });
  });
}

async function send(req: express.Request, res: express.Response, reply: Reply | undefined): Promise<void> {
  if (reply === undefined) return;
  const { status = 200, body } = reply;
  res.status(status);
  if (isStream(body)) await sendStream(req, res, body);
  else if (body === null) res.end();
  else if (typeof body === "string" || Buffer.isBuffer(body)) res.send(body);
  else res.json(body);
}

fireAt(EXPRESS, "express/random.test.ts");
