import { threadScoped } from "ambit";
import { DbPool } from "../koa-orders/database/pool.js";

/**
 * This worker's connection to the database, which was opened in no other thread: a worker renders one report at a time.
 * A pool of one rather than a bare client, because it replaces a connection that broke.
 */
@threadScoped({ token: DbPool }) // one per worker thread, ended when the thread ends
export class DbConnection extends DbPool {
  constructor() {
    super();
    this.pool.options.max = 1;
  }
}
