import { STATUS_CODES } from "node:http";
import type Koa from "koa";
import { databaseProblemOf } from "../database/problems.js";
import { loggerOf } from "../logging.js";
import { type Problem, RequestError } from "./problem.js";

const logger = loggerOf("http");

const INTERNAL: Problem = { status: 500, code: "internal", message: "Something went wrong here; it has been logged." };

/** Turns every error into a JSON answer: `{ "error": { code, message, details? } }`. */
export const answerErrors: Koa.Middleware = async function answerErrors(ctx, next) {
  try {
    await next();
  } catch (error) {
    const problem = problemOf(error);
    // What nobody here implements, such as TRACE, is the client's mistake.
    if (problem.status >= 500 && problem.status !== 501) logger.error({ err: error }, problem.message);
    else logger.info({ code: problem.code }, problem.message);
    answer(ctx, problem);
  }
};

function answer(ctx: Koa.Context, { status, code, message, details }: Problem): void {
  ctx.status = status;
  ctx.body = { error: { code, message, details } };
  if (status === 401) ctx.set("WWW-Authenticate", "Bearer");
  if (status === 503) ctx.set("Retry-After", "1");
}

function problemOf(error: unknown): Problem {
  if (error instanceof RequestError) return error;
  return databaseProblemOf(error) ?? middlewareProblemOf(error) ?? INTERNAL;
}

/** What Koa, the router and the body parser throw says by itself whether it may be shown. */
function middlewareProblemOf(error: unknown): Problem | undefined {
  if (isOfZlib(error))
    return { status: 400, code: "bad_request", message: "The body is not as Content-Encoding says." };
  if (!(error instanceof Error) || !("status" in error)) return undefined;
  const { status, message } = error;
  if (typeof status !== "number" || status < 400 || status > 499) return undefined;
  const name = STATUS_CODES[status] ?? "Bad Request";
  return { status, code: name.toLowerCase().replaceAll(" ", "_"), message };
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^Z_\w+_ERROR$/.test(String(error.code));
}
