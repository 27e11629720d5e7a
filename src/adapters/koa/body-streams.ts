/** The streams that were ever a response's body: they run in its scope's Context, and the scope outlives them. */
import { finished, Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type Koa from "koa";
import { type ContextCell, enter } from "../../context/cell.js";
import { bindStream } from "./bind-stream.js";
import { isNodeStream, type NodeStream, webStreamOf } from "./body-kinds.js";
import { isOver } from "./response-over.js";

export class BodyStreams {
  readonly #ctx: Koa.Context;
  readonly #seen = new WeakSet<object>();
  readonly #open = new Set<NodeStream>();
  /** Not adapted, so not Koa's to cancel; with the Context in which they are to be read. */
  readonly #web = new Map<ReadableStream, ContextCell>();
  #closing = false;
  #closed: (() => void) | undefined;
  /** What the first stream threw that failed before the response was over. */
  failure: { readonly error: unknown } | undefined;

  constructor(ctx: Koa.Context) {
    this.#ctx = ctx;
  }

  /** @param cell the Context in which the stream will read, transform and be destroyed */
  add(body: unknown, cell: ContextCell): void {
    if (isNodeStream(body)) return this.#addNode(body, cell);
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

  get allClosed(): boolean {
    return this.#open.size === 0 && this.#web.size === 0;
  }

  /** Whether a web stream is left that somebody else is reading: it ends when they say so. */
  get hasReader(): boolean {
    for (const web of this.#web.keys()) if (web.locked) return true;
    return false;
  }

  /** Destroys what is left, now that nobody will send it, and waits until each has closed; there may be none. */
  close(): Promise<void> | undefined {
    this.#closing = true;
    return this.allClosed ? undefined : this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    for (const stream of this.#open) if (!stream.destroyed) stream.destroy?.();
    await Promise.all([...this.#web.keys()].map((web) => this.#cancel(web)));
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#closed = resolve));
  }

  #addNode(stream: NodeStream, cell: ContextCell): void {
    if (this.#seen.has(stream)) return;
    this.#seen.add(stream);
    // Without a listener, a stream that fails before Koa pipes it ends the process.
    stream.on("error", (error: unknown) => this.#failed(error));
    stream.on("pipe", (source: NodeStream) => passFailure(source, stream));
    // Streams of Node's first days have neither: there is nothing to wait for.
    if (stream.destroyed === undefined || stream.closed) return;
    this.#open.add(stream);
    const closed = () => this.#onClosed(stream);
    stream.once("close", closed);
    bindStream(stream, cell, closed);
    if (this.#closing) stream.destroy?.();
  }

  #failed(error: unknown): void {
    // A stream that is destroyed because its response was cut may fail on that, and before anyone is told of the cut.
    if (!this.#closing && !isOver(this.#ctx)) this.failure ??= { error };
  }

  #onClosed(stream: NodeStream): void {
    this.#open.delete(stream);
    if (this.#open.size === 0) this.#closed?.();
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

/** `pipe` does not: whoever waits for the rest of a compressed body would wait for ever. */
function passFailure(source: NodeStream, into: NodeStream): void {
  if (source.errored) into.destroy?.(source.errored);
  else source.once("error", (error: unknown) => into.destroy?.(error));
}
