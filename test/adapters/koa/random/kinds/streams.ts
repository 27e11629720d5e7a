/** Answers that leave after the chain has settled. */
import { PassThrough } from "node:stream";
import { OK } from "../../../host/random/kind.js";
import type { KoaKind, KoaVisit } from "../koa-visit.js";

const ENDLESS = { work: "success", answers: "endless", status: 200 } as const;

export const STREAMS = {
  piped: {
    ...OK,
    answer(visit) {
      const source = visit.stream(5);
      visit.ctx.body = source;
      visit.ctx.body = source.pipe(new PassThrough());
    },
  },
  response: { ...OK, answer: (visit) => void (visit.ctx.body = new Response(visit.web(5))) },
  fetched: {
    ...OK,
    answer(visit) {
      visit.ctx.body = new Response(visit.use(), { status: 200, headers: { "X-Path": visit.use() } });
    },
  },
  notModified: {
    ...OK,
    status: 304,
    answer(visit) {
      visit.ctx.body = visit.stream(5);
      visit.ctx.status = 304;
    },
  },
  webNotModified: {
    ...OK,
    status: 304,
    answer(visit) {
      visit.ctx.body = visit.web(5);
      visit.ctx.status = 304;
    },
  },
  endlessWeb: {
    ...ENDLESS,
    answer(visit) {
      // Inside the scope, koa-compress would take a web stream for an object, and send "{}".
      visit.ctx.compress = false;
      visit.ctx.body = visit.web(Number.POSITIVE_INFINITY);
    },
  },
  /** Server-sent events, as a body. */
  events: {
    ...ENDLESS,
    answer(visit) {
      const body = new PassThrough();
      visit.ctx.type = "text/event-stream";
      visit.ctx.body = body;
      void visit.scope.hold(sendEvents(visit, body));
    },
  },
} satisfies Record<string, KoaKind>;

async function sendEvents(visit: KoaVisit, body: PassThrough): Promise<void> {
  while (!body.destroyed) {
    if (!body.writableNeedDrain) body.write(`data: ${visit.use()}\n\n`);
    await visit.turns(1);
  }
}
