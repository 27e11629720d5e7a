/** A request of any host but Koa under fire. */
import type { Scope } from "ambit";
import type { Book, Entry } from "./book.js";
import { Visit } from "./visit.js";

/** What a host can do for a handler. */
export interface Means {
  /** Reads the request's body, which is JSON. */
  readonly parse: () => Promise<{ path: string }>;
  /** Takes the response out of the host's hands. */
  readonly hijack: () => void;
}

export class HostVisit extends Visit {
  constructor(
    wire: Visit["wire"],
    scope: Scope,
    entry: Entry,
    book: Book,
    readonly means: Means,
  ) {
    super(wire, scope, entry, book);
  }
}
