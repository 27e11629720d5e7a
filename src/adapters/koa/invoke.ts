/** Routes that lead to methods of controllers. */
import type Koa from "koa";
import { currentCell, enter } from "../../context/cell.js";
import type { Scope } from "../../container/api.js";
import { type InjectionToken, nameOfToken } from "../../container/token.js";
import { NoScopeError } from "../../errors.js";
import type { Lifespan } from "../../scope/lifespan.js";
import { requestOf } from "./request.js";

/** The names of the methods of `C` that can be called with `(ctx, next)`. */
export type HandlerName<C> = {
  [K in keyof C]: C[K] extends (ctx: Koa.Context, next: Koa.Next) => unknown ? K : never;
}[keyof C];

type Controller = Record<PropertyKey, (ctx: Koa.Context, next: Koa.Next) => unknown>;

/**
 * A middleware that resolves `controller` in the request's scope and calls its method with `(ctx, next)`.
 *
 * @throws NoScopeError ERR_AMBIT_NO_SCOPE at a request that did not come through `scopePerRequest`
 */
export function invoke<C>(controller: InjectionToken<C>, method: HandlerName<C>): Koa.Middleware {
  return async function invokeController(ctx, next): Promise<unknown> {
    const scope = requestOf(ctx)?.scope;
    if (scope === undefined) throw new NoScopeError(nameOfToken(controller), undefined);
    if (!isCurrent(scope)) return enter(scope, invokeController, ctx, next);
    const instance = (await scope.resolveAsync(controller)) as Controller;
    return instance[method](ctx, next);
  };
}

/** Not so where middleware have called `next` from another flow, such as that of a connection's first user. */
function isCurrent(scope: Scope): boolean {
  let current = currentCell().scope as Lifespan | undefined;
  while (current !== undefined && current !== scope) current = current.extras?.around ?? current.enclosing;
  return current === scope;
}
