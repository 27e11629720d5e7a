/** The life of one request's scope, from the middleware's call to the scope's end. */
import type Koa from "koa";
import { enter } from "../../context/cell.js";
import type { Scope } from "../../container/api.js";
import { Failure } from "../../scope/disposal.js";
import { type Outcome, outcomeOfThrow } from "../../scope/outcome.js";
import { serializeBody } from "./buffered-body.js";
import type { LiveScopes } from "./live-scopes.js";
import { outcomeOfAnswer } from "./outcome.js";

/** What the middleware was told, by the names of its options. */
export interface RequestSettings {
  readonly outcome?: ((ctx: Koa.Context, thrown?: unknown) => Outcome | undefined) | undefined;
  readonly serialize?: boolean | undefined;
  readonly onError?: ((error: unknown, ctx: Koa.Context) => void) | undefined;
}

/** On Koa's context: the request whose scope it belongs to. */
const REQUEST = Symbol("ambit.request");

/** The request that `ctx` came through `scopePerRequest` with. */
export function requestOf(ctx: Koa.Context): ScopedRequest | undefined {
  return ctx[REQUEST];
}

export class ScopedRequest {
  constructor(
    readonly ctx: Koa.Context,
    readonly scope: Scope,
    readonly settings: RequestSettings,
    readonly live: LiveScopes,
  ) {
    ctx[REQUEST] = this;
    live.add(scope);
  }

  /** Runs the rest of the chain in the scope, and ends the scope before Koa responds. */
  run(next: Koa.Next): Promise<void> {
    return enter(this.scope, runChain, this, next);
  }

  async returned(): Promise<void> {
    const { ctx, scope, settings } = this;
    if (isStreamed(ctx)) {
      ctx.res.once("close", () => void this.#end(outcomeOfAnswer(ctx, scope)).catch((error) => this.#report(error)));
      return;
    }
    if (settings.serialize !== false) serializeBody(ctx);
    await this.#end(settings.outcome?.(ctx) ?? outcomeOfAnswer(ctx, scope));
  }

  async threw(error: unknown): Promise<never> {
    const { ctx, scope, settings } = this;
    const outcome = settings.outcome?.(ctx, error) ?? outcomeOfThrow(error, scope.abortState);
    await this.#end(outcome).catch((failure: unknown) => this.#report(failure));
    throw error;
  }

  async #end(outcome: Outcome): Promise<void> {
    try {
      const ending = enter(this.scope, () => this.scope.end(outcome));
      if (ending instanceof Failure) throw ending.error;
      await ending;
    } finally {
      this.live.delete(this.scope);
    }
  }

  #report(error: unknown): void {
    if (this.settings.onError !== undefined) this.settings.onError(error, this.ctx);
    else this.ctx.app.emit("error", error, this.ctx);
  }
}

function isStreamed({ respond, body }: Koa.Context): boolean {
  if (respond === false || body instanceof ReadableStream || body instanceof Response) return true;
  return typeof (body as { pipe?: unknown } | undefined)?.pipe === "function";
}

async function runChain(request: ScopedRequest, next: Koa.Next): Promise<void> {
  let settle = () => request.returned();
  try {
    await next();
  } catch (error) {
    settle = () => request.threw(error);
  }
  return settle();
}
