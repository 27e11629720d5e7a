/** The streams that were ever a response's body, web streams included, which Koa makes streams of Node's of. */
import { finished, Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type Koa from "koa";
import { type ContextCell, enter } from "../../context/cell.js";
import { BodyStreams } from "../host/body-streams.js";
import { isNodeStream, webStreamOf } from "../host/node-stream.js";

export class Bodies extends BodyStreams {
  readonly #ctx: Koa.Context;
  /** Not adapted, so not Koa's to cancel; with the Context in which they are to be read. */
  readonly #web = new Map<ReadableStream, ContextCell>();

  constructor(ctx: Koa.Context) {
    super(ctx);
    this.#ctx = ctx;
  }

  /** @param cell the Context in which the stream will read, transform and be destroyed */
  addBody(body: unknown, cell: ContextCell): void {
    if (isNodeStream(body)) return this.add(body, cell);
    const web = webStreamOf(body);
    if (web !== undefined) this.#web.set(web, cell);
  }

  /** Makes a Node stream of a body that is a web stream, or has one, as Koa would do later. */
  adapt(): void {
    const web = webStreamOf(this.#ctx.body);
    const cell = web === undefined || web.locked ? undefined : this.#web.get(web);
    if (web === undefined || cell === undefined) return;
    this.#web.delete(web);
    enter(cell, replaceBody, this.#ctx, web);
  }

  override get allClosed(): boolean {
    return super.allClosed && this.#web.size === 0;
  }

  /** Whether a web stream is left that somebody else is reading: it ends when they say so. */
  get hasReader(): boolean {
    for (const web of this.#web.keys()) if (web.locked) return true;
    return false;
  }

  protected override async closeAll(): Promise<void> {
    await Promise.all([super.closeAll(), ...[...this.#web.keys()].map((web) => this.#cancel(web))]);
  }

  /** Its own failure is of no interest any more: nobody reads it. */
  async #cancel(web: ReadableStream): Promise<void> {
    if (web.locked) await new Promise<void>((resolve) => finished(web as never, () => resolve()));
    else await web.cancel().catch(() => undefined);
    this.#web.delete(web);
  }
}

/** Koa takes `Readable.from`, which does not cancel while a read is pending; this one does, and closes after that. */
function replaceBody(ctx: Koa.Context, web: ReadableStream): void {
  const length = ctx.response.get("Content-Length");
  ctx.body = Readable.fromWeb(web as NodeReadableStream);
  // Koa takes it off when one body replaces another.
  if (length) ctx.set("Content-Length", length);
}
