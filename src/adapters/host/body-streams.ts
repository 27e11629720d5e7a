/** The streams that were ever an answer: they run in its scope's Context, and the scope outlives them. */
import { type ContextCell } from "../../context/cell.js";
import { bindStream } from "./bind-stream.js";
import type { NodeStream } from "./node-stream.js";
import type { Thrown } from "./outcome.js";
import { isOver, type Wire } from "./response-over.js";

export class BodyStreams {
  readonly #wire: Wire;
  readonly #isShared: (stream: NodeStream) => boolean;
  readonly #seen = new WeakSet<object>();
  readonly #open = new Set<NodeStream>();
  #closing = false;
  #closed: (() => void) | undefined;
  /** What the first stream threw that failed before the response was over. */
  failure: Thrown | undefined;

  /** @param isShared whether somebody else goes on reading a stream, so that it is not the response's to end */
  constructor(wire: Wire, isShared: (stream: NodeStream) => boolean = () => false) {
    this.#wire = wire;
    this.#isShared = isShared;
  }

  /** @param cell the Context in which the stream will read, transform and be destroyed */
  add(stream: NodeStream, cell: ContextCell): void {
    if (this.#seen.has(stream)) return;
    this.#seen.add(stream);
    // Without a listener, a stream that fails before the host pipes it ends the process.
    overhear(stream, (error) => this.#failed(error));
    stream.on("pipe", (source: NodeStream) => passFailure(source, stream));
    // Streams of Node's first days have neither: there is nothing to wait for.
    if (stream.destroyed === undefined || stream.closed) return;
    this.#open.add(stream);
    const closed = () => this.#onClosed(stream);
    stream.once("close", closed);
    bindStream(stream, cell, closed);
    if (this.#closing) stream.destroy?.();
  }

  get allClosed(): boolean {
    return this.#open.size === 0;
  }

  /** Destroys what is left, now that nobody will send it, and waits until each has closed; there may be none. */
  close(): Promise<void> | undefined {
    this.#closing = true;
    return this.allClosed ? undefined : this.closeAll();
  }

  protected async closeAll(): Promise<void> {
    for (const stream of this.#open) {
      if (this.#isShared(stream)) this.#open.delete(stream);
      else if (!stream.destroyed) stream.destroy?.();
    }
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#closed = resolve));
  }

  #failed(error: unknown): void {
    // A stream that is destroyed because its response was cut may fail on that, and before anyone is told of the cut;
    // pipeline() destroys the response because a stream has failed.
    const isOwn = !isOver(this.#wire) || this.#wire.res.errored === error;
    if (!this.#closing && isOwn) this.failure ??= { error };
  }

  #onClosed(stream: NodeStream): void {
    this.#open.delete(stream);
    if (this.#open.size === 0) this.#closed?.();
  }
}

/** `pipe` does not: whoever waits for the rest of a compressed body would wait for ever. */
function passFailure(source: NodeStream, into: NodeStream): void {
  if (source.errored) into.destroy?.(source.errored);
  else source.once("error", (error: unknown) => into.destroy?.(error));
}

type Listener = (error: unknown) => void;

const overhearing = new WeakSet<Listener>();

/** Listens to the errors of a stream, as somebody who does not answer for them. */
export function overhear(stream: NodeStream, listener: Listener): void {
  overhearing.add(listener);
  stream.on("error", listener);
}

/** Whether somebody listens to the errors of a stream who does. */
export function isAnsweredFor(stream: NodeStream): boolean {
  return stream.listeners("error").some((listener) => !overhearing.has(listener as Listener));
}
