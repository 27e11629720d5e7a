/** Answers to a body: one that a library reads, one that is read by hand, one that goes back as it comes. */
import { PassThrough } from "node:stream";
import { bodyParser } from "@koa/bodyparser";
import { OK } from "../../../host/random/kind.js";
import type { KoaKind, KoaVisit } from "../koa-visit.js";

const READS = { ...OK, reads: "before it answers" } as const;
const parse = bodyParser({ jsonLimit: "1mb", enableTypes: ["json"] });

export const BODIES = {
  parsed: {
    ...READS,
    async answer(visit) {
      const { ctx, entry } = visit;
      entry.read = "a part";
      let called = false;
      // Of a request that has been closed already it says so by status 499, and calls nobody.
      await parse(ctx, async () => void (called = true));
      visit.use();
      if (!called) return;
      entry.read = "all";
      const { path } = ctx.request.body as { path: string };
      if (path !== entry.path) throw new Error(`${entry.path} was given the body of ${path}`);
      ctx.body = { path };
    },
  },
  read: {
    ...READS,
    async answer(visit) {
      await read(visit);
      await visit.write();
      visit.ctx.body = visit.use();
    },
  },
  readAndStreamed: {
    ...READS,
    async answer(visit) {
      await read(visit);
      visit.ctx.body = visit.stream(5);
    },
  },
  /** Sends back what comes, so that it has an end only if the request has one. */
  echo: {
    ...OK,
    reads: "as it answers",
    answer: (visit) => void (visit.ctx.body = visit.ctx.req.pipe(new PassThrough())),
  },
} satisfies Record<string, KoaKind>;

async function read(visit: KoaVisit): Promise<void> {
  const { entry, ctx } = visit;
  entry.read = "a part";
  for await (const _ of ctx.req) visit.use();
  entry.read = "all";
}
