/** Answers that are complete when the handler has settled. */
import { OK } from "../kind.js";
import type { AnyKind } from "../reply.js";

const LARGE = Buffer.alloc(300_000, "x");

export const BUFFERED = {
  json: { ...OK, answer: (visit) => ({ body: { toJSON: () => visit.use() } }) },
  slowJson: {
    ...OK,
    async answer(visit) {
      await visit.turns(5);
      return { body: { path: visit.use() } };
    },
  },
  string: { ...OK, answer: (visit) => ({ body: visit.use() }) },
  buffer: { ...OK, answer: (visit) => ({ body: Buffer.from(visit.use()) }) },
  large: { ...OK, answer: () => ({ body: LARGE }) },
  empty: { ...OK, status: 204, answer: () => ({ status: 204, body: null }) },
  held: {
    ...OK,
    answer(visit) {
      void visit.scope.hold(visit.turns(4).then(() => visit.write()));
      return { body: "held" };
    },
  },
  heldInVain: {
    ...OK,
    answer(visit) {
      const work = visit.turns(4).then(() => Promise.reject(new Error("What was held fails.")));
      visit.scope.hold(work).catch(() => visit.here());
      return { body: "held" };
    },
  },
  /** Finishes in peace although its client has left. */
  heedless: {
    work: "success",
    answers: "silent",
    async answer(visit) {
      await visit.untilAborted();
      await visit.turns(3);
      return { body: "finished all the same" };
    },
  },
} satisfies Record<string, AnyKind>;
