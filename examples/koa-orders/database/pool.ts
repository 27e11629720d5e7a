import { bindContext, threadScoped } from "ambit";
import pg from "pg";
import { loggerOf } from "../logging.js";

const logger = loggerOf("database");

/** The connections of this thread: where to, says database/connection.ts. */
@threadScoped() // one per worker thread, ended when the thread ends
export class DbPool {
  readonly pool = new pg.Pool();
  readonly #open = new Set<pg.PoolClient>();

  constructor() {
    // pg's own default is to wait for a free connection for ever.
    this.pool.options.connectionTimeoutMillis = 5_000;
    // A connection that breaks while nobody asks it anything must not end the process: the pool opens another one.
    // Its events would run in the Context of its first user, and its log lines carry that request's id.
    const lost = bindContext((error: Error) => logger.warn({ err: error }, "connection lost"));
    this.pool.on("connect", (client) => {
      client.on("error", lost);
      this.#open.add(client);
      client.once("end", () => this.#open.delete(client));
    });
    this.pool.on("error", () => {});
  }

  async [Symbol.asyncDispose]() {
    const closed = [...this.#open].map((client) => new Promise<void>((resolve) => client.once("end", resolve)));
    await this.pool.end(); // that is when they have been told to close
    await Promise.all(closed);
  }
}
