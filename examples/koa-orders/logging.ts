/** One logger for all modules: every line says by itself for which request and user it was written, and in which worker. */
import { isMainThread, threadId } from "node:worker_threads";
import { ContextVar } from "ambit";
import pino from "pino";

/**
 * `rootless`: set outside a request it would stick to everything that follows, so that is an error.
 * `travels`: a task for a worker thread takes it along.
 */
export const requestId = new ContextVar<string>("request id", { rootless: true, travels: true });
export const userId = new ContextVar<string>("user id", { rootless: true, travels: true });

const { LOG_LEVEL: level = "info" } = process.env;

const root = pino({
  level: isLevel(level) ? level : "info",
  base: isMainThread ? null : { thread: threadId },
  mixin: () => ({ requestId: requestId.get(undefined), user: userId.get(undefined) }),
});

/** Whether the logger knows this level; it takes "info" for what it does not know. */
export function isLevel(name: string): boolean {
  return name === "silent" || name in pino.levels.values;
}

/** The logger of one module; nobody has to pass the request along. */
export function loggerOf(module: string): pino.Logger {
  return root.child({ module });
}
