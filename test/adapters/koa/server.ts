/** A Koa server on a free port, and plain clients for it. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request, type RequestOptions, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Koa from "koa";
import { onTestFinished } from "vitest";
import { listener } from "ambit/koa";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An app that keeps its errors to itself. */
export function quietApp(): Koa & { errors: unknown[] } {
  const errors: unknown[] = [];
  const app = Object.assign(new Koa(), { errors });
  app.on("error", (error) => errors.push(error));
  return app;
}

/** Serves `app` until the test has ended; gives the port. */
export async function serve(app: Koa<any, any>, { wrapped = false } = {}): Promise<number> {
  const server = createServer(wrapped ? listener(app) : app.callback()).listen(0);
  await once(server, "listening");
  onTestFinished(() => stop(server));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

/** One request on a connection of its own, answered in full. */
export async function ask(
  port: number,
  path = "/",
  { body, ...options }: RequestOptions & { body?: string } = {},
): Promise<Answer> {
  const sent = request({ port, path, agent: false, ...options }).end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
