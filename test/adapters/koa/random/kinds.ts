/** The kinds of answers that the random server knows, what it does for each, and what has to become of the scope. */
import { PassThrough, Readable } from "node:stream";
import type Koa from "koa";
import type { Outcome } from "ambit";
import type { Visit } from "./server.js";

type Status = Outcome["status"];

interface Kind {
  answer(ctx: Koa.Context, visit: Visit): void | Promise<unknown>;
  /** How the scope may end, by whether the client has waited for the answer, and read as much as there was. */
  outcome(waited: boolean): readonly Status[];
  /** The status that a client sees who stays; `undefined` for an answer that never ends, or is cut by the server. */
  readonly status?: number;
}

const always = (status: Status) => () => [status];
/** Only the server knows whether a client that left was quicker than the answer. */
const thatWasRead = (status: Status) => (waited: boolean) => (waited ? [status] : [status, "aborted" as const]);
const whenSent = thatWasRead("success");

export const KINDS = {
  json: {
    answer: (ctx, visit) => void (ctx.body = { toJSON: () => visit.use() }),
    outcome: always("success"),
    status: 200,
  },
  slowJson: {
    async answer(ctx, visit) {
      await visit.turns(5);
      ctx.body = { id: visit.use() };
    },
    outcome: always("success"),
    status: 200,
  },
  empty: { answer: (ctx) => void (ctx.body = null), outcome: always("success"), status: 204 },
  redirect: { answer: (ctx) => ctx.redirect("/"), outcome: always("success"), status: 302 },
  none: { answer: () => {}, outcome: always("error"), status: 404 },
  conflict: { answer: (ctx) => void (ctx.status = 409), outcome: always("error"), status: 409 },
  handled: { answer: (ctx) => ctx.throw(422), outcome: always("error"), status: 422 },
  thrown: {
    async answer(_, visit) {
      await visit.turns(2);
      throw new Error("thrown");
    },
    outcome: always("error"),
    status: 500,
  },
  unserialisable: { answer: (ctx) => void (ctx.body = { big: 1n }), outcome: always("error"), status: 500 },
  failedCommit: {
    answer(ctx, visit) {
      visit.commit = () => Promise.reject(new Error("COMMIT failed"));
      ctx.body = { id: visit.use() };
    },
    outcome: always("success"),
    status: 500,
  },
  held: {
    answer(ctx, visit) {
      void visit.scope.hold(visit.turns(4));
      ctx.body = "held";
    },
    outcome: always("success"),
    status: 200,
  },
  heedful: { answer: (_, visit) => visit.untilAborted(), outcome: always("aborted") },
  heedless: {
    async answer(ctx, visit) {
      await visit.untilAborted().catch(() => {});
      await visit.turns(3);
      ctx.body = "finished all the same";
    },
    outcome: always("success"),
  },
  stream: { answer: (ctx, visit) => void (ctx.body = visit.stream(5)), outcome: whenSent, status: 200 },
  slowStream: { answer: (ctx, visit) => void (ctx.body = visit.stream(20)), outcome: whenSent, status: 200 },
  generator: { answer: (ctx, visit) => void (ctx.body = Readable.from(visit.rows(5))), outcome: whenSent, status: 200 },
  piped: {
    answer(ctx, visit) {
      const source = visit.stream(5);
      ctx.body = source;
      ctx.body = source.pipe(new PassThrough());
    },
    outcome: whenSent,
    status: 200,
  },
  web: { answer: (ctx, visit) => void (ctx.body = visit.web(5)), outcome: whenSent, status: 200 },
  response: { answer: (ctx, visit) => void (ctx.body = new Response(visit.web(5))), outcome: whenSent, status: 200 },
  endless: {
    answer: (ctx, visit) => void (ctx.body = visit.stream(Number.POSITIVE_INFINITY)),
    outcome: always("aborted"),
  },
  endlessWeb: {
    answer: (ctx, visit) => void (ctx.body = visit.web(Number.POSITIVE_INFINITY)),
    outcome: always("aborted"),
  },
  replaced: {
    answer(ctx, visit) {
      ctx.body = visit.stream(5);
      ctx.body = visit.web(5);
      ctx.body = "replaced";
    },
    outcome: always("success"),
    status: 200,
  },
  streamThenThrow: {
    async answer(ctx, visit) {
      ctx.body = visit.stream(5);
      await visit.turns(2);
      throw new Error("thrown");
    },
    outcome: always("error"),
    status: 500,
  },
  failing: {
    answer: (ctx, visit) => void (ctx.body = visit.stream(5, { failing: true })),
    outcome: thatWasRead("error"),
  },
  notModified: {
    answer(ctx, visit) {
      ctx.body = visit.web(5);
      ctx.status = 304;
    },
    outcome: always("success"),
    status: 304,
  },
  raw: {
    answer(ctx, visit) {
      ctx.respond = false;
      void visit.turnsWhileOpen(4).then((open) => open && ctx.res.writeHead(200).end(`raw ${visit.use()}`));
    },
    outcome: whenSent,
    status: 200,
  },
  events: {
    answer(ctx, visit) {
      ctx.respond = false;
      ctx.res.writeHead(200).write("data: 1\n\n");
      const more = async (): Promise<void> => {
        if (!(await visit.turnsWhileOpen(1))) return;
        if (!ctx.res.writableNeedDrain) ctx.res.write(`data: ${visit.use()}\n\n`);
        return more();
      };
      void more();
    },
    outcome: always("aborted"),
  },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

export const KIND_NAMES = Object.keys(KINDS) as KindName[];

/** Whether its answer has an end that the client sees, so that another may follow. */
export const hasEnd = (name: KindName): boolean => "status" in KINDS[name];

/** Whether the server ends the connection, so that even a client sees it that waits. */
export const isCut = (name: KindName): boolean => name === "failing";

/** Whether nothing is sent before the client leaves. */
export const isSilent = (name: KindName): boolean => name === "heedful" || name === "heedless";
