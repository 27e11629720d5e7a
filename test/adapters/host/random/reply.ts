/** What a handler answers with, in the words of no host. */
import type { Readable } from "node:stream";
import type { HostVisit } from "./host-visit.js";
import type { Kind } from "./kind.js";
import type { Visit } from "./visit.js";

export interface Reply {
  readonly status?: number;
  readonly body: object | string | Buffer | Readable | ReadableStream | null;
}

/** A kind of answer that needs nothing of its host. */
export type AnyKind = Kind<Visit, Reply>;

/** One that does; it gives nothing when the handler has answered by itself. */
export type HostKind = Kind<HostVisit, Reply | undefined>;
