/** What every host's `scopePerRequest` may be told. */
import type { InjectionToken } from "../../registry/token.js";
import type { Outcome } from "../../scope/outcome.js";

/** What a host gives its handlers for one request: Koa's `ctx`, Node's `req` and `res`. */
export type Who = readonly [object, ...unknown[]];

/** What every host's `scopePerRequest` may be told; `who` is what the host gives its handlers. */
export interface HostOptions<W extends Who> {
  /** More values for the scope, beside the host's own. They stay the caller's. */
  readonly seeds?: ((...who: W) => Iterable<readonly [InjectionToken, unknown]>) | undefined;
  /**
   * How the work ended, in place of what ambit and `scope.fail` say; `undefined` leaves it to them.
   *
   * Asked once, right before the scope ends: for a streamed answer, after the response is over. Last comes what was
   * thrown, by the handler or by the stream that was its answer.
   */
  readonly outcome?: ((...args: [...who: W, thrown?: unknown]) => Outcome | undefined) | undefined;
  /**
   * Hears of what nobody can be thrown to any more: disposers that fail after the response, or after the work did, and
   * handlers that have not settled a minute after their client left.
   */
  readonly onError?: ((error: unknown, ...who: W) => void) | undefined;
}

/** The options, and what only ambit's own tests change. */
export type Settings<O> = O & {
  /** After how many milliseconds a scope that outlives its response is reported. */
  readonly patience: number;
};

/** How long a scope may outlive its response before that is reported, in milliseconds. */
export const PATIENCE = 60_000;
