/** The life of one request of Node's server in its scope. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { enter } from "../../context/cell.js";
import type { Scope } from "../../registry/api.js";
import { isThenable } from "../../scope/disposal.js";
import { outcomeOfThrow } from "../../scope/outcome.js";
import { bindEvents } from "../host/bind-events.js";
import type { BodyStreams } from "../host/body-streams.js";
import type { LiveScopes } from "../host/live-scopes.js";
import type { HostOptions, Settings } from "../host/options.js";
import type { Thrown } from "../host/outcome.js";
import { warnOf } from "../host/reports.js";
import { HostRequest } from "../host/request.js";
import { isOver } from "../host/response-over.js";
import { becomeError, endPlainly } from "./error-answer.js";
import { type Hearer, HeldAnswer } from "./held-answer.js";
import { type Exchange, errorForNext, type Handler, HTTP, type Next } from "./host.js";
import { PipedStreams, type PipeHearer } from "./piped-streams.js";
import { Work } from "./work.js";

export class HttpExchange extends HostRequest<Exchange> implements Hearer, PipeHearer {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #next: Next | undefined;
  readonly #answer: HeldAnswer;
  readonly #piped: PipedStreams;
  readonly #work = new Work();
  #stage: "open" | "held" | "ending" | "begun" = "open";
  #destroyed = false;
  /** What the connection was cut for. */
  #cutFor: Thrown | undefined;

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
    if (this.outer === undefined) for (const each of [req, res]) bindEvents(each, req);
    this.#piped = new PipedStreams(this, { req, res }, this);
    this.watch();
  }

  protected get status(): number {
    return this.#answer.status;
  }

  protected get headSent(): boolean {
    return this.#res.headersSent;
  }

  protected get streams(): BodyStreams | undefined {
    return this.#piped.own;
  }

  protected tell(error: unknown): void {
    warnOf(error, this.title, HTTP.name);
  }

  /** Runs the rest of the middleware in the scope. */
  runNext(next: Next): void {
    enter(this.scope, next);
  }

  /** Runs a handler in the scope. */
  runHandler(handler: Handler): void {
    enter(this.scope, () => this.answerWith(handler));
  }

  /** Runs a handler where the request has come to, and answers for it when it throws. */
  answerWith(handler: Handler): void {
    const call = async (): Promise<unknown> => {
      const result = handler(this.#req, this.#res, this.scope);
      // Unless it has called another one, whose promise tells of its end.
      if (!isThenable(result) && this.#work.pending === 1) this.handOn();
      return result;
    };
    void this.work(call).catch((error: unknown) => this.#handlerThrew(error));
  }

  /** Calls `fn`, whose promise stands for the work of the request: its end is waited for. */
  async work<T>(fn: () => Promise<T>): Promise<T> {
    this.#work.begin();
    try {
      return await fn();
    } catch (error) {
      this.threw(error);
      this.#around?.innerThrew(error);
      throw error;
    } finally {
      this.#work.end();
      if (this.over && !this.settled && this.#work.isDone) this.#endUnanswered();
    }
  }

  /** It goes to error middleware, as one of its own would; a handler further out sees the answer alone. */
  protected innerThrew(error: unknown): void {
    if (this.#next !== undefined) this.threw(error);
    this.#around?.innerThrew(error);
  }

  /** Callbacks go on with the work, or other middleware: it is done when it has answered. */
  handOn(): void {
    this.#work.handOn();
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

  /** The host passes on what a handler has failed with. Once a part has left, no other answer can tell of it. */
  failedLate(error: unknown): void {
    if (this.#stage === "begun") this.threw(error);
  }

  /** A web stream that is cancelled ends its response like one that was read to its end. */
  get isPiped(): boolean {
    return this.#stage === "open" ? this.#piped.isAnswer : this.#piped.any;
  }

  destroyed(): void {
    // Node, too, does so with a response in the queue whose client has left, before anybody is told of that.
    this.#destroyed ||= this.over || !isOver(this.wire!);
  }

  protected override get missing(): string | undefined {
    return super.missing ?? (this.#work.pending > 0 ? "its handler has not settled" : undefined);
  }

  protected override onOverEarly(): void {
    // Streams that were piped into it are over as well, and pipeline() says nothing more.
    if (this.#piped.any) return this.begun();
    if (this.#destroyed || this.#work.isDone) this.#endUnanswered();
  }

  protected override untilWorkEnds(): Promise<void> | undefined {
    return this.#work.untilIdle();
  }

  /** The client has left, or was sent away, and nobody will answer; further out nobody else can say so. */
  #endUnanswered(): void {
    this.settled = true;
    void this.endAfterResponse();
    this.#around?.innerEndsUnanswered();
  }

  /** The same request, in the scope of another container further out. */
  get #around(): HttpExchange | undefined {
    return this.outer as HttpExchange | undefined;
  }

  /** Of a handler that has handed the request on, its promise says nothing. */
  protected innerEndsUnanswered(): void {
    if (this.over && !this.settled && this.#work.pending === 0) this.#endUnanswered();
  }

  override get brokenBy(): Thrown | undefined {
    return this.#cutFor ?? super.brokenBy;
  }

  async #endThenAnswer(): Promise<void> {
    // What the handler throws right after it has answered counts; one that waits for its answer to leave gets it.
    await (this.#work.pending > 0 ? Promise.race([this.untilWorkEnds(), nextTurn()]) : undefined);
    this.#stage = "ending";
    if (this.streams !== undefined) await this.streams.close();
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
    becomeError(res);
    if (next !== undefined) return enter(this.scope, next, errorForNext(error));
    endPlainly(res, (error) => this.#reportThrown(error));
  }

  /** A stream that was piped has been looked at. */
  piped(): void {
    if (this.over && !this.settled) this.onOverEarly();
  }

  /** A stream that was piped has failed. */
  failed(error: unknown): void {
    if (this.over) return;
    this.threw(error);
    // For each container there is a request that hears of it; the innermost answers.
    if (this.inner?.closed === false) return;
    if (this.#stage !== "open") return this.#cut(error);
    this.#answerInstead(error);
  }

  /** Nothing has left: it can still be an answer like that to any other error. */
  #answerInstead(error: unknown): void {
    this.#piped.unpipe();
    if (this.#next === undefined) this.#answer.holdNothing();
    else enter(this.scope, this.#next, errorForNext(error));
  }

  #handlerThrew(error: unknown): void {
    if (this.#next !== undefined) return enter(this.scope, this.#next, errorForNext(error));
    if (!this.settled) return this.#answerInstead(error);
    // It is looked at before the answer leaves.
    if (this.#stage === "held") return;
    if (this.#stage === "begun" && !this.closed) return this.#cut(error);
    this.#reportThrown(error);
  }

  /** What has left is a part of something that will never be whole. */
  #cut(error: unknown): void {
    if (this.#isError(error)) this.#cutFor = { error };
    this.#reportThrown(error);
    this.abort(error);
    if (!this.#res.writableEnded) this.#res.destroy();
  }

  /** Work that ended by the signal is no error that anybody has to hear of. */
  #reportThrown(error: unknown): void {
    if (this.#isError(error)) this.report(error);
  }

  #isError(thrown: unknown): boolean {
    return outcomeOfThrow(thrown, this.scope.abortState).status === "error";
  }
}
