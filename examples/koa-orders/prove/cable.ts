/** A way to the database that can be cut. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Outage } from "../database/embedded.js";

/** Stands between the app and its database, and can take it away. */
export class Cable implements Outage {
  readonly #sockets = new Set<Socket>();
  #plugged = true;

  private constructor(
    readonly server: Server,
    readonly url: string,
  ) {}

  static async to(databaseUrl: string): Promise<Cable> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer((socket) => cable.#carry(socket, connect(Number(port || 5432), hostname)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cable = new Cable(server, url.href);
    return cable;
  }

  async begin(): Promise<void> {
    this.unplug();
  }

  async end(): Promise<void> {
    this.plug();
  }

  /** Cuts every connection, and refuses new ones. */
  unplug(): void {
    this.#plugged = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  plug(): void {
    this.#plugged = true;
  }

  async close(): Promise<void> {
    this.unplug();
    this.server.close();
    await once(this.server, "close");
  }

  #carry(app: Socket, database: Socket): void {
    for (const socket of [app, database]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    }
    if (!this.#plugged) return this.unplug();
    app.pipe(database).pipe(app);
    app.on("close", () => database.destroy());
    database.on("close", () => app.destroy());
  }
}
