/** Work that does not succeed. */
import { FAILED } from "../../../host/random/kind.js";
import { Planned } from "../../../host/random/visit.js";
import type { KoaKind } from "../koa-visit.js";

export const FAILURES = {
  none: { ...FAILED, status: 404, answer: () => {} },
  conflict: { ...FAILED, status: 409, answer: (visit) => void (visit.ctx.status = 409) },
  refused: { ...FAILED, status: 422, answer: (visit) => visit.ctx.throw(422) },
  thrown: {
    ...FAILED,
    async answer(visit) {
      await visit.turns(2);
      throw new Planned("thrown");
    },
  },
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
  unserialisable: { ...FAILED, answer: (visit) => void (visit.ctx.body = { big: 1n }) },
  /** Its code says that it failed, and answers 200. */
  vetoed: {
    ...FAILED,
    status: 200,
    answer(visit) {
      visit.scope.fail(new Planned("vetoed"));
      visit.ctx.body = "vetoed";
    },
  },
  /** Its work goes well, and its COMMIT does not. */
  failedCommit: {
    work: "success",
    answers: "whole",
    status: 500,
    spoils: true,
    async answer(visit) {
      await visit.spoil();
      visit.ctx.body = { path: visit.use() };
    },
  },
  failedLateCommit: {
    work: "success",
    answers: "whole",
    status: 200,
    spoils: true,
    async answer(visit) {
      await visit.spoil();
      visit.ctx.body = visit.stream(5);
    },
  },
  /** Ends by the signal. */
  heedful: {
    work: "aborted",
    answers: "silent",
    async answer(visit) {
      await visit.untilAborted();
      throw visit.scope.signal.reason;
    },
  },
} satisfies Record<string, KoaKind>;
