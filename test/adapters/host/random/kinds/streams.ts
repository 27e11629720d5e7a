/** Answers that leave after the handler has settled. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { PassThrough, pipeline, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { OK } from "../kind.js";
import type { AnyKind } from "../reply.js";
import type { Visit } from "../visit.js";

const FILE = fileURLToPath(new URL("../../../../../package.json", import.meta.url));
const ENDLESS = { work: "success", answers: "endless", status: 200 } as const;

type BodyOf = (visit: Visit) => Readable | ReadableStream;

/** Something is held beside the body, and takes longer. */
const heldWhile = (bodyOf: BodyOf): AnyKind => ({
  ...OK,
  answer(visit) {
    void visit.scope.hold(visit.turns(30).then(() => visit.write()));
    return { body: bodyOf(visit) };
  },
});

/** The COMMIT is refused when the body has been sent. */
const spoiling = (bodyOf: BodyOf): AnyKind => ({
  ...OK,
  spoils: true,
  async answer(visit) {
    await visit.spoil();
    return { body: bodyOf(visit) };
  },
});

/** Web streams. */
export const WEBS = {
  web: { ...OK, answer: (visit) => ({ body: visit.web(5) }) },
  slowWeb: { ...OK, answer: (visit) => ({ body: visit.web(20) }) },
  heldWeb: heldWhile((visit) => visit.web(5)),
  endlessWeb: { ...ENDLESS, answer: (visit) => ({ body: visit.web(Number.POSITIVE_INFINITY) }) },
  failedLateWeb: spoiling((visit) => visit.web(5)),
} satisfies Record<string, AnyKind>;

/** Node's streams. */
export const STREAMS = {
  stream: { ...OK, answer: (visit) => ({ body: visit.stream(5) }) },
  slowStream: { ...OK, answer: (visit) => ({ body: visit.stream(20) }) },
  generator: { ...OK, answer: (visit) => ({ body: Readable.from(visit.rows(5)) }) },
  file: { ...OK, answer: () => ({ body: createReadStream(FILE) }) },
  piped: {
    ...OK,
    answer(visit) {
      const source = visit.stream(5);
      // Only what is piped into the response itself is the adapter's to wait for.
      void visit.scope.hold(once(source, "close"));
      return { body: pipeline(source, new PassThrough(), () => {}) };
    },
  },
  heldStream: heldWhile((visit) => visit.stream(5)),
  endless: { ...ENDLESS, answer: (visit) => ({ body: visit.stream(Number.POSITIVE_INFINITY) }) },
  failing: {
    work: "success",
    answers: "breaks",
    status: 200,
    answer: (visit) => ({ body: visit.stream(5, { failing: true }) }),
  },
  failedLateCommit: spoiling((visit) => visit.stream(5)),
} satisfies Record<string, AnyKind>;
