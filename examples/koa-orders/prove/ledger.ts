/** Counts transactions where they happen: in what PostgreSQL was told on each connection, and what it answered. */
import type pg from "pg";
import { requestId } from "../logging.js";

export interface Transactions {
  begun: number;
  committed: number;
  rolledBack: number;
}

type Query = (...args: unknown[]) => Promise<pg.QueryResult>;

export class Ledger {
  readonly #byRequest = new Map<string, Transactions>();
  /** Read-only ones, of exports. */
  readonly snapshots = { begun: 0, ended: 0 };

  /** What the request with this id did. */
  of(id: string): Transactions {
    const known = this.#byRequest.get(id);
    if (known !== undefined) return known;
    const fresh = { begun: 0, committed: 0, rolledBack: 0 };
    this.#byRequest.set(id, fresh);
    return fresh;
  }

  total(count: keyof Transactions): number {
    return [...this.#byRequest.values()].reduce((sum, transactions) => sum + transactions[count], 0);
  }

  /** Counts on every connection that the pool opens from now on. */
  watch(pool: pg.Pool): void {
    pool.on("connect", (client) => {
      const query = client.query.bind(client) as Query;
      const state = { snapshot: false };
      const counted: Query = async (...args) => {
        const result = query(...args);
        return typeof args[0] === "string" ? this.#count(args[0], result, state) : result;
      };
      Object.assign(client, { query: counted });
    });
  }

  async #count(sql: string, result: Promise<pg.QueryResult>, state: { snapshot: boolean }): Promise<pg.QueryResult> {
    if (!/^(BEGIN|COMMIT|ROLLBACK)/.test(sql)) return result;
    const transactions = this.of(requestId.get("outside every request"));
    const { command } = await result.catch((error) => {
      // PostgreSQL has rolled back what it could not commit.
      if (sql === "COMMIT") transactions.rolledBack += 1;
      throw error;
    });
    if (sql.includes("READ ONLY")) state.snapshot = true;
    this.#book(command, state, transactions);
    return result;
  }

  /** @param command what PostgreSQL says that it did: a COMMIT of a failed transaction is answered by ROLLBACK */
  #book(command: string, state: { snapshot: boolean }, transactions: Transactions): void {
    if (state.snapshot) {
      this.snapshots[command === "BEGIN" ? "begun" : "ended"] += 1;
      state.snapshot = command === "BEGIN";
    } else if (command === "BEGIN") transactions.begun += 1;
    else transactions[command === "COMMIT" ? "committed" : "rolledBack"] += 1;
  }
}
