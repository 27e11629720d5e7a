/** Answers that the app writes by itself, with `respond = false`. */
import { Planned } from "../../../host/random/visit.js";
import type { KoaKind, KoaVisit } from "../koa-visit.js";

const RAW = { raw: true, work: "success", status: 200 } as const;

export const RAWS = {
  raw: {
    ...RAW,
    answers: "whole",
    answer(visit) {
      visit.ctx.respond = false;
      void visit.turnsWhileOpen(4).then((open) => open && visit.ctx.res.writeHead(200).end(visit.use()));
    },
  },
  rawError: {
    raw: true,
    work: "error",
    status: 503,
    answers: "whole",
    answer(visit) {
      visit.ctx.respond = false;
      visit.ctx.res.writeHead(503).end(visit.use());
    },
  },
  rawEvents: {
    ...RAW,
    answers: "endless",
    answer(visit) {
      visit.ctx.respond = false;
      visit.ctx.res.writeHead(200).write("data: 1\n\n");
      void moreEvents(visit);
    },
  },
  rawThenThrown: {
    ...RAW,
    work: "error",
    answers: "hangs",
    async answer(visit) {
      visit.ctx.respond = false;
      visit.ctx.res.writeHead(200).write(visit.use());
      await visit.turns(2);
      throw new Planned("thrown after the head");
    },
  },
  rawUnanswered: { ...RAW, answers: "silent", answer: (visit) => void (visit.ctx.respond = false) },
} satisfies Record<string, KoaKind>;

async function moreEvents(visit: KoaVisit): Promise<void> {
  while (await visit.turnsWhileOpen(1)) {
    const { res } = visit.ctx;
    if (!res.writableNeedDrain) res.write(`data: ${visit.use()}\n\n`);
  }
}
