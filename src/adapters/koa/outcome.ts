/** How the work of a request ended. */
import type Koa from "koa";
import type { Scope } from "../../container/api.js";
import { type Outcome, outcomeOfThrow } from "../../scope/outcome.js";
import type { Settings } from "./options.js";

/** The error of a request whose middleware answered with a status of 400 or more, and threw nothing. */
class ErrorStatus extends Error {
  constructor(readonly status: number) {
    super(`The request was answered with status ${status}.`);
    this.name = "ErrorStatus";
  }
}

/** What something threw; `undefined` can be thrown too. */
export interface Thrown {
  readonly error: unknown;
}

/**
 * The outcome of middleware that have settled: what they threw; else what `scope.fail` said; else an error if the answer
 * is one, as most apps catch inside; else a success.
 */
export function outcomeOfChain(ctx: Koa.Context, scope: Scope, thrown: Thrown | undefined): Outcome {
  if (thrown !== undefined) return outcomeOfThrow(thrown.error, scope.abortState);
  const { returned } = scope;
  if (returned.status !== "success" || ctx.status < 400) return returned;
  return { status: "error", error: new ErrorStatus(ctx.status) };
}

/** The outcome of a request that said `respond = false`: a status counts only if it was sent. */
export function outcomeOfRaw(ctx: Koa.Context, scope: Scope): Outcome {
  return ctx.headerSent ? outcomeOfChain(ctx, scope, undefined) : scope.returned;
}

/** The outcome of work that went well, and whose answer was cut while it was being sent. */
export function outcomeOfCut(scope: Scope, failure: Thrown | undefined): Outcome {
  if (failure !== undefined) return { status: "error", error: failure.error };
  return { status: "aborted", reason: scope.abortState.reason };
}

/** `outcome`, unless the app's own idea of it overrules it. */
export function overruled(
  outcome: Outcome,
  { outcome: ask }: Settings,
  ctx: Koa.Context,
  scope: Scope,
  thrown: Thrown | undefined,
): Outcome {
  const said = ask?.(ctx, thrown?.error);
  if (said === undefined) return outcome;
  // Else the scope would say so again.
  if (scope.extras !== undefined) scope.extras.failure = undefined;
  return said;
}

/** Why `scope.signal` fires when a client goes away. */
export function clientLeft(): DOMException {
  return new DOMException("The client closed the connection before it had the whole answer.", "AbortError");
}
