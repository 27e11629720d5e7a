/** Routes that lead to methods of controllers. */
import type { Context, MiddlewareHandler, Next } from "hono";
import type { InjectionToken } from "../../registry/token.js";
import { callController, type MethodName } from "../host/call-controller.js";

/** The names of the methods of `C` that can be called with `(c, next)`. */
export type HandlerName<C> = MethodName<C, [c: Context, next: Next]>;

/**
 * A handler that resolves `controller` in the request's scope, calls its method with `(c, next)` and answers with what
 * that gives.
 *
 * @throws NoScopeError ERR_AMBIT_NO_SCOPE at a request that did not come through `scopePerRequest`
 */
export function invoke<C>(controller: InjectionToken<C>, method: HandlerName<C>): MiddlewareHandler {
  return function invokeController(c, next) {
    return callController(controller, method, c, [c, next]) as Promise<Response>;
  };
}
