/** What is piped into a response. */
import type { Readable } from "node:stream";
import { BodyStreams, isAnsweredFor, overhear } from "../host/body-streams.js";
import { type LiveScope, openRequestOf } from "../host/live-scope.js";
import type { NodeStream } from "../host/node-stream.js";
import type { Wire } from "../host/response-over.js";

/** Hears of what is piped. */
export interface PipeHearer {
  /** A stream was piped, and has been looked at. */
  piped(): void;
  /** A stream has failed, and nobody else answers for it. */
  failed(error: unknown): void;
}

export class PipedStreams {
  /** Those that belong to the request. */
  own: BodyStreams | undefined;
  readonly #request: LiveScope;
  readonly #wire: Wire;
  readonly #hearer: PipeHearer;
  readonly #sources = new Set<NodeStream>();
  /** Those, too, that have been unpiped by now. */
  #all: NodeStream[] = [];

  constructor(request: LiveScope, wire: Wire, hearer: PipeHearer) {
    this.#request = request;
    this.#wire = wire;
    this.#hearer = hearer;
    wire.res.on("pipe", (source: NodeStream) => {
      this.#add(source);
      hearer.piped();
    });
    wire.res.on("unpipe", (source: NodeStream) => void this.#sources.delete(source));
  }

  /** Whether anything ever was. */
  get any(): boolean {
    return this.#all.length > 0;
  }

  /** Whether an answer may come from them: those that have failed give none. */
  get isAnswer(): boolean {
    return this.#all.some(({ errored }) => !errored);
  }

  /** Frees the response for another answer. */
  unpipe(): void {
    for (const source of this.#sources) (source as Partial<Readable>).unpipe?.(this.#wire.res);
    this.#all = [];
  }

  #add(source: NodeStream): void {
    this.#all.push(source);
    this.#sources.add(source);
    if (this.#isOwn(source)) this.#watch(source);
    if ((source as unknown) !== this.#wire.req) overhear(source, (error) => this.#failed(source, error));
  }

  #watch(source: NodeStream): void {
    this.own ??= new BodyStreams(this.#wire, (stream) => this.#isReadByOthers(stream));
    this.own.add(source, this.#request.cellNow);
  }

  /** `pipe` tells nobody, and its client would wait for ever. Who listens to the stream answers for it, as does `pipeline`. */
  #failed(source: NodeStream, error: unknown): void {
    if (!isAnsweredFor(source) && this.#sources.has(source)) this.#hearer.failed(error);
  }

  /** The request itself belongs to the server, and what others read, too, is not this response's to end. */
  #isOwn(source: NodeStream): boolean {
    const { req } = this.#wire;
    if ((source as unknown) === req || this.#isReadByOthers(source)) return false;
    // Further in, it is part of that scope's work, which this one outlives.
    return openRequestOf(req) === this.#request;
  }

  /** Pipes, too, read by "data". */
  #isReadByOthers(stream: NodeStream): boolean {
    return stream.listenerCount("data") > (this.#sources.has(stream) ? 1 : 0);
  }
}
