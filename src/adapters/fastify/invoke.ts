/** Routes that lead to methods of controllers. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { InjectionToken } from "../../registry/token.js";
import { callController, type MethodName } from "../host/call-controller.js";
import { requestOf } from "../host/live-scope.js";
import type { Exchange, FastifyExchange } from "./request.js";

/** The names of the methods of `C` that can be called with `(request, reply)`. */
export type HandlerName<C> = MethodName<C, Exchange>;

/**
 * A handler that resolves `controller` in the request's scope, calls its method with `(request, reply)` and sends what
 * that gives.
 *
 * @throws NoScopeError ERR_AMBIT_NO_SCOPE at a request that did not come through `scopePerRequest`
 */
export function invoke<C>(
  controller: InjectionToken<C>,
  method: HandlerName<C>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return function invokeController(request, reply): Promise<unknown> {
    const call = callController(controller, method, request, [request, reply]);
    (requestOf(request) as FastifyExchange | undefined)?.works(call);
    return call;
  };
}
