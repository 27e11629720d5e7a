/** Listening, and ending without losing a request. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { drain, listener } from "ambit/koa";
import type Koa from "koa";

/** The app on a port of this machine. */
export class RunningServer {
  readonly #answers = new Set<ServerResponse>();

  private constructor(
    readonly app: Koa,
    readonly server: Server,
  ) {
    server.on("request", (_, answer) => {
      this.#answers.add(answer);
      answer.once("close", () => this.#answers.delete(answer));
    });
    server.on("connection", (socket) => socket.once("close", () => this.#forget(socket)));
  }

  /** @throws Error when another process has the port */
  static async start(app: Koa, port: number): Promise<RunningServer> {
    const server = createServer(listener(app)).listen(port);
    try {
      await once(server, "listening");
    } catch (error) {
      throw new Error(`Cannot listen on port ${port}; PORT=0 takes a free one.`, { cause: error });
    }
    return new RunningServer(app, server);
  }

  get url(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /**
   * Takes no more requests, and waits until those that run are answered and their scopes closed.
   *
   * @returns false when `milliseconds` passed first: their connections are cut then
   */
  async finish(milliseconds: number): Promise<boolean> {
    this.server.close();
    const finished = await new Promise<boolean>((resolve) => {
      const patience = setTimeout(resolve, milliseconds, false);
      void this.#over().then(() => {
        clearTimeout(patience);
        resolve(true);
      });
    });
    this.server.closeAllConnections();
    return finished;
  }

  async #over(): Promise<void> {
    await drain(this.app);
    // An answer leaves after its scope has closed.
    await Promise.all([...this.#answers].map(gone));
  }

  /** Node 20 and 22 do not close an answer that waited behind another one when their connection was cut. */
  #forget(socket: Socket): void {
    for (const answer of this.#answers) if (answer.req.socket === socket) this.#answers.delete(answer);
  }
}

function gone(answer: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    answer.once("close", resolve);
    answer.req.socket.once("close", () => resolve());
  });
}
