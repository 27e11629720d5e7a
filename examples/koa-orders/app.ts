/** The server's middleware, in its order. */
import { bodyParser } from "@koa/bodyparser";
import { container } from "ambit";
import { type Inspector, inspectorKoa } from "ambit/inspector";
import { scopePerRequest } from "ambit/koa";
import Koa from "koa";
import compress from "koa-compress";
import { authentication } from "./auth/authentication.js";
import type { Tokens } from "./auth/tokens.js";
import { answerErrors } from "./http/errors.js";
import { requestContext } from "./http/request-context.js";
import { notFound, routes } from "./http/routes.js";
import { loggerOf } from "./logging.js";

const logger = loggerOf("app");

/** What an app may have that is not for production. */
export interface ForDevelopment {
  /** Whether the page at "/" hands out tokens. */
  readonly demo?: boolean;
  /** What answers at /__ambit. */
  readonly inspector?: Inspector | undefined;
}

export function createApp(tokens: Tokens, { demo = false, inspector }: ForDevelopment = {}): Koa {
  const app = new Koa();
  app.on("error", logLateFailure);

  if (inspector !== undefined) app.use(inspectorKoa(inspector));
  app.use(requestContext);
  app.use(compress());
  app.use(answerErrors); // for what the scope's end throws, such as a COMMIT that fails
  app.use(authentication(tokens));
  app.use(scopePerRequest(container, { onError: (error) => logger.warn({ err: error }, "a scope ended badly") }));
  app.use(answerErrors); // for what handlers throw
  app.use(bodyParser({ enableTypes: ["json"] }));
  app.use(notFound);

  const router = routes(tokens, demo, inspector !== undefined);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}

/** What breaks when the answer has begun. */
function logLateFailure(error: NodeJS.ErrnoException, ctx?: Koa.Context): void {
  const clientLeft = error.code === "ERR_STREAM_PREMATURE_CLOSE" || error === ctx?.req.socket.errored;
  if (clientLeft) logger.info("the client left in the middle of its request, or of its answer");
  else logger.error({ err: error }, "the answer was cut");
}
