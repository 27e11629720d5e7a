/** A request of Koa's under fire. */
import type { Scope } from "ambit";
import type Koa from "koa";
import type { Book, Entry } from "../../host/random/book.js";
import type { Kind } from "../../host/random/kind.js";
import { Visit } from "../../host/random/visit.js";

export class KoaVisit extends Visit {
  constructor(
    readonly ctx: Koa.Context,
    scope: Scope,
    entry: Entry,
    book: Book,
  ) {
    super(ctx, scope, entry, book);
  }
}

export type KoaKind = Kind<KoaVisit>;
