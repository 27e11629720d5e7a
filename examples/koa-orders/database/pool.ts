import pg from "pg";
import { bindContext, threadScoped } from "ambit";
import { loggerOf } from "../logging.js";

const logger = loggerOf("database");

/** The connections of this thread: where to, says database/connection.ts. */
@threadScoped() // one per worker thread, ended when the thread ends
export class DbPool {
  readonly pool = new pg.Pool();

  constructor() {
    // pg's own default is to wait for a free connection for ever.
    this.pool.options.connectionTimeoutMillis = 5_000;
    // A connection that breaks while nobody asks it anything must not end the process: the pool opens another one.
    // Its events would run in the Context of its first user, and its log lines carry that request's id.
    const lost = bindContext((error: Error) => logger.warn({ err: error }, "connection lost"));
    this.pool.on("connect", (client) => client.on("error", lost));
    this.pool.on("error", () => {});
  }

  [Symbol.asyncDispose]() {
    return this.pool.end();
  }
}
