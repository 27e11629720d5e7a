/** What there is to know of a host at which the random client fires. */
import type { Server } from "node:http";
import type { Container, InjectionToken } from "ambit";
import type { Book } from "./book.js";
import type { Kind } from "./kind.js";
import type { Visit } from "./visit.js";

/** One way to put an app together; what else a host says of it is for reports. */
export interface Arrangement {
  /** Whether what the work throws is made a status before the adapter hears of it. */
  readonly caught: boolean;
  /** Whether a client that has an answer already is told so by 304. */
  readonly cached: boolean;
}

/** An app with a server that does not listen yet. */
export interface Served {
  readonly server: Server;
  /** How many scopes are open. */
  readonly live: () => number;
  /** Waits until there are none. */
  readonly drain: () => Promise<void>;
}

export interface Host<A extends Arrangement = any> {
  readonly name: string;
  readonly arrangements: readonly A[];
  readonly kinds: Readonly<Record<string, Kind<never>>>;
  /** What its scopes are seeded with, and whose visit it is. */
  readonly given: InjectionToken<object>;
  readonly visitOf: (given: object) => Visit | undefined;
  /** @param within has a scope for the requests that say so, inside of that in `container` */
  readonly serve: (arrangement: A, container: Container, book: Book, within: Container) => Served | Promise<Served>;
}
