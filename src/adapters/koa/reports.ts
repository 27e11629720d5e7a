/** What is said when there is nobody left to throw to. */
import { inspect } from "node:util";
import type Koa from "koa";
import { ScopeStateError } from "../../errors.js";
import type { Settings } from "./options.js";

export type Report = (error: unknown, ctx: Koa.Context) => void;

/** Tells the app's `onError`; without one, `otherwise`. */
export function report(error: unknown, ctx: Koa.Context, settings: Settings, otherwise: Report = tellApp): void {
  const { onError = otherwise } = settings;
  onError(error, ctx);
}

/** As Koa does with what breaks after the answer has begun. */
function tellApp(error: unknown, ctx: Koa.Context): void {
  // Koa's own listener refuses what is not an error.
  const told =
    error instanceof Error ? error : new Error(`Not an error was thrown: ${inspect(error)}`, { cause: error });
  ctx.app.emit("error", told, ctx);
}

/** Reports, unless the timer is cleared before, that a scope outlives its response by far. */
export function reportLater(ctx: Koa.Context, settings: Settings, isSettled: () => boolean): NodeJS.Timeout {
  const { patience } = settings;
  const overdue = () => report(overdueError(ctx, isSettled(), patience), ctx, settings, warnOf);
  return setTimeout(overdue, patience).unref();
}

function overdueError({ method, path }: Koa.Context, settled: boolean, milliseconds: number): ScopeStateError {
  const missing = settled ? "a stream that was its body has not closed" : "its middleware have not settled";
  return new ScopeStateError(
    `The scope of ${method} ${path} is still open ${milliseconds / 1000} s after its response was over: ${missing}.`,
    "give scope.signal, which has fired, to what they wait for.",
  );
}

function warnOf(error: unknown): void {
  warn((error as Error).message);
}

function warn(message: string): void {
  process.emitWarning(message, { type: "AmbitKoaWarning" });
}

const warned = new WeakSet<object>();

/** Says once for each app that a buffered answer leaves before its scope has ended. */
export function warnOfLateCommit({ app, method, path, body }: Koa.Context): void {
  if (warned.has(app)) return;
  warned.add(app);
  const stream = (body as object).constructor.name;
  warn(
    `Late commit: at ${method} ${path} a ${stream} replaced a complete body inside scopePerRequest. So the scope ends ` +
      "after the response has been sent, and a commit that fails is no 500. Fix: put scopePerRequest after the " +
      "middleware that did it, such as compress.",
  );
}
