/** A TCP server to which every worker of a test connects: it knows who said goodbye, and who was cut off. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";

/** The worker file of all pools. */
export const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));

export class Goodbyes implements AsyncDisposable {
  /** What all connections said, in the order in which it came. */
  readonly lines: string[] = [];
  polite = 0;
  impolite = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #changed: (() => void)[] = [];

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async listen(): Promise<Goodbyes> {
    const goodbyes = new Goodbyes();
    goodbyes.#server.listen(0, "127.0.0.1");
    await once(goodbyes.#server, "listening");
    return goodbyes;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The environment of a worker that is to connect. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return { ...(process.env as Record<string, string>), TEST_PORT: String(this.port), ...more };
  }

  /** Resolves when that line has been said so many times. */
  heard(line: string, times = 1): Promise<void> {
    return this.#until(() => this.lines.filter((each) => each === line).length >= times);
  }

  /** Resolves when anything has been said. */
  heardAny(): Promise<void> {
    return this.#until(() => this.lines.length > 0);
  }

  /** Resolves when so many connections are over; gives how they ended. */
  async over(count: number): Promise<{ polite: number; impolite: number }> {
    await this.#until(() => this.polite + this.impolite >= count);
    return { polite: this.polite, impolite: this.impolite };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() as string;
      this.lines.push(...lines);
      if (lines.includes("bye")) this.#saidBye.add(socket);
      this.#tell();
    });
    socket.on("error", () => {});
    socket.on("close", (hadError) => {
      this.#sockets.delete(socket);
      if (this.#saidBye.has(socket) && !hadError) this.polite++;
      else this.impolite++;
      this.#tell();
    });
  }

  readonly #saidBye = new WeakSet<Socket>();

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  #tell(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }
}
