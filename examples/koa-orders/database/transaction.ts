import { container, Lifecycle } from "ambit";
import type pg from "pg";
import { DbPool } from "./pool.js";

/** A request's transaction: committed before a successful answer leaves, rolled back on error and abort. */
export class Transaction {
  constructor(readonly client: pg.PoolClient) {}
}

container.register(
  Transaction,
  {
    deps: [DbPool],
    // one per request, told how it ended
    async *useGenerator(db: DbPool) {
      const client = await db.pool.connect();
      try {
        await client.query("BEGIN");
        const outcome = yield new Transaction(client);
        await client.query(outcome.status === "success" ? "COMMIT" : "ROLLBACK");
      } finally {
        client.release();
      }
    },
  },
  { lifecycle: Lifecycle.ContextScoped },
);
