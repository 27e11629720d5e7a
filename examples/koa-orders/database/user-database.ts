import { container, Lifecycle, Scope } from "ambit";
import type pg from "pg";
import { CurrentUser } from "../auth/current-user.js";
import { clientLeft } from "../http/problem.js";
import { actAs } from "./row-security.js";
import { Transaction } from "./transaction.js";

/** The request's transaction, showing its user's rows and nobody else's: what repositories are written against. */
export class UserDatabase {
  constructor(
    readonly client: pg.PoolClient,
    readonly signal: AbortSignal,
  ) {}

  /**
   * Runs one query, unless the client has left: nobody would read the answer, and what was done so far is rolled back.
   *
   * @throws RequestError 499 when the client has left
   */
  async query<R extends pg.QueryResultRow>(sql: string, values: unknown[]): Promise<R[]> {
    if (this.signal.aborted) throw clientLeft();
    const { rows } = await this.client.query<R>(sql, values);
    return rows;
  }
}

container.register(
  UserDatabase,
  {
    deps: [CurrentUser, Transaction, Scope],
    async useAsyncFactory(user: CurrentUser, tx: Transaction, scope: Scope) {
      await actAs(tx.client, user);
      return new UserDatabase(tx.client, scope.signal);
    },
  },
  { lifecycle: Lifecycle.ContextScoped },
);
