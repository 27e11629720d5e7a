/** The life of one request in its scope, from the middleware's call to the scope's end. */
import type Koa from "koa";
import { currentCell, enter } from "../../context/cell.js";
import type { Scope } from "../../container/api.js";
import type { OpenedScope } from "../../container/opened-scope.js";
import type { Outcome } from "../../scope/outcome.js";
import { isStreamed } from "./body-kinds.js";
import { BodyStreams } from "./body-streams.js";
import { serializeBody, withdrawAnswer } from "./buffered-body.js";
import { shareWithListener } from "./listener.js";
import { type Failed, LiveScope } from "./live-scope.js";
import type { LiveScopes } from "./live-scopes.js";
import type { Settings } from "./options.js";
import { clientLeft, outcomeOfChain, outcomeOfCut, outcomeOfRaw, overruled, type Thrown } from "./outcome.js";
import { type Report, report, reportLater, warnOfLateCommit } from "./reports.js";
import { onResponseOver, wasSent } from "./response-over.js";

/** On Koa's context: the request whose scope it belongs to. */
const REQUEST = Symbol("ambit.request");

/** The request that `ctx` came through `scopePerRequest` with; the innermost, if there are several. */
export function requestOf(ctx: Koa.Context): ScopedRequest | undefined {
  return ctx[REQUEST];
}

export class ScopedRequest extends LiveScope {
  /** The same request, in the scope of another container further out. */
  readonly outer: ScopedRequest | undefined;
  #inner: ScopedRequest | undefined;
  #settled = false;
  #thrown: Thrown | undefined;
  #streams: BodyStreams | undefined;
  /** Whether a stream has replaced a complete body. */
  #replaced = false;
  #over = false;
  /** Whether the response was over before all of it had left. Koa ends also what was cut: later, Node would deny it. */
  #cut = false;
  #whenOver: (() => void) | undefined;
  #overdue: NodeJS.Timeout | undefined;

  constructor(
    readonly ctx: Koa.Context,
    scope: Scope,
    readonly settings: Settings,
    all: LiveScopes,
  ) {
    super(scope, all);
    this.outer = requestOf(ctx);
    if (this.outer !== undefined) this.outer.#inner = this;
    ctx[REQUEST] = this;
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
    this.#settled = true;
    this.#thrown = thrown;
    shareWithListener(this.ctx.req, this.scope);
    this.#streams?.adapt();
    if (this.#isNeededLater()) return this.#endLater(thrown);
    return this.#streams?.close()?.then(() => this.#endNow()) ?? this.#endNow();
  }

  /** Koa reads the body after the chain has settled, and whoever said `respond = false` writes then. */
  #isNeededLater(): boolean {
    const { ctx } = this;
    if (ctx.respond === false || this.#inner?.closed === false || this.#streams?.hasReader) return true;
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
    const failed = this.end(outcome);
    if (failed instanceof Promise) return failed.then((failed) => this.#conclude(outcome, failed));
    return this.#conclude(outcome, failed);
  }

  #conclude({ status }: Outcome, failed: Failed): undefined {
    clearTimeout(this.#overdue);
    if (this.#thrown === undefined && status === "success") return this.#assertDone(failed ?? this.undone);
    if (failed !== undefined) this.#report(failed.error, (this.scope as OpenedScope).report);
    if (this.#thrown !== undefined) throw this.#thrown.error;
  }

  #assertDone(problem: Thrown | undefined): undefined {
    if (problem === undefined) return;
    withdrawAnswer(this.ctx);
    throw problem.error;
  }

  #endLater(thrown: Thrown | undefined): undefined {
    const { ctx, scope } = this;
    // Who answers by himself has not said yet how.
    const isAnswered = thrown !== undefined || ctx.respond !== false;
    const work = isAnswered ? outcomeOfChain(ctx, scope, thrown) : undefined;
    if (this.#replaced && work?.status === "success") warnOfLateCommit(ctx);
    void this.#endAfterResponse(work);
    if (thrown === undefined) return;
    this.#abort(thrown.error);
    throw thrown.error;
  }

  /** Once the response is over, and all that was ever its body has closed. Holds are the scope's own affair. */
  async #endAfterResponse(work: Outcome | undefined): Promise<void> {
    if (!this.#over) await new Promise<void>((resolve) => (this.#whenOver = resolve));
    await this.#streams?.close();
    await this.#inner?.untilClosed();
    const failed = await this.end(this.#lateOutcome(work));
    clearTimeout(this.#overdue);
    if (failed !== undefined) this.#report(failed.error);
  }

  #lateOutcome(work: Outcome | undefined): Outcome {
    const { ctx, scope, settings } = this;
    const failure = this.#thrown ?? this.#streams?.failure;
    let outcome = work ?? outcomeOfRaw(ctx, scope);
    if (outcome.status === "success" && this.#cut) outcome = outcomeOfCut(scope, failure);
    try {
      return overruled(outcome, settings, ctx, scope, failure);
    } catch (error) {
      this.#report(error);
      return { status: "error", error };
    }
  }

  #responseIsOver(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.closed) return;
    this.#cut = !wasSent(this.ctx);
    if (this.#cut) this.#abort(this.#streams?.failure?.error ?? clientLeft());
    if (this.#cut || this.#settled) this.#overdue = reportLater(this.ctx, this.settings, () => this.#settled);
    this.#whenOver?.();
  }

  /** What hears of the signal runs in the scope's Context: the server's events have none. */
  #abort(reason: unknown): void {
    enter(this.scope, () => this.scope.abort(reason));
  }

  #report(error: unknown, otherwise?: Report): void {
    report(error, this.ctx, this.settings, otherwise);
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
