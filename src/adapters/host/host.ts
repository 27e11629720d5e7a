/** What there is to know of a host, and of the answers that it streams. */
import type { Scope } from "../../registry/api.js";
import type { Who } from "./options.js";
import type { Thrown } from "./outcome.js";

/** What there is to know of a host. */
export interface Host<W extends Who> {
  /** For the names of warnings: "Koa". */
  readonly name: string;
  /** For reports: "GET /orders". */
  titleOf(...who: W): string;
  /** Gives a new scope what is the host's. */
  seed(scope: Scope, ...who: W): void;
  /** What is missing while the work has not settled: "its middleware have not settled". */
  readonly unsettled: string;
}

/** The streams that were ever an answer. */
export interface Streams {
  /** What the first stream threw that failed before the response was over. */
  readonly failure: Thrown | undefined;
  readonly allClosed: boolean;
  /** Ends what is left, now that nobody will send it, and waits until each has closed; there may be none. */
  close(): Promise<void> | undefined;
}
