/** Listening, and ending without losing a request. */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type Koa from "koa";
import { drain, listener } from "ambit/koa";

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
    const over = this.#over().then(() => true);
    const finished = await Promise.race([over, sleep(milliseconds, false, { ref: false })]);
    this.server.closeAllConnections();
    return finished;
  }

  async #over(): Promise<void> {
    await drain(this.app);
    // An answer leaves after its scope has closed.
    await Promise.all([...this.#answers].map((answer) => once(answer, "close")));
  }
}
