/** The apps at which the random client fires: the same answers in every arrangement of the middleware around them. */
import { createServer } from "node:http";
import { Stream } from "node:stream";
import etag from "@koa/etag";
import { type Container, Scope } from "ambit";
import { drain, KoaContext, listener, requestScopes, scopePerRequest } from "ambit/koa";
import Koa from "koa";
import compress from "koa-compress";
import conditional from "koa-conditional-get";
import { isWithin } from "../../host/random/answer.js";
import type { Book } from "../../host/random/book.js";
import { isExpected } from "../../host/random/expected.js";
import { TRANSACTION } from "../../host/random/fire.js";
import type { Arrangement as AnyArrangement, Host, Served } from "../../host/random/host.js";
import { KINDS, type KindName } from "./kinds.js";
import { KoaVisit } from "./koa-visit.js";

type Where = "inside" | "outside";

/** Who stands where, seen from `scopePerRequest`. */
export interface Arrangement extends AnyArrangement {
  /** Middleware that catches, and answers with the error's status. */
  readonly errors: Where | "both" | "none";
  readonly compress: Where | "none";
  /** Whether the server was given `listener(app)`, and not `app.callback()`. */
  readonly listened: boolean;
}

const ARRANGEMENTS: readonly Arrangement[] = (["inside", "outside", "both", "none"] as const).flatMap((errors) =>
  (["inside", "outside", "none"] as const).flatMap((compress) =>
    [true, false].flatMap((cached) =>
      [true, false].map((listened) => ({
        errors,
        compress,
        cached,
        listened,
        caught: errors === "inside" || errors === "both",
      })),
    ),
  ),
);

/** On Koa's context: the visit of its request. */
const VISIT = Symbol("visit");
const visitOf = (ctx: object): KoaVisit | undefined => (ctx as Koa.Context)[VISIT];

export const KOA: Host<Arrangement> = {
  name: "Koa",
  arrangements: ARRANGEMENTS,
  kinds: KINDS,
  given: KoaContext,
  visitOf,
  serve(arrangement, container, book, within): Served {
    const app = createApp(arrangement, { container, within }, book);
    const handle = app.callback();
    const server = createServer(arrangement.listened ? listener(app) : (req, res) => void handle(req, res));
    return { server, live: () => requestScopes(app).length, drain: () => drain(app) };
  },
};

/** The second has a scope inside of that of the first, for requests that say so. */
interface Containers {
  readonly container: Container;
  readonly within: Container;
}

function createApp(arrangement: Arrangement, containers: Containers, book: Book): Koa {
  const { errors, compress, cached, listened } = arrangement;
  const app = new Koa();
  app.on("error", (error, ctx) => hear(error, visitOf(ctx), listened, book));

  if (compress === "outside") app.use(compressed());
  if (cached) app.use(conditional()).use(etag());
  if (errors === "outside" || errors === "both") app.use(catchErrors);
  app.use(scopePerRequest(containers.container));
  const inner = scopePerRequest(containers.within);
  app.use((ctx, next) => (isWithin(ctx) ? inner(ctx, next) : next()));
  app.use(witness);
  if (errors === "inside" || errors === "both") app.use(catchErrors);
  if (compress === "inside") app.use(compressed());
  app.use((ctx) => answer(ctx, containers, book));
  return app;
}

/** Brotli and zstd cost more time than they find bugs. */
const compressed = (): Koa.Middleware => compress({ threshold: 0, br: false, zstd: false });

async function answer(ctx: Koa.Context, containers: Containers, book: Book): Promise<void> {
  const container = isWithin(ctx) ? containers.within : containers.container;
  const kind = ctx.path.split("/")[1] as KindName;
  const visit = new KoaVisit(ctx, container.resolve(Scope), book.open(kind, ctx.path), book);
  ctx[VISIT] = container.resolve(Scope).use(visit);
  if (container === containers.within) visit.surroundedBy(containers.container.resolve(Scope));
  await container.resolveAsync(TRANSACTION);
  await visit.write();
  if (ctx.query.late) await visit.turns(Number(ctx.query.late));
  await KINDS[kind].answer(visit);
}

/** Notes what came out of the chain, without the adapter's help. */
const witness: Koa.Middleware = async (ctx, next) => {
  try {
    await next();
  } finally {
    const visit = visitOf(ctx);
    if (visit !== undefined) {
      visit.settled = true;
      visit.entry.streamed = isSentLater(ctx.body);
    }
  }
};

const isSentLater = (body: unknown): boolean =>
  body instanceof Stream || body instanceof ReadableStream || (body instanceof Response && body.body !== null);

const catchErrors: Koa.Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const { status = 500, message } = error as { status?: number; message: string };
    ctx.status = status;
    ctx.body = { message };
    ctx.app.emit("error", error, ctx);
  }
};

function hear(error: unknown, visit: KoaVisit | undefined, listened: boolean, book: Book): void {
  if (visit === undefined || !isExpected(error))
    book.count("strangeErrors", visit?.entry.path ?? "no request", error as Error);
  if (visit === undefined) return;
  visit.entry.told = true;
  // From then on, what was set in the scope is there as well.
  if (listened && visit.entry.around !== undefined) visit.inAnyScope();
  else if (listened && visit.settled) visit.here();
  else if (listened) visit.inScope();
}
