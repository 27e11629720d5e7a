/** A Context of its own for every request, around the whole of Koa. */
import type Koa from "koa";
import { ContextCell, currentCell, enter } from "../../context/cell.js";

/** The Context that `listener` made for one request. */
export class RequestCell extends ContextCell {}

/**
 * What to give `http.createServer`, in place of `app.callback()`: everything that Koa does for a request then runs in
 * the request's Context, its `respond` and `app.on("error")` included.
 *
 * In it, the current scope is the request's as soon as there is one, and what the middleware inside `scopePerRequest`
 * set is seen from when they have settled.
 */
export function listener<S, C>(app: Koa<S, C>): ReturnType<Koa["callback"]> {
  const callback = app.callback();
  return function handleRequest(req, res) {
    // A server that was started inside a scope would make it the current one of every request.
    return enter(new RequestCell(currentCell().vars), callback, req, res);
  };
}
