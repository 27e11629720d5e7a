/** The kinds of answers that the random server knows. */
import { BODIES } from "./kinds/bodies.js";
import { BUFFERED } from "./kinds/buffered.js";
import { FAILURES } from "./kinds/failures.js";
import type { KoaKind } from "./koa-visit.js";
import { RAWS } from "./kinds/raw.js";
import { STREAMS } from "./kinds/streams.js";

const ALL = { ...BUFFERED, ...STREAMS, ...RAWS, ...BODIES, ...FAILURES };

export type KindName = keyof typeof ALL;

export const KINDS: Readonly<Record<KindName, KoaKind>> = ALL;
