/** How the work of a request ended. */
import type Koa from "koa";
import type { Scope } from "../../container/api.js";
import type { Outcome } from "../../scope/outcome.js";

/** The error of a request whose middleware answered with a status of 400 or more, and threw nothing. */
class ErrorStatus extends Error {
  constructor(readonly status: number) {
    super(`The request was answered with status ${status}.`);
    this.name = "ErrorStatus";
  }
}

/**
 * The outcome of a chain that settled without a throw: what `scope.fail` said; else an error if the answer is one, as
 * most apps catch inside; else a success.
 */
export function outcomeOfAnswer(ctx: Koa.Context, scope: Scope): Outcome {
  const { returned } = scope;
  if (returned.status !== "success" || ctx.status < 400) return returned;
  return { status: "error", error: new ErrorStatus(ctx.status) };
}
