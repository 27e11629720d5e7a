/** Work that does not succeed. */
import { FAILED } from "../kind.js";
import type { AnyKind } from "../reply.js";
import { Planned } from "../visit.js";

export const FAILURES = {
  conflict: { ...FAILED, status: 409, answer: () => ({ status: 409, body: "conflict" }) },
  thrown: {
    ...FAILED,
    async answer(visit) {
      await visit.turns(2);
      throw new Planned("thrown");
    },
  },
  thrownWhileHeld: {
    ...FAILED,
    answer(visit) {
      // A status tells of its end only when the scope closes, which waits for this.
      void visit.scope.hold(visit.turns(6).then(() => visit.write()));
      throw new Planned("thrown while something is held");
    },
  },
  unserialisable: { ...FAILED, answer: () => ({ body: { big: 1n } }) },
  vetoed: {
    ...FAILED,
    status: 200,
    answer(visit) {
      visit.scope.fail(new Planned("vetoed"));
      return { body: "vetoed" };
    },
  },
  failedCommit: {
    work: "success",
    answers: "whole",
    status: 500,
    spoils: true,
    async answer(visit) {
      await visit.spoil();
      return { body: { path: visit.use() } };
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
} satisfies Record<string, AnyKind>;
