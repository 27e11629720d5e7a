/** The apps at which the random client fires: the same answers in every arrangement of the middleware around them. */
import { Stream } from "node:stream";
import etag from "@koa/etag";
import Koa from "koa";
import compress from "koa-compress";
import conditional from "koa-conditional-get";
import { type Container, Scope, token } from "ambit";
import { scopePerRequest } from "ambit/koa";
import type { Book } from "./book.js";
import { KINDS, type KindName } from "./kinds.js";
import type { Session } from "./store.js";
import { Planned, Visit } from "./visit.js";

type Where = "inside" | "outside";

/** Who stands where, seen from `scopePerRequest`. */
export interface Arrangement {
  /** Middleware that catches, and answers with the error's status. */
  readonly errors: Where | "both" | "none";
  readonly compress: Where | "none";
  /** Whether etag and conditional-get answer 304, which they do outside. */
  readonly cached: boolean;
  /** Whether the server was given `listener(app)`, and not `app.callback()`. */
  readonly listened: boolean;
}

export const ARRANGEMENTS: readonly Arrangement[] = (["inside", "outside", "both", "none"] as const).flatMap((errors) =>
  (["inside", "outside", "none"] as const).flatMap((compress) =>
    [true, false].flatMap((cached) => [true, false].map((listened) => ({ errors, compress, cached, listened }))),
  ),
);

export const TRANSACTION = token<Session>("transaction");

/** On Koa's context: the visit of its request. */
const VISIT = Symbol("visit");
export const visitOf = (ctx: Koa.Context): Visit | undefined => ctx[VISIT];

export function createApp(arrangement: Arrangement, container: Container, book: Book): Koa {
  const { errors, compress, cached, listened } = arrangement;
  const app = new Koa();
  app.on("error", (error, ctx) => hear(error, visitOf(ctx), listened, book));

  if (compress === "outside") app.use(compressed());
  if (cached) app.use(conditional()).use(etag());
  if (errors === "outside" || errors === "both") app.use(catchErrors);
  app.use(scopePerRequest(container));
  app.use(witness);
  if (errors === "inside" || errors === "both") app.use(catchErrors);
  if (compress === "inside") app.use(compressed());
  app.use((ctx) => answer(ctx, container, book));
  return app;
}

/** Brotli and zstd cost more time than they find bugs. */
const compressed = (): Koa.Middleware => compress({ threshold: 0, br: false, zstd: false });

async function answer(ctx: Koa.Context, container: Container, book: Book): Promise<void> {
  const kind = ctx.path.split("/")[1] as KindName;
  const visit = new Visit(ctx, container.resolve(Scope), book.open(kind, ctx.path), book);
  ctx[VISIT] = container.resolve(Scope).use(visit);
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

function hear(error: unknown, visit: Visit | undefined, listened: boolean, book: Book): void {
  if (visit === undefined || !isExpected(error))
    book.count("strangeErrors", visit?.entry.path ?? "no request", error as Error);
  if (visit === undefined) return;
  visit.entry.told = true;
  // From then on, what was set in the scope is there as well.
  if (listened && visit.settled) visit.here();
  else if (listened) visit.inScope();
}

/** What the network does, and Node, Koa and the libraries make of it; UNABLE_TO_PIPE is a body for a cut answer. */
const EXPECTED =
  /^(ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_DESTROYED|ERR_STREAM_UNABLE_TO_PIPE|ECONNRESET|ECONNABORTED|EPIPE|ABORT_ERR|HPE_\w+)$/;

function isExpected(error: unknown): boolean {
  const { code, name, message, status } = error as { code?: string; name: string; message: string; status?: number };
  if (error instanceof Planned || name === "AbortError" || status === 422) return true;
  return EXPECTED.test(code ?? "") || message.includes("BigInt");
}
