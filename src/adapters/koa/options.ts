/** What `scopePerRequest` may be told. */
import type Koa from "koa";
import type { InjectionToken } from "../../container/token.js";
import type { Outcome } from "../../scope/outcome.js";

/** What `scopePerRequest` may be told. */
export interface ScopePerRequestOptions {
  /** More values for the scope, beside `KoaContext`. They stay the caller's. */
  readonly seeds?: ((ctx: Koa.Context) => Iterable<readonly [InjectionToken, unknown]>) | undefined;
  /**
   * How the work ended, in place of what ambit and `scope.fail` say; `undefined` leaves it to them.
   *
   * Asked once, right before the scope ends: for a stream body, after the response is over.
   *
   * @param thrown what the middleware inside threw, or the stream that was their body
   */
  readonly outcome?: ((ctx: Koa.Context, thrown?: unknown) => Outcome | undefined) | undefined;
  /** `false` leaves an object body to Koa, which turns it into JSON after the scope has closed. Default: true. */
  readonly serialize?: boolean | undefined;
  /**
   * Hears of what nobody can be thrown to any more: disposers that fail after the response, or after the work did, and
   * middleware that have not settled a minute after their client left.
   *
   * Default: Koa's `app.on("error")`, the container's `onDisposalError`, and a process warning.
   */
  readonly onError?: ((error: unknown, ctx: Koa.Context) => void) | undefined;
}

/** The options, and what only ambit's own tests change. */
export interface Settings extends ScopePerRequestOptions {
  /** After how many milliseconds a scope that outlives its response is reported. */
  readonly patience: number;
}
