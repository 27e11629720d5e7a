/** The prover's own view of the database: past the app, as the owner of the tables. */
import pg from "pg";
import { ownerOf } from "./plan.js";

export interface StoredOrder {
  readonly user: string;
  readonly number: number;
  readonly reference: string;
  readonly lines: number;
}

export class Stored {
  constructor(
    readonly owner: pg.Pool,
    readonly schema: string,
  ) {}

  /** Gives a user so many orders that an export does not fit into one packet. @returns their references */
  async preload(user: string, orders: number, teaCents: number): Promise<string[]> {
    await this.owner.query(
      `INSERT INTO orders ("user", number, reference)
       SELECT $1, n, $1 || '.before-' || n FROM generate_series(1, $2::int) n`,
      [user, orders],
    );
    await this.owner.query(
      `INSERT INTO order_lines ("user", number, position, product, quantity, unit_price_cents)
       SELECT $1, n, 0, 'tea', 1, $3 FROM generate_series(1, $2::int) n`,
      [user, orders, teaCents],
    );
    return Array.from({ length: orders }, (_, index) => `${user}.before-${index + 1}`);
  }

  async orders(): Promise<StoredOrder[]> {
    const { rows } = await this.owner.query<StoredOrder>(
      `SELECT "user", number, reference, count(position)::int AS lines
       FROM orders LEFT JOIN order_lines USING ("user", number) GROUP BY "user", number ORDER BY "user", number`,
    );
    return rows;
  }

  /** Sessions of the app that are inside a transaction. */
  async openTransactions(): Promise<number> {
    const { rows } = await this.owner.query(
      "SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = $1 AND xact_start IS NOT NULL",
      [this.schema],
    );
    return rows[0].open;
  }
}

/** Connections past the app, as the owner of the tables, which come back after the database was away. */
export function ownerPool(url: string, schema: string): pg.Pool {
  // The URL alone is the owner; the role that the app's variables ask for is not.
  const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}`, application_name: "prove" });
  pool.on("error", () => {});
  return pool;
}

/** Orders that are stored under another user than the one who placed them. */
export function misfiled(orders: readonly StoredOrder[]): number {
  return orders.filter(({ user, reference }) => user !== ownerOf(reference)).length;
}

/** Numbers that are missing between a user's first order and the last. */
export function gapsIn(orders: readonly StoredOrder[]): number {
  const last = new Map(orders.map(({ user, number }) => [user, number]));
  return [...last.values()].reduce((sum, number) => sum + number, 0) - orders.length;
}
