/** Answers that are complete when the chain settles. */
import { OK } from "../../../host/random/kind.js";
import type { KoaKind } from "../koa-visit.js";

const LARGE = Buffer.alloc(300_000, "x");

export const BUFFERED = {
  json: { ...OK, answer: (visit) => void (visit.ctx.body = { toJSON: () => visit.use() }) },
  slowJson: {
    ...OK,
    async answer(visit) {
      await visit.turns(5);
      visit.ctx.body = { path: visit.use() };
    },
  },
  string: { ...OK, answer: (visit) => void (visit.ctx.body = visit.use()) },
  buffer: { ...OK, answer: (visit) => void (visit.ctx.body = Buffer.from(visit.use())) },
  large: { ...OK, answer: (visit) => void (visit.ctx.body = LARGE) },
  blob: { ...OK, answer: (visit) => void (visit.ctx.body = new Blob([visit.use()])) },
  empty: { ...OK, status: 204, answer: (visit) => void (visit.ctx.body = null) },
  redirect: { ...OK, status: 302, answer: (visit) => visit.ctx.redirect("/") },
  replaced: {
    ...OK,
    answer(visit) {
      visit.ctx.body = visit.stream(5);
      visit.ctx.body = visit.web(5);
      visit.ctx.body = "replaced";
    },
  },
  held: {
    ...OK,
    answer(visit) {
      void visit.scope.hold(visit.turns(4).then(() => visit.write()));
      visit.ctx.body = "held";
    },
  },
  heldInVain: {
    ...OK,
    answer(visit) {
      const work = visit.turns(4).then(() => Promise.reject(new Error("What was held fails.")));
      visit.scope.hold(work).catch(() => visit.here());
      visit.ctx.body = "held";
    },
  },
  /** Finishes in peace although its client has left. */
  heedless: {
    work: "success",
    answers: "silent",
    async answer(visit) {
      await visit.untilAborted();
      await visit.turns(3);
      visit.ctx.body = "finished all the same";
    },
  },
} satisfies Record<string, KoaKind>;
