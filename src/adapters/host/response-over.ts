/** When a response is over: sent, cut, or given up together with its connection. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A request and its response, as Node has them. */
export interface Wire {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** Calls `fn` when the response is over, or right now if it is; possibly twice. */
export function onResponseOver(wire: Wire, fn: () => void): void {
  if (isOver(wire)) return fn();
  const { req, res } = wire;
  // A pipelined request waits for the response before it. When its client leaves meanwhile, Node 20 and 22 never close
  // its response (nodejs/node#62534), and its socket is all that tells.
  if (!res.socket && req.socket) res.on("close", onSocketClose(req.socket, fn));
  res.on("close", fn);
}

/** Whether it is, also while those are still to be told who wait for it. */
export function isOver({ req, res }: Wire): boolean {
  return res.closed || res.destroyed || req.aborted || req.socket?.destroyed === true;
}

/**
 * Whether the response left in full, as far as Node knows.
 *
 * writableFinished alone proves nothing: an aborted HTTP/2 stream finishes, and a web stream that is cancelled because
 * the client has left ends its response like one that was read to its end. Nor does `aborted`, which Node says of no
 * request whose body has been read: Koa ends a response on a dead socket, too, which only one that has left gives up.
 */
export function wasSent({ req, res }: Wire): boolean {
  return res.writableFinished && !req.aborted && !(req.httpVersionMajor < 2 && res.socket?.destroyed);
}

/** Who waits for the end of a socket: one listener for all the requests that are pipelined on it. */
const waiting = new WeakMap<Socket, Set<() => void>>();

function onSocketClose(socket: Socket, fn: () => void): () => void {
  let all = waiting.get(socket);
  if (all === undefined) {
    all = new Set();
    waiting.set(socket, all);
    socket.once("close", callEach.bind(undefined, all));
  }
  all.add(fn);
  return () => void all.delete(fn);
}

function callEach(all: Set<() => void>): void {
  for (const fn of all) fn();
  all.clear();
}
