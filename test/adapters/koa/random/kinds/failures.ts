/** Work that does not succeed. */
import { FAILED } from "../../../host/random/kind.js";
import { Planned } from "../../../host/random/visit.js";
import type { KoaKind } from "../koa-visit.js";

export const FAILURES = {
  none: { ...FAILED, status: 404, answer: () => {} },
  conflict: { ...FAILED, status: 409, answer: (visit) => void (visit.ctx.status = 409) },
  refused: { ...FAILED, status: 422, answer: (visit) => visit.ctx.throw(422) },
  thrownAfterBody: {
    ...FAILED,
    answer(visit) {
      visit.ctx.body = { path: visit.use() };
      throw new Planned("thrown after the body");
    },
  },
  thrownAfterStream: {
    ...FAILED,
    async answer(visit) {
      visit.ctx.body = visit.stream(5);
      await visit.turns(2);
      throw new Planned("thrown after the stream");
    },
  },
  thrownAfterWeb: {
    ...FAILED,
    async answer(visit) {
      visit.ctx.body = visit.web(5);
      await visit.turns(2);
      throw new Planned("thrown after the web stream");
    },
  },
  thrownWhileHeld: {
    ...FAILED,
    answer(visit) {
      void visit.scope.hold(visit.untilAborted().then(() => visit.turns(2)));
      throw new Planned("thrown while something is held");
    },
  },
} satisfies Record<string, KoaKind>;
