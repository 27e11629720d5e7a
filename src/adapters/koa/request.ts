/** The life of one Koa request in its scope, from the middleware's call to the scope's end. */
import type Koa from "koa";
import { enter } from "../../context/cell.js";
import type { Scope } from "../../registry/api.js";
import type { Host } from "../host/host.js";
import type { LiveScopes } from "../host/live-scopes.js";
import type { Settings } from "../host/options.js";
import { outcomeOfWork, type Thrown } from "../host/outcome.js";
import { asError } from "../host/reports.js";
import { HostRequest } from "../host/request.js";
import { Bodies } from "./bodies.js";
import { isStreamed } from "./body-kinds.js";
import { serializeBody, withdrawAnswer } from "./buffered-body.js";
import { KoaContext } from "./koa-context.js";
import { warnOfLateCommit } from "./late-commit.js";
import { shareWithListener } from "./listener.js";
import type { ScopePerRequestOptions } from "./options.js";

/** What there is to know of Koa. */
export const KOA: Host<[ctx: Koa.Context]> = {
  name: "Koa",
  unsettled: "its middleware have not settled",
  titleOf: ({ method, path }) => `${method} ${path}`,
  seed: (scope, ctx) => void scope.seed(KoaContext, ctx),
};

export class ScopedRequest extends HostRequest<[ctx: Koa.Context], ScopePerRequestOptions> {
  #streams: Bodies | undefined;
  /** Whether a stream has replaced a complete body. */
  #replaced = false;

  constructor(
    readonly ctx: Koa.Context,
    scope: Scope,
    settings: Settings<ScopePerRequestOptions>,
    all: LiveScopes,
  ) {
    super(KOA, [ctx], ctx, scope, settings, all);
    shareWithListener(ctx.req, scope);
    this.watch();
  }

  protected get status(): number {
    return this.ctx.status;
  }

  protected get headSent(): boolean {
    return this.ctx.headerSent;
  }

  protected get streams(): Bodies | undefined {
    return this.#streams;
  }

  /** As Koa does with what breaks after the answer has begun. */
  protected tell(error: unknown): void {
    this.ctx.app.emit("error", asError(error), this.ctx);
  }

  /** Runs the rest of the chain in the scope. */
  run(next: Koa.Next): Promise<void> {
    return enter(this.scope, runChain, this, next);
  }

  /** Somebody assigned a stream to `ctx.body`. */
  hasStream(body: unknown, before: unknown): void {
    this.#streams ??= new Bodies(this.ctx);
    this.#streams.addBody(body, this.cellNow);
    if (this.settled) this.#streams.adapt();
    else if (before !== null && before !== undefined && !isStreamed(before)) this.#replaced = true;
  }

  /**
   * The chain has settled: ends the scope at once, or, if it is still needed, once it is not.
   *
   * Throws what the chain threw, or what undid its success. Gives a promise only where something has to be awaited.
   */
  settle(thrown: Thrown | undefined): Promise<void> | undefined {
    this.settled = true;
    this.thrown = thrown;
    shareWithListener(this.ctx.req, this.scope);
    this.#streams?.adapt();
    if (this.#isNeededLater()) return this.#endLater(thrown);
    return this.#streams?.close()?.then(() => this.#endNow()) ?? this.#endNow();
  }

  /** Koa reads the body after the chain has settled, and whoever said `respond = false` writes then. */
  #isNeededLater(): boolean {
    const { ctx } = this;
    if (ctx.respond === false || this.inner?.closed === false || this.#streams?.hasReader) return true;
    return isStreamed(ctx.body) && !(this.thrown !== undefined && this.#streams?.allClosed);
  }

  /** Before Koa responds, so that a commit which fails is a 500 and not a lie. */
  #endNow(): Promise<void> | undefined {
    const undoneBy = this.endBefore(() => {
      if (this.settings.serialize !== false) serializeBody(this.ctx);
    });
    if (undoneBy instanceof Promise) return undoneBy.then((problem) => this.#conclude(problem));
    return this.#conclude(undoneBy);
  }

  #conclude(problem: Thrown | undefined): undefined {
    if (problem !== undefined) {
      withdrawAnswer(this.ctx);
      // Koa takes `undefined` for no error, and would not answer at all.
      throw problem.error ?? asError(problem.error);
    }
    if (this.thrown !== undefined) throw this.thrown.error;
  }

  #endLater(thrown: Thrown | undefined): undefined {
    const { ctx, scope } = this;
    // Who answers by himself has not said yet how.
    const isAnswered = thrown !== undefined || ctx.respond !== false;
    const work = isAnswered ? outcomeOfWork(ctx.status, scope, thrown) : undefined;
    if (this.#replaced && work?.status === "success") warnOfLateCommit(ctx);
    void this.endAfterResponse(work);
    if (thrown === undefined) return;
    this.abort(thrown.error);
    throw thrown.error;
  }
}

/** With one `then`, as an async function would cost two promises, which Node 22 tells its AsyncLocalStorage of. */
function runChain(request: ScopedRequest, next: Koa.Next): Promise<void> {
  return settled(next).then(
    () => request.settle(undefined),
    (error: unknown) => request.settle({ error }),
  );
}

function settled(next: Koa.Next): Promise<unknown> {
  try {
    return Promise.resolve(next());
  } catch (error) {
    return Promise.reject(error);
  }
}
