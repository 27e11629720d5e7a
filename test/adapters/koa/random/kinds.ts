/** The kinds of answers that the random server knows: those of every host, and Koa's own. */
import { BUFFERED as ANY_BUFFERED } from "../../host/random/kinds/buffered.js";
import { FAILURES as ANY_FAILURES } from "../../host/random/kinds/failures.js";
import { STREAMS as ANY_STREAMS, WEBS } from "../../host/random/kinds/streams.js";
import type { AnyKind, Reply } from "../../host/random/reply.js";
import { BODIES } from "./kinds/bodies.js";
import { BUFFERED } from "./kinds/buffered.js";
import { FAILURES } from "./kinds/failures.js";
import { RAWS } from "./kinds/raw.js";
import { STREAMS } from "./kinds/streams.js";
import type { KoaKind, KoaVisit } from "./koa-visit.js";

const OF_EVERY_HOST = inKoa({ ...ANY_BUFFERED, ...ANY_FAILURES, ...ANY_STREAMS, ...WEBS });
const ALL = { ...OF_EVERY_HOST, ...BUFFERED, ...STREAMS, ...RAWS, ...BODIES, ...FAILURES };

export type KindName = keyof typeof ALL;

export const KINDS: Readonly<Record<KindName, KoaKind>> = ALL;

function inKoa<K extends string>(kinds: Record<K, AnyKind>): Record<K, KoaKind> {
  const entries = Object.entries<AnyKind>(kinds).map(([name, kind]) => [name, { ...kind, answer: answerOf(kind) }]);
  return Object.fromEntries(entries);
}

/** In the same turn where the kind answers at once. */
function answerOf(kind: AnyKind): KoaKind["answer"] {
  return (visit) => {
    const reply = kind.answer(visit);
    return reply instanceof Promise ? reply.then((reply) => put(visit, reply)) : put(visit, reply);
  };
}

function put({ ctx }: KoaVisit, { status, body }: Reply): void {
  if (status !== undefined) ctx.status = status;
  ctx.body = body;
}
