/** Answers that leave after the chain has settled. */
import { createReadStream } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { OK } from "../../../host/random/kind.js";
import type { KoaKind, KoaVisit } from "../koa-visit.js";

const FILE = fileURLToPath(new URL("../../../../../package.json", import.meta.url));
const ENDLESS = { work: "success", answers: "endless", status: 200 } as const;

export const STREAMS = {
  stream: { ...OK, answer: (visit) => void (visit.ctx.body = visit.stream(5)) },
  slowStream: { ...OK, answer: (visit) => void (visit.ctx.body = visit.stream(20)) },
  generator: { ...OK, answer: (visit) => void (visit.ctx.body = Readable.from(visit.rows(5))) },
  file: { ...OK, answer: (visit) => void (visit.ctx.body = createReadStream(FILE)) },
  piped: {
    ...OK,
    answer(visit) {
      const source = visit.stream(5);
      visit.ctx.body = source;
      visit.ctx.body = source.pipe(new PassThrough());
    },
  },
  heldStream: {
    ...OK,
    answer(visit) {
      void visit.scope.hold(visit.turns(30).then(() => visit.write()));
      visit.ctx.body = visit.stream(5);
    },
  },
  web: { ...OK, answer: (visit) => void (visit.ctx.body = visit.web(5)) },
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
  endless: { ...ENDLESS, answer: (visit) => void (visit.ctx.body = visit.stream(Number.POSITIVE_INFINITY)) },
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
  failing: {
    work: "success",
    answers: "breaks",
    status: 200,
    answer: (visit) => void (visit.ctx.body = visit.stream(5, { failing: true })),
  },
} satisfies Record<string, KoaKind>;

async function sendEvents(visit: KoaVisit, body: PassThrough): Promise<void> {
  while (!body.destroyed) {
    if (!body.writableNeedDrain) body.write(`data: ${visit.use()}\n\n`);
    await visit.turns(1);
  }
}
