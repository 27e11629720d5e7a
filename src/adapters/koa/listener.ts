/** A Context of its own for every request, around the whole of Koa. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type Koa from "koa";
import { ContextCell, currentCell, enter } from "../../context/cell.js";
import type { Scope } from "../../registry/api.js";

/** What `http.createServer` and `http2.createServer` take. */
export type Listener = (req: IncomingMessage | Http2ServerRequest, res: ServerResponse | Http2ServerResponse) => void;

/** On Node's request: the Context that `listener` made for it. */
const CELL = Symbol("ambit.context");

/**
 * What to give `http.createServer`, in place of `app.callback()`: everything that Koa does for a request then runs in
 * the request's Context, its `respond` and `app.on("error")` included.
 *
 * There, the current scope is the request's from when it opens, and what the middleware inside `scopePerRequest` set is
 * seen from when they have settled.
 */
export function listener<S, C>(app: Koa<S, C>): Listener {
  const callback = app.callback();
  bindErrors(app.context);
  return function handleRequest(req, res) {
    // Without the scope: a server that was started inside one would make it the current scope of every request.
    const cell = new ContextCell(currentCell().vars);
    Object.assign(req, { [CELL]: cell });
    void enter(cell, callback, req, res);
  };
}

const bound = new WeakSet<object>();

/** On Node 20, Koa hears of a client that left mid-stream in an event of the socket, which belongs to no request. */
function bindErrors(prototype: Pick<Koa.Context, "onerror">): void {
  if (bound.has(prototype)) return;
  bound.add(prototype);
  const { onerror } = prototype;
  prototype.onerror = function (this: Koa.Context, error) {
    const cell = cellOf(this.req);
    return cell === undefined ? onerror.call(this, error) : enter(cell, () => onerror.call(this, error));
  };
}

function cellOf(req: IncomingMessage): ContextCell | undefined {
  return (req as { [CELL]?: ContextCell })[CELL];
}

/** Makes the request's scope current in the Context around Koa, with what was set in it so far. */
export function shareWithListener(req: IncomingMessage, scope: Scope): void {
  const cell = cellOf(req);
  if (cell === undefined) return;
  cell.scope = scope;
  cell.vars = scope.vars;
}
