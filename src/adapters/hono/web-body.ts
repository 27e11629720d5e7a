/** The body of a `Response`: complete already, or a stream that is read in its scope's Context. */
import type { ReadableStreamReadResult } from "node:stream/web";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ContextCell, enter } from "../../context/cell.js";
import type { Streams } from "../host/host.js";
import type { Thrown } from "../host/outcome.js";

type Chunk = Uint8Array<ArrayBuffer>;
type Read = ReadableStreamReadResult<Chunk>;

/** How a body ended: read to its end, or not. */
export type Ended = (cut: boolean) => void;

/**
 * Looks into a body, which says of itself only that it is a stream. One that comes in a single piece, without anybody
 * waiting for it, is complete, and is given as that piece.
 */
export async function bodyOf(body: ReadableStream<Chunk>, cell: ContextCell): Promise<Chunk | WebBody> {
  const reader = body.getReader();
  const first = enter(cell, () => reader.read());
  const begin = await atOnce(first);
  if (begin?.done) return new Uint8Array();
  const second = begin && enter(cell, () => reader.read());
  const end = second && (await atOnce(second));
  if (end?.done) return begin!.value;
  return new WebBody(reader, second === undefined ? [first] : [first, second], cell);
}

/** What a read gives without waiting for more than promises; a failure is for whoever reads on. */
async function atOnce(read: Promise<Read>): Promise<Read | undefined> {
  return Promise.race([read.catch(() => undefined), nextTurn(undefined)]);
}

export class WebBody implements Streams {
  failure: Thrown | undefined;
  /** What is sent in place of the body. */
  readonly stream: ReadableStream<Chunk>;
  /** Hears of the end. */
  ended: Ended = () => {};
  readonly #reader: ReadableStreamDefaultReader<Chunk>;
  #isOver = false;
  #cancelled: Promise<void> | undefined;

  /** @param begun what has been asked of the reader already */
  constructor(reader: ReadableStreamDefaultReader<Chunk>, begun: Promise<Read>[], cell: ContextCell) {
    this.#reader = reader;
    for (const read of begun) read.catch(() => {});
    const pull = (controller: ReadableStreamDefaultController<Chunk>) =>
      this.#pass(begun.shift() ?? enter(cell, () => reader.read()), controller);
    const cancel = (reason: unknown) => enter(cell, () => this.#cancel(reason));
    this.stream = new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }

  get allClosed(): boolean {
    return this.#isOver;
  }

  /** Cancels what nobody will read any more, and waits for that. */
  close(): Promise<void> | undefined {
    return this.#isOver ? undefined : this.#cancel(undefined);
  }

  async #pass(read: Promise<Read>, controller: ReadableStreamDefaultController<Chunk>): Promise<void> {
    try {
      const { done, value } = await read;
      if (!done) return controller.enqueue(value);
      controller.close();
      this.#end(false);
    } catch (error) {
      // What has been cancelled meanwhile takes nothing more, and says so.
      if (this.#cancelled !== undefined) return;
      this.failure = { error };
      controller.error(error);
      this.#end(true);
    }
  }

  #cancel(reason: unknown): Promise<void> {
    // A second cancel would not wait for the first.
    return (this.#cancelled ??= this.#reader
      .cancel(reason)
      .catch(() => {})
      .then(() => this.#end(true)));
  }

  #end(cut: boolean): void {
    this.#isOver = true;
    this.ended(cut);
  }
}
