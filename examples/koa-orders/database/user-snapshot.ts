import { container, Lifecycle } from "ambit";
import type pg from "pg";
import { CurrentUser } from "../auth/current-user.js";
import { DbPool } from "./pool.js";
import { actAs } from "./row-security.js";

const BATCH = 500;

/** The user's rows as they were at one moment, on a read-only connection of its own: for exports that take a while. */
export class UserSnapshot {
  constructor(readonly client: pg.PoolClient) {}

  /**
   * The rows of a query, however many there are: no more than one batch is in memory. The last one is the smallest, and
   * may be empty. There may be one such query at a time.
   */
  async batchesOf<R extends pg.QueryResultRow>(sql: string): Promise<AsyncGenerator<R[]>> {
    // A query that cannot run fails here, and not when the first batch is read.
    await this.client.query(`DECLARE batches NO SCROLL CURSOR FOR ${sql}`);
    return this.#fetch<R>();
  }

  async *#fetch<R extends pg.QueryResultRow>(): AsyncGenerator<R[]> {
    for (;;) {
      const { rows } = await this.client.query<R>(`FETCH ${BATCH} FROM batches`);
      yield rows;
      if (rows.length < BATCH) break;
    }
  }
}

container.register(
  UserSnapshot,
  {
    deps: [CurrentUser, DbPool],
    // Ends when the scope does, and a scope whose answer is a stream lives until that has been sent or cut.
    async *useGenerator(user: CurrentUser, db: DbPool) {
      const client = await db.pool.connect();
      try {
        await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        await actAs(client, user);
        yield new UserSnapshot(client);
      } finally {
        // Also when the user was refused: the connection's next user would inherit a transaction that has failed.
        await client.query("ROLLBACK").finally(() => client.release());
      }
    },
  },
  { lifecycle: Lifecycle.ContextScoped },
);
