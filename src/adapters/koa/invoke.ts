/** Routes that lead to methods of controllers. */
import type Koa from "koa";
import type { InjectionToken } from "../../registry/token.js";
import { callController, type MethodName } from "../host/call-controller.js";

/** The names of the methods of `C` that can be called with `(ctx, next)`. */
export type HandlerName<C> = MethodName<C, [ctx: Koa.Context, next: Koa.Next]>;

/**
 * A middleware that resolves `controller` in the request's scope and calls its method with `(ctx, next)`.
 *
 * @throws NoScopeError ERR_AMBIT_NO_SCOPE at a request that did not come through `scopePerRequest`
 */
export function invoke<C>(controller: InjectionToken<C>, method: HandlerName<C>): Koa.Middleware {
  return function invokeController(ctx, next): Promise<unknown> {
    return callController(controller, method, ctx, [ctx, next]);
  };
}
