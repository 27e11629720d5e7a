/** The life of one request of Node's server in its scope. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { currentCell, enter } from "../../context/cell.js";
import type { Scope } from "../../container/api.js";
import { isThenable } from "../../scope/disposal.js";
import { outcomeOfThrow } from "../../scope/outcome.js";
import { DESCRIPTION, FRAMING } from "../host/answer-headers.js";
import { bindEvents } from "../host/bind-events.js";
import { BodyStreams } from "../host/body-streams.js";
import type { LiveScopes } from "../host/live-scopes.js";
import type { NodeStream } from "../host/node-stream.js";
import type { HostOptions, Settings } from "../host/options.js";
import { asError, warn } from "../host/reports.js";
import { type Host, HostRequest } from "../host/request.js";
import { isOver } from "../host/response-over.js";
import { HeldAnswer, type Hearer } from "./held-answer.js";
import { HttpRequest, HttpResponse } from "./tokens.js";

/** What Node's server gives its handlers. */
export type Exchange = [req: IncomingMessage, res: ServerResponse];

/** Goes on with the next middleware, or with error middleware. */
export type Next = (error?: unknown) => void;

/** What there is to know of Node's server. */
export const HTTP: Host<Exchange> = {
  name: "Http",
  unsettled: "its handler has neither ended the response nor settled",
  titleOf: ({ method, url }) => `${method} ${url}`,
  seed: (scope, req, res) => void scope.seed(HttpRequest, req).seed(HttpResponse, res),
};

export class HttpExchange extends HostRequest<Exchange> implements Hearer {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #next: Next | undefined;
  readonly #answer: HeldAnswer;
  #streams: BodyStreams | undefined;
  /** How many promises are pending that stand for the work. */
  #working = 0;
  /** Whether the work is done when those have settled; else only its answer tells. */
  #isTracked = false;
  #whenIdle: (() => void) | undefined;
  #stage: "open" | "held" | "ending" | "begun" = "open";
  #destroyed = false;
  #isPiped = false;
  /** What is being piped into the response. */
  readonly #sources = new Set<NodeStream>();

  /** @param next middleware that come after; a handler has none */
  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    scope: Scope,
    settings: Settings<HostOptions<Exchange>>,
    all: LiveScopes,
    next?: Next,
  ) {
    super(HTTP, [req, res], { req, res }, scope, settings, all);
    this.#req = req;
    this.#res = res;
    this.#next = next;
    this.#answer = new HeldAnswer(res, this);
    bindEvents(req, scope);
    bindEvents(res, scope);
    res.on("pipe", (source: NodeStream) => this.#wasPiped(source));
    res.on("unpipe", (source: NodeStream) => void this.#sources.delete(source));
    this.watch();
  }

  protected get status(): number {
    return this.#res.statusCode;
  }

  protected get headSent(): boolean {
    return this.#res.headersSent;
  }

  protected get streams(): BodyStreams | undefined {
    return this.#streams;
  }

  protected tell(error: unknown): void {
    warn(`${this.title}: ${asError(error).stack}`, HTTP.name);
  }

  /** Runs the rest of the middleware in the scope. */
  runNext(next: Next): void {
    enter(this.scope, next);
  }

  /** Runs a handler in the scope, and answers for it when it throws. */
  runHandler(handler: (...exchange: [...Exchange, Scope]) => unknown): void {
    const call = async (): Promise<unknown> => {
      const result = handler(this.#req, this.#res, this.scope);
      if (!isThenable(result)) this.handOn();
      return result;
    };
    void enter(this.scope, () => this.work(call).catch((error: unknown) => this.#handlerThrew(error)));
  }

  /** Calls `fn`, whose promise stands for the work of the request: its end is waited for. */
  async work<T>(fn: () => Promise<T>): Promise<T> {
    this.#isTracked = true;
    this.#working += 1;
    try {
      return await fn();
    } catch (error) {
      this.threw(error);
      throw error;
    } finally {
      this.#working -= 1;
      if (this.#working === 0) this.#isIdle();
    }
  }

  /** Callbacks go on with the work, or other middleware: it is done when it has answered. */
  handOn(): void {
    this.#isTracked = false;
  }

  /** The handler has ended an answer that is complete. */
  ended(): void {
    this.settled = true;
    this.#stage = "held";
    void enter(this.scope, () => this.#endThenAnswer());
  }

  /** The handler has begun an answer in parts. */
  begun(): void {
    if (this.settled) return;
    this.settled = true;
    this.#stage = "begun";
    void this.endAfterResponse();
  }

  /** A web stream that is cancelled ends its response like one that was read to its end. */
  get isPiped(): boolean {
    return this.#isPiped;
  }

  destroyed(): void {
    // Node, too, does so with a response in the queue whose client has left, before anybody is told of that.
    this.#destroyed ||= this.over || !isOver(this.wire!);
  }

  protected override onOverEarly(): void {
    // Streams that were piped into it are over as well, and pipeline() says nothing more.
    if (this.#isPiped) return this.begun();
    if (this.#destroyed || (this.#isTracked && this.#working === 0)) this.#endUnanswered();
  }

  protected override untilWorkEnds(): Promise<void> | undefined {
    if (this.#working === 0) return undefined;
    return new Promise((resolve) => (this.#whenIdle = resolve));
  }

  #isIdle(): void {
    this.#whenIdle?.();
    if (this.over && !this.settled && this.#isTracked) this.#endUnanswered();
  }

  /** The client has left, or was sent away, and nobody will answer. */
  #endUnanswered(): void {
    this.settled = true;
    void this.endAfterResponse();
  }

  async #endThenAnswer(): Promise<void> {
    // What the handler throws right after it has answered counts; one that waits for its answer to leave gets it.
    await (this.#working > 0 ? Promise.race([this.untilWorkEnds(), nextTurn()]) : undefined);
    this.#stage = "ending";
    const thrown = this.#next === undefined ? this.thrown : undefined;
    const problem = (await this.endBefore()) ?? thrown;
    if (problem !== undefined) return this.#answerError(problem.error);
    try {
      this.#answer.release();
    } catch (error) {
      this.#answerError(error);
    }
  }

  /** In place of the answer, which would be a lie: by error middleware, or in Node's own words. */
  #answerError(error: unknown): void {
    const [res, next] = [this.#res, this.#next];
    this.#answer.withdraw();
    if (next === undefined) this.#reportThrown(error);
    // The head of a success has left: a cut connection is the only way to take it back.
    if (res.headersSent) return void res.destroy();
    // Of a length that was taken off Node would think that it must not give one.
    for (const name of [...DESCRIPTION, ...FRAMING]) if (res.hasHeader(name)) res.removeHeader(name);
    res.statusCode = 500;
    if (next !== undefined) return enter(this.scope, next, error);
    res.setHeader("Content-Type", "text/plain; charset=utf-8");
    res.end(STATUS_CODES[500]);
  }

  /** A handler has thrown, and there is no error middleware. */
  #handlerThrew(error: unknown): void {
    if (!this.settled) return void this.#res.end();
    // It is looked at before the answer leaves.
    if (this.#stage === "held") return;
    this.#reportThrown(error);
    if (this.#stage !== "begun" || this.closed) return;
    this.abort(error);
    if (!this.#res.writableEnded) this.#res.destroy();
  }

  /** Work that ended by the signal is no error that anybody has to hear of. */
  #reportThrown(error: unknown): void {
    if (outcomeOfThrow(error, this.scope.abortState).status === "error") this.report(error);
  }

  #wasPiped(source: NodeStream): void {
    this.#isPiped = true;
    this.#sources.add(source);
    // The request itself belongs to the server, and what others read, too, is not this response's to end.
    if ((source as unknown) !== this.#req && !this.#isReadByOthers(source)) this.#watchStream(source);
    if (this.over && !this.settled) this.onOverEarly();
  }

  /** Pipes, too, read by "data". */
  #isReadByOthers(stream: NodeStream): boolean {
    return stream.listenerCount("data") > (this.#sources.has(stream) ? 1 : 0);
  }

  #watchStream(stream: NodeStream): void {
    const isShared = (stream: NodeStream): boolean => this.#isReadByOthers(stream);
    this.#streams ??= new BodyStreams({ req: this.#req, res: this.#res }, isShared);
    const cell = currentCell();
    this.#streams.add(stream, cell.scope === this.scope ? cell : this.scope);
  }
}
