/** What is said when there is nobody left to throw to. */
import { inspect } from "node:util";
import type Koa from "koa";
import { ScopeStateError } from "../../errors.js";

/** Tells the app, as Koa does with what breaks after the answer has begun. */
export function tellApp(error: unknown, ctx: Koa.Context): void {
  // Koa's own listener refuses what is not an error.
  const told =
    error instanceof Error ? error : new Error(`Not an error was thrown: ${inspect(error)}`, { cause: error });
  ctx.app.emit("error", told, ctx);
}

/** A process warning. */
export function warnOf(error: unknown): void {
  process.emitWarning((error as Error).message, { type: "AmbitKoaWarning" });
}

/** The scope of a request that stays open although its response is over. */
export function overdueError({ method, path }: Koa.Context, settled: boolean, milliseconds: number): ScopeStateError {
  const missing = settled ? "a stream that was its body has not closed" : "its middleware have not settled";
  return new ScopeStateError(
    `The scope of ${method} ${path} is still open ${milliseconds / 1000} s after its response was over: ${missing}.`,
    "give scope.signal, which has fired, to what they wait for.",
  );
}

const warned = new WeakSet<object>();

/** Says once for each app that a buffered answer leaves before its scope has ended. */
export function warnOfLateCommit({ app, method, path, body }: Koa.Context): void {
  if (warned.has(app)) return;
  warned.add(app);
  const stream = (body as object).constructor.name;
  const message =
    `Late commit: at ${method} ${path} a ${stream} replaced a complete body inside scopePerRequest. So the scope ends ` +
    "after the response has been sent, and a commit that fails is no 500. Fix: put scopePerRequest after the " +
    "middleware that did it, such as compress.";
  process.emitWarning(message, { type: "AmbitKoaWarning" });
}
