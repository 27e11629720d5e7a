/** The life of one Fastify request in its scope. */
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { FastifyReply, FastifyRequest } from "fastify";
import { enter } from "../../context/cell.js";
import type { Scope } from "../../registry/api.js";
import { DESCRIPTION_AND_FRAMING } from "../host/answer-headers.js";
import { bindEvents } from "../host/bind-events.js";
import { BodyStreams } from "../host/body-streams.js";
import type { Host } from "../host/host.js";
import { requestOf } from "../host/live-scope.js";
import type { LiveScopes } from "../host/live-scopes.js";
import { isNodeStream, webStreamOf } from "../host/node-stream.js";
import type { HostOptions, Settings } from "../host/options.js";
import type { Thrown } from "../host/outcome.js";
import { asError, titleOf } from "../host/reports.js";
import { HostRequest } from "../host/request.js";
import { HttpReply, HttpRequest } from "./tokens.js";

/** What Fastify gives its handlers and hooks. */
export type Exchange = [request: FastifyRequest, reply: FastifyReply];

/** What there is to know of Fastify. */
export const FASTIFY: Host<Exchange> = {
  name: "Fastify",
  unsettled: "its handler has neither sent a reply nor settled",
  titleOf: ({ method, url }) => titleOf(method, url),
  seed: (scope, request, reply) => void scope.seed(HttpRequest, request).seed(HttpReply, reply),
};

export class FastifyExchange extends HostRequest<Exchange> {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  #streams: BodyStreams | undefined;
  #work: Promise<void> | undefined;
  #hasReturned = false;
  #isEnding = false;
  /** What is sent once the scope has ended; what is thrown takes it back. */
  #held: { readonly payload: unknown } | undefined;

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    scope: Scope,
    settings: Settings<HostOptions<Exchange>>,
    all: LiveScopes,
  ) {
    super(FASTIFY, [request, reply], { req: request.raw, res: reply.raw }, scope, settings, all);
    this.#request = request;
    this.#reply = reply;
    if (this.outer === undefined) for (const { raw } of [request, reply]) bindEvents(raw, request);
    this.#watchHijack(reply);
    this.watch();
  }

  protected get status(): number {
    return this.#reply.statusCode;
  }

  protected get headSent(): boolean {
    return this.#reply.raw.headersSent;
  }

  protected get streams(): BodyStreams | undefined {
    return this.#streams;
  }

  /** As Fastify does with what breaks after the reply has begun. */
  protected tell(error: unknown): void {
    this.#reply.log.error({ err: asError(error) }, "the scope of a request");
  }

  /** Runs the rest of the hooks, and the handler, in the scope. */
  run(next: () => void): void {
    enter(this.scope, next);
  }

  /** Something was thrown, by a hook, the handler, a parser or a serializer, or was sent as an error. */
  failed(error: unknown): void {
    this.#held = undefined;
    if (!this.closed) this.threw(error);
  }

  /** The handler's promise has settled. */
  returned(): void {
    this.#hasReturned = true;
    if (this.over && !this.settled) this.onOverEarly();
  }

  /** The promise of a controller stands for the work of the request: a late end waits for it. */
  works(call: Promise<unknown>): void {
    const settled = (): void => void (this.#work = undefined);
    this.#work = call.catch((error) => this.#threwUnheard(error)).then(settled);
  }

  /** Fastify only logs what is thrown once a reply has been hijacked, or ended. */
  #threwUnheard(error: unknown): void {
    if (!this.#reply.sent) return;
    for (let each = requestOf(this.#request); each !== undefined; each = each.outer)
      (each as FastifyExchange).failed(error);
  }

  /** The same request, in the scope of another container: it was opened later, and hears of the payload later. */
  get #within(): FastifyExchange | undefined {
    return this.inner?.closed === false ? (this.inner as FastifyExchange) : undefined;
  }

  /**
   * The payload of the reply is there. What is complete waits until the scope has ended; a stream goes first.
   *
   * @returns what to send in its place, or a promise of it, which rejects with what undid a success, and never settles
   * for what is not sent
   */
  sends(payload: unknown): unknown {
    if (this.#isEnding || (this.#held !== undefined && this.thrown === undefined)) return this.#sendsMore(payload);
    const body = payload instanceof Response ? this.#takeHead(payload) : payload;
    if (this.settled) return this.#watchStream(body);
    if (!this.#isStream(body)) return this.#endThenSend(body);
    const stream = this.#watchStream(body);
    this.#endLater();
    return stream;
  }

  async #endThenSend(payload: unknown): Promise<unknown> {
    this.#held = { payload };
    this.#isEnding = true;
    try {
      await this.#endBefore();
    } finally {
      this.#isEnding = false;
    }
    return this.#held === undefined ? never() : this.#held.payload;
  }

  /**
   * Until an answer has left, Fastify sends whatever else its handler sends or returns, if only `undefined`. The first
   * payload is the answer, unless something was thrown after it: then it is the error handler's.
   */
  #sendsMore(payload: unknown): Promise<never> {
    // Of `undefined` Fastify would think that the payload stays as it was.
    if (this.#held === undefined) this.#held = { payload: payload ?? null };
    else if (this.#isStream(payload)) this.#discard(payload);
    return never();
  }

  #discard(payload: unknown): void {
    const stream = this.#watchStream(payload);
    if (isNodeStream(stream)) stream.destroy?.();
  }

  /** Throws what undid a success. */
  #endBefore(): Promise<void> {
    this.settled = true;
    return enter(this.scope, async () => {
      const refused = await this.#endWithin();
      await this.#streams?.close();
      const problem = (await this.endBefore()) ?? refused;
      if (problem === undefined) return;
      for (const name of DESCRIPTION_AND_FRAMING) this.#reply.removeHeader(name);
      throw problem.error;
    });
  }

  /** What undoes a success further in is thrown to the error handler, and undoes this one. */
  async #endWithin(): Promise<Thrown | undefined> {
    const within = this.#within;
    try {
      if (within?.settled === false) await within.#endBefore();
      return undefined;
    } catch (error) {
      this.threw(error);
      return { error };
    }
  }

  /** Fastify tells nobody, and says nothing more of a handler that has done it. */
  #watchHijack(reply: FastifyReply): void {
    const { hijack } = reply;
    reply.hijack = (): FastifyReply => {
      hijack.call(reply);
      if (!this.settled) this.#endLater();
      return reply;
    };
  }

  /** Who ends a reply by hand has answered; else the handler still may. */
  protected override onOverEarly(): void {
    if (this.#reply.sent || this.#hasReturned) this.#endLater();
  }

  #endLater(): void {
    this.settled = true;
    void this.endAfterResponse();
  }

  protected override untilWorkEnds(): Promise<void> | undefined {
    return this.#work;
  }

  protected override get missing(): string | undefined {
    return super.missing ?? (this.#work === undefined ? undefined : "its handler has not settled");
  }

  #isStream(payload: unknown): boolean {
    return isNodeStream(payload) || webStreamOf(payload) !== undefined;
  }

  /** Web streams become streams of Node's, whose end can be seen; what is no stream stays as it is. */
  #watchStream(payload: unknown): unknown {
    const within = this.#within;
    if (within !== undefined) return within.#watchStream(payload);
    const web = webStreamOf(payload);
    const stream = web === undefined || web.locked ? payload : Readable.fromWeb(web as NodeReadableStream);
    if (!isNodeStream(stream)) return stream;
    this.#streams ??= new BodyStreams({ req: this.#request.raw, res: this.#reply.raw });
    this.#streams.add(stream, this.cellNow);
    return stream;
  }

  /** As Fastify does with a `Response`, but before its outcome is asked for; gives the body. */
  #takeHead({ status, headers, body }: Response): Response["body"] {
    this.#reply.code(status);
    for (const [name, value] of headers) this.#reply.header(name, value);
    return body;
  }
}

/** For what is not sent. */
function never(): Promise<never> {
  return new Promise(() => {});
}
