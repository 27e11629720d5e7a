/** Listening, and ending without losing a request. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type Koa from "koa";
import { drain, listener } from "ambit/koa";

/**
 * Serves `app` on `port` of this machine.
 *
 * @throws Error when another process has the port
 */
export async function listen(app: Koa, port: number): Promise<Server> {
  const server = createServer(listener(app)).listen(port);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new Error(`Cannot listen on port ${port}; PORT=0 takes a free one.`, { cause: error });
  }
  return server;
}

export function urlOf(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/**
 * Takes no more requests and waits for those that run.
 *
 * @returns false when `milliseconds` passed first: their connections are cut then
 */
export async function finish(app: Koa, server: Server, milliseconds: number): Promise<boolean> {
  server.close();
  const expired = new AbortController();
  const timer = setTimeout(() => expired.abort(), milliseconds);
  const drained = await Promise.race([drain(app).then(() => true), once(expired.signal, "abort").then(() => false)]);
  clearTimeout(timer);
  server.closeAllConnections();
  return drained;
}
