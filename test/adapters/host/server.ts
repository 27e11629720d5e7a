/** A server on a free port, and clients that behave and clients that do not. */
import { once } from "node:events";
import { type IncomingHttpHeaders, type RequestOptions, request, type Server } from "node:http";
import { type AddressInfo, connect as connectTo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { currentScope, type Scope } from "ambit";
import { onTestFinished } from "vitest";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Serves until the test has ended; gives the port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0);
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

/** A connection on which a test says every byte itself. */
export class Connection {
  received = "";

  private constructor(readonly socket: Socket) {
    socket.setEncoding("latin1").on("data", (data: string) => (this.received += data));
    socket.on("error", () => {});
  }

  static async to(port: number, { allowHalfOpen = false } = {}): Promise<Connection> {
    const socket = connectTo({ port, allowHalfOpen });
    await once(socket, "connect");
    onTestFinished(() => void socket.destroy());
    return new Connection(socket);
  }

  get(path: string, headers = ""): this {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n${headers}\r\n`);
    return this;
  }

  /** Waits until the server has sent `text`. */
  async until(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, "data");
  }

  /** Goes away without a word. */
  async leave(): Promise<void> {
    this.socket.resetAndDestroy();
    await once(this.socket, "close");
  }
}

/** The current scope, which must be there. */
export function scopeNow(): Scope {
  const scope = currentScope();
  if (scope === undefined) throw new Error("No scope is current.");
  return scope;
}
