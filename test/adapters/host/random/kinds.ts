/** The kinds of answers that every host can give: what a handler returns, and the host's own code sends. */
import { createReadStream } from "node:fs";
import { once } from "node:events";
import { PassThrough, pipeline, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { HostVisit } from "./host-visit.js";
import { FAILED, type Kind, OK } from "./kind.js";
import { Planned } from "./visit.js";

/** An answer; nothing for one that the handler has sent by itself. */
export type Reply = { readonly status?: number; readonly body: Body } | undefined;

type Body = object | string | Buffer | Readable | ReadableStream | null;

export type HostKind = Kind<HostVisit, Reply>;
type Kinds = Record<string, HostKind>;

const LARGE = Buffer.alloc(300_000, "x");
const FILE = fileURLToPath(new URL("../../../../package.json", import.meta.url));
const ENDLESS = { work: "success", answers: "endless", status: 200 } as const;
const RAW = { raw: true, work: "success", status: 200 } as const;

/** Complete when the handler has settled. */
const WHOLE = {
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
  parsed: {
    ...OK,
    reads: "before it answers",
    async answer(visit) {
      const { entry } = visit;
      entry.read = "a part";
      const { path } = await visit.means.parse();
      visit.use();
      entry.read = "all";
      if (path !== entry.path) throw new Error(`${entry.path} was given the body of ${path}`);
      return { body: { path } };
    },
  },
} satisfies Kinds;

/** Work that does not succeed. */
const FAILURES = {
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
} satisfies Kinds;

/** Web streams. */
const WEBS = {
  web: { ...OK, answer: (visit) => ({ body: visit.web(5) }) },
  slowWeb: { ...OK, answer: (visit) => ({ body: visit.web(20) }) },
  heldWeb: {
    ...OK,
    answer(visit) {
      void visit.scope.hold(visit.turns(30).then(() => visit.write()));
      return { body: visit.web(5) };
    },
  },
  endlessWeb: { ...ENDLESS, answer: (visit) => ({ body: visit.web(Number.POSITIVE_INFINITY) }) },
  failedLateWeb: {
    work: "success",
    answers: "whole",
    status: 200,
    spoils: true,
    async answer(visit) {
      await visit.spoil();
      return { body: visit.web(5) };
    },
  },
} satisfies Kinds;

/** Node's streams. */
const STREAMS = {
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
  heldStream: {
    ...OK,
    answer(visit) {
      void visit.scope.hold(visit.turns(30).then(() => visit.write()));
      return { body: visit.stream(5) };
    },
  },
  endless: { ...ENDLESS, answer: (visit) => ({ body: visit.stream(Number.POSITIVE_INFINITY) }) },
  failing: {
    work: "success",
    answers: "breaks",
    status: 200,
    answer: (visit) => ({ body: visit.stream(5, { failing: true }) }),
  },
  failedLateCommit: {
    work: "success",
    answers: "whole",
    status: 200,
    spoils: true,
    async answer(visit) {
      await visit.spoil();
      return { body: visit.stream(5) };
    },
  },
} satisfies Kinds;

/** What the app writes by itself. */
const RAWS = {
  parts: {
    ...RAW,
    answers: "whole",
    async answer(visit) {
      visit.means.hijack();
      visit.wire.res.writeHead(200).write(visit.use());
      if (await visit.turnsWhileOpen(4)) visit.wire.res.end(visit.use());
      return undefined;
    },
  },
  partsError: {
    raw: true,
    work: "error",
    status: 503,
    answers: "whole",
    answer(visit) {
      visit.means.hijack();
      visit.wire.res.writeHead(503).write(visit.use());
      visit.wire.res.end();
      return undefined;
    },
  },
  events: {
    ...RAW,
    answers: "endless",
    async answer(visit) {
      visit.means.hijack();
      visit.wire.res.writeHead(200).write("data: 1\n\n");
      void moreEvents(visit);
      return undefined;
    },
  },
} satisfies Kinds;

/** What only a host can have that knows when its handler has settled. */
const SETTLING = {
  unanswered: { ...RAW, answers: "silent", answer: async () => undefined },
  begunThenThrown: {
    ...RAW,
    work: "error",
    answers: "breaks",
    async answer(visit) {
      visit.wire.res.writeHead(200).write(visit.use());
      await visit.turns(2);
      throw new Planned("thrown after the head");
    },
  },
} satisfies Kinds;

export const EVERYWHERE = { ...WHOLE, ...FAILURES, ...WEBS };
export const ON_NODE = { ...EVERYWHERE, ...STREAMS, ...RAWS };
export const ON_HTTP = { ...ON_NODE, ...SETTLING };

async function moreEvents(visit: HostVisit): Promise<void> {
  while (await visit.turnsWhileOpen(1)) {
    const { res } = visit.wire;
    if (!res.writableNeedDrain) res.write(`data: ${visit.use()}\n\n`);
  }
}
