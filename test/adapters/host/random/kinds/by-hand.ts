/** Answers for which a handler needs its host: bodies that are read, and what is written by hand. */
import type { HostVisit } from "../host-visit.js";
import { OK } from "../kind.js";
import type { HostKind } from "../reply.js";
import { Planned } from "../visit.js";

const RAW = { raw: true, work: "success", status: 200 } as const;

/** Answers to a body. */
export const BODIES = {
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
} satisfies Record<string, HostKind>;

/** What the app writes by itself. */
export const RAWS = {
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
} satisfies Record<string, HostKind>;

/** What only a host can have that knows when its handler has settled. */
export const SETTLING = {
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
} satisfies Record<string, HostKind>;

async function moreEvents(visit: HostVisit): Promise<void> {
  while (await visit.turnsWhileOpen(1)) {
    const { res } = visit.wire;
    if (!res.writableNeedDrain) res.write(`data: ${visit.use()}\n\n`);
  }
}
