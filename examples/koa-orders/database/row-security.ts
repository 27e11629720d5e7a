import type pg from "pg";
import type { CurrentUser } from "../auth/current-user.js";

/**
 * Tells PostgreSQL whose rows the transaction on this connection may see and write.
 *
 * Transaction-local (the `true`): gone with COMMIT or ROLLBACK, so that the connection's next user cannot inherit it.
 */
export async function actAs(client: pg.PoolClient, user: CurrentUser): Promise<void> {
  await client.query("SELECT set_config('app.user_id', $1, true)", [user.id]);
}
