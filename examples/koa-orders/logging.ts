/** One logger for all modules: every line says by itself for which request and user it was written, and in which worker. */
import { isMainThread, threadId } from "node:worker_threads";
import pino from "pino";
import { ContextVar } from "ambit";

/**
 * `rootless`: set outside a request it would stick to everything that follows, so that is an error.
 * `travels`: a task for a worker thread takes it along.
 */
export const requestId = new ContextVar<string>("request id", { rootless: true, travels: true });
export const userId = new ContextVar<string>("user id", { rootless: true, travels: true });

const root = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: isMainThread ? null : { thread: threadId },
  mixin: () => ({ requestId: requestId.get(undefined), user: userId.get(undefined) }),
});

/** The logger of one module; nobody has to pass the request along. */
export function loggerOf(module: string): pino.Logger {
  return root.child({ module });
}
