/** Routes that lead to methods of controllers. */
import type Koa from "koa";
import { nameOfToken, type InjectionToken } from "../../container/token.js";
import { NoScopeError } from "../../errors.js";
import { requestOf } from "./request.js";

/** The names of the methods of `C` that can be called with `(ctx, next)`. */
export type HandlerName<C> = {
  [K in keyof C]: C[K] extends (ctx: Koa.Context, next: Koa.Next) => unknown ? K : never;
}[keyof C];

type Handler = (ctx: Koa.Context, next: Koa.Next) => unknown;

/**
 * A middleware that resolves `controller` in the request's scope and calls its method with `(ctx, next)`.
 *
 * @throws NoScopeError ERR_AMBIT_NO_SCOPE at a request that did not come through `scopePerRequest`
 */
export function invoke<C>(controller: InjectionToken<C>, method: HandlerName<C>): Koa.Middleware {
  return async function invokeController(ctx, next) {
    const request = requestOf(ctx);
    if (request === undefined) throw new NoScopeError(nameOfToken(controller), undefined);
    const instance = (await request.scope.resolveAsync(controller)) as Record<PropertyKey, Handler>;
    return instance[method](ctx, next);
  };
}
