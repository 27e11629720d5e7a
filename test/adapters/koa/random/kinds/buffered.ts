/** Answers that are complete when the chain settles, beside those of every host. */
import { OK } from "../../../host/random/kind.js";
import type { KoaKind } from "../koa-visit.js";

export const BUFFERED = {
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
} satisfies Record<string, KoaKind>;
