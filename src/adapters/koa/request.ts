/** The life of one request's scope, from the middleware's call to the scope's end. */
import type Koa from "koa";
import { currentCell, enter } from "../../context/cell.js";
import type { Scope } from "../../container/api.js";
import type { OpenedScope } from "../../container/opened-scope.js";
import { Failure, TOLD } from "../../scope/disposal.js";
import type { Outcome } from "../../scope/outcome.js";
import { isStreamed } from "./body-kinds.js";
import { BodyStreams } from "./body-streams.js";
import { serializeBody, withdrawAnswer } from "./buffered-body.js";
import { shareWithListener } from "./listener.js";
import type { LiveScopes } from "./live-scopes.js";
import type { Settings } from "./options.js";
import { clientLeft, outcomeOfChain, outcomeOfCut, overruled, type Thrown } from "./outcome.js";
import { overdueError, tellApp, warnOf, warnOfLateCommit } from "./reports.js";
import { onResponseOver, wasSent } from "./response-over.js";

/** On Koa's context: the request whose scope it belongs to. */
const REQUEST = Symbol("ambit.request");

/** The request that `ctx` came through `scopePerRequest` with; the innermost, if there are several. */
export function requestOf(ctx: Koa.Context): ScopedRequest | undefined {
  return ctx[REQUEST];
}

type Failed = Failure | undefined;

export class ScopedRequest {
  /** The same request, in the scope of another container further out. */
  readonly outer: ScopedRequest | undefined;
  /** Whether the scope has closed. */
  done = false;
  #inner: ScopedRequest | undefined;
  #settled = false;
  #over = false;
  #thrown: Thrown | undefined;
  /** With what outcome the scope ended, whoever ended it. */
  #told: Outcome | undefined;
  #streams: BodyStreams | undefined;
  /** Whether a stream has replaced a complete body. */
  #replaced = false;
  #overdue: NodeJS.Timeout | undefined;
  #whenOver: (() => void) | undefined;
  #whenDone: (() => void) | undefined;

  constructor(
    readonly ctx: Koa.Context,
    readonly scope: Scope,
    readonly settings: Settings,
    readonly live: LiveScopes,
  ) {
    this.outer = requestOf(ctx);
    if (this.outer !== undefined) this.outer.#inner = this;
    ctx[REQUEST] = this;
    live.add(scope);
    scope.push(this, ScopedRequest.#hear, TOLD);
    shareWithListener(ctx.req, scope);
    onResponseOver(ctx, () => this.#responseIsOver());
  }

  /** Runs the rest of the chain in the scope. */
  run(next: Koa.Next): Promise<void> {
    return enter(this.scope, runChain, this, next);
  }

  /** Somebody assigned a stream to `ctx.body`. */
  hasStream(body: unknown, before: unknown): void {
    this.#streams ??= new BodyStreams(this.ctx);
    const cell = currentCell();
    this.#streams.add(body, cell.scope === this.scope ? cell : this.scope);
    if (this.#settled) this.#streams.adapt();
    else if (before !== null && before !== undefined && !isStreamed(before)) this.#replaced = true;
  }

  /**
   * The chain has settled: ends the scope at once, or, if it is still needed, once it is not.
   *
   * Throws what the chain threw, or what undid its success. Gives a promise only where something has to be awaited.
   */
  settle(thrown: Thrown | undefined): Promise<void> | undefined {
    const { ctx, scope } = this;
    this.#settled = true;
    this.#thrown = thrown;
    shareWithListener(ctx.req, scope);
    this.#streams?.adapt();
    if (!this.#isNeededLater()) return this.#closeStreams()?.then(() => this.#endNow()) ?? this.#endNow();
    const isAnswered = thrown !== undefined || ctx.respond !== false;
    void this.#endLate(isAnswered ? outcomeOfChain(ctx, scope, thrown) : undefined);
    if (thrown === undefined) return undefined;
    this.#abort(thrown.error);
    throw thrown.error;
  }

  /** Koa reads the body after the chain has settled, and whoever said `respond = false` writes then. */
  #isNeededLater(): boolean {
    const { ctx } = this;
    if (ctx.respond === false || this.#inner?.done === false || this.#streams?.hasReader) return true;
    return isStreamed(ctx.body) && !(this.#thrown !== undefined && this.#streams?.allClosed);
  }

  /** Before Koa responds, so that a commit which fails is a 500 and not a lie. */
  #endNow(): Promise<void> | undefined {
    const { ctx, scope, settings } = this;
    let outcome: Outcome;
    try {
      if (settings.serialize !== false && this.#thrown === undefined) serializeBody(ctx);
      outcome = overruled(outcomeOfChain(ctx, scope, this.#thrown), settings, ctx, scope, this.#thrown);
    } catch (error) {
      if (this.#thrown === undefined) this.#thrown = { error };
      else this.#report(error);
      outcome = { status: "error", error: this.#thrown.error };
    }
    const failed = this.#end(outcome);
    if (failed instanceof Promise) return failed.then((failed) => this.#conclude(outcome, failed));
    return this.#conclude(outcome, failed);
  }

  #conclude({ status }: Outcome, failed: Failed): undefined {
    if (this.#thrown === undefined && status === "success") return this.#assertDone(failed ?? this.#undone());
    if (failed !== undefined) this.#report(failed.error, (this.scope as OpenedScope).report);
    if (this.#thrown !== undefined) throw this.#thrown.error;
  }

  #assertDone(problem: Thrown | undefined): undefined {
    if (problem === undefined) return;
    withdrawAnswer(this.ctx);
    throw problem.error;
  }

  /** The scope was ended by somebody else, such as a container at shutdown: what was to be committed was not. */
  #undone(): Thrown | undefined {
    const told = this.#told;
    if (told === undefined || told.status === "success") return undefined;
    return { error: told.status === "error" ? told.error : told.reason };
  }

  /** Once the response is over, and all that was ever its body has closed. Holds are the scope's own affair. */
  async #endLate(work: Outcome | undefined): Promise<void> {
    if (this.#replaced && work?.status === "success") warnOfLateCommit(this.ctx);
    if (!this.#over) await new Promise<void>((resolve) => (this.#whenOver = resolve));
    await this.#streams?.close();
    if (this.#inner?.done === false) await new Promise<void>((resolve) => (this.#inner!.#whenDone = resolve));
    const failed = await this.#end(this.#lateOutcome(work));
    if (failed !== undefined) this.#report(failed.error);
  }

  #lateOutcome(work: Outcome | undefined): Outcome {
    const { ctx, scope, settings } = this;
    const failure = this.#thrown ?? this.#streams?.failure;
    let outcome = work ?? outcomeOfChain(ctx, scope, undefined);
    if (outcome.status === "success" && !wasSent(ctx)) outcome = outcomeOfCut(scope, failure);
    try {
      return overruled(outcome, settings, ctx, scope, failure);
    } catch (error) {
      this.#report(error);
      return { status: "error", error };
    }
  }

  #end(outcome: Outcome): Failed | Promise<Failed> {
    const ending = this.scope.end(outcome);
    if (!(ending instanceof Promise)) return this.#ended(ending);
    return ending.then(
      () => this.#ended(undefined),
      (error: unknown) => this.#ended(new Failure(error)),
    );
  }

  #ended(failed: Failed): Failed {
    this.done = true;
    this.#streams = undefined;
    clearTimeout(this.#overdue);
    this.live.delete(this.scope);
    this.#whenDone?.();
    return failed;
  }

  #responseIsOver(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.done) return;
    const sent = wasSent(this.ctx);
    if (!sent) this.#abort(this.#streams?.failure?.error ?? clientLeft());
    if (!sent || this.#settled) this.#beginWaiting();
    this.#whenOver?.();
  }

  /** What hears of the signal runs in the scope's Context: the server's events have none. */
  #abort(reason: unknown): void {
    enter(this.scope, () => this.scope.abort(reason));
  }

  #beginWaiting(): void {
    const { ctx, settings } = this;
    const overdue = () => this.#report(overdueError(ctx, this.#settled, settings.patience), warnOf);
    this.#overdue = setTimeout(overdue, settings.patience).unref();
  }

  #report(error: unknown, otherwise: (error: unknown, ctx: Koa.Context) => void = tellApp): void {
    const { onError = otherwise } = this.settings;
    onError(error, this.ctx);
  }

  #closeStreams(): Promise<void> | undefined {
    return this.#streams === undefined || this.#streams.allClosed ? undefined : this.#streams.close();
  }

  static #hear(this: unknown, outcome?: Outcome): void {
    (this as ScopedRequest).#told = outcome;
  }
}

async function runChain(request: ScopedRequest, next: Koa.Next): Promise<void> {
  let thrown: Thrown | undefined;
  try {
    await next();
  } catch (error) {
    thrown = { error };
  }
  return request.settle(thrown);
}
