/** Hono on Node's server under fire: see test/adapters/koa/random. HONO_ACTIONS says how many actions, HONO_SEED which. */
import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { drain, HonoContext, requestScopes, scopePerRequest } from "ambit/hono";
import { type Context, Hono } from "hono";
import { compress } from "hono/compress";
import { etag } from "hono/etag";
import { isWithin, replyTo, visitOf, type World } from "../host/random/answer.js";
import { hear } from "../host/random/expected.js";
import { fireAt } from "../host/random/fire-at.js";
import type { Arrangement, Host } from "../host/random/host.js";
import { EVERYWHERE } from "../host/random/kinds.js";
import type { Reply } from "../host/random/reply.js";

interface HonoArrangement extends Arrangement {
  readonly compressed: boolean;
  readonly tagged: boolean;
}

type Env = { Bindings: HttpBindings };

const HONO: Host<HonoArrangement> = {
  name: "Hono",
  arrangements: [true, false].flatMap((compressed) =>
    [true, false].map((tagged) => ({ compressed, tagged, caught: false, cached: false })),
  ),
  kinds: EVERYWHERE,
  given: HonoContext,
  visitOf,
  serve({ compressed, tagged }, container, book, within) {
    const app = new Hono<Env>();
    const onError = (error: unknown, c: Context) => hear(error, visitOf(c), book);
    const scopes = scopePerRequest(container, { onError });
    if (compressed) app.use(compress({ threshold: 0, contentTypeFilter: () => true }));
    // It reads streams to their end, which endless ones do not have.
    if (tagged) app.use("/:kind{json|string|large}/*", etag());
    app.use(scopes);
    const inner = scopePerRequest(within, { onError });
    app.use((c, next) => (isWithin(c.req) ? inner(c, next) : next()));
    app.onError((error, c) => {
      hear(error, visitOf(c), book);
      return c.text("sorry", 500);
    });
    const world: World = { container, within, book, kinds: EVERYWHERE };
    app.all("*", async (c) => {
      const wire = { req: c.env.incoming, res: c.env.outgoing };
      const means = { parse: () => c.req.json(), hijack: () => {} };
      return responseOf(c, await replyTo(c, wire, means, world));
    });
    const server = createAdaptorServer(app) as Server;
    return {
      server,
      live: () => requestScopes(scopes).length + requestScopes(inner).length,
      drain: () => drain(scopes),
    };
  },
};

function responseOf(c: Context, reply: Reply | undefined): Response {
  const { status = 200, body } = reply!;
  const isPlain = body === null || typeof body === "string" || body instanceof Uint8Array;
  if (isPlain || body instanceof ReadableStream) return c.body(body as never, status as never);
  return c.json(body as never);
}

fireAt(HONO, "hono/random.test.ts");
