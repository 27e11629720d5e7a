import type Koa from "koa";
import { RequestError } from "../http/problem.js";
import { userId } from "../logging.js";
import type { Tokens } from "./tokens.js";

/** Verifies the bearer token, if there is one. Whether one is needed is for the route to say: see {@link authenticate}. */
export function authentication(tokens: Tokens): Koa.Middleware {
  return async function authentication(ctx, next) {
    const header = ctx.get("authorization");
    if (header !== "") {
      const user = await tokens.verify(bearerTokenIn(header));
      ctx.state.user = user;
      userId.set(user);
    }
    await next();
  };
}

/**
 * The user who was authenticated for this request.
 *
 * @throws RequestError 401
 */
export function authenticate(ctx: Koa.Context): string {
  const { user } = ctx.state;
  if (typeof user !== "string") {
    throw new RequestError(401, "token_missing", "Send a token: the header is 'Authorization: Bearer <token>'.");
  }
  return user;
}

function bearerTokenIn(header: string): string {
  const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  if (token !== undefined) return token;
  throw new RequestError(401, "invalid_token", "The Authorization header is not 'Bearer <token>'.");
}
