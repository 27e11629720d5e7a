/** The same rows in PostgreSQL: each transaction is one of its own, and COMMIT is what PostgreSQL says it is. */
import pg from "pg";
import type { Session, Store } from "../../host/random/store.js";

export class PostgresStore implements Store {
  readonly #pool: pg.Pool;
  readonly #schema: string;

  private constructor(pool: pg.Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  /** @param connections as many as requests may be under way: each holds one, and some wait for others */
  static async open(url: string, connections: number): Promise<PostgresStore> {
    const schema = `koa_fire_${process.pid}`;
    const pool = new pg.Pool({ connectionString: url, max: connections, options: `-c search_path=${schema}` });
    await pool.query(`CREATE SCHEMA ${schema}`);
    // Checked at COMMIT, which is refused then.
    await pool.query("CREATE TABLE rows (name text, n int, UNIQUE (name, n) DEFERRABLE INITIALLY DEFERRED)");
    return new PostgresStore(pool, schema);
  }

  async begin(name: string): Promise<Session> {
    const client = await this.#pool.connect();
    let rows = 0;
    const insert = (n: number) => client.query("INSERT INTO rows VALUES ($1, $2)", [name, n]);
    const end = async (how: "COMMIT" | "ROLLBACK"): Promise<void> => {
      try {
        const { command } = await client.query(how);
        if (command !== how) throw new Error(`${how} was answered by ${command}.`);
      } finally {
        client.release();
      }
    };
    await client.query("BEGIN");
    return {
      write: () => insert((rows += 1)),
      spoil: () => Promise.all([insert(0), insert(0)]),
      commit: () => end("COMMIT"),
      rollback: () => end("ROLLBACK"),
    };
  }

  async rows(): Promise<Map<string, number>> {
    const { rows } = await this.#pool.query<{ name: string; count: number }>(
      "SELECT name, count(*)::int AS count FROM rows GROUP BY name",
    );
    return new Map(rows.map(({ name, count }) => [name, count]));
  }

  get busy(): number {
    return this.#pool.totalCount - this.#pool.idleCount;
  }

  async end(): Promise<void> {
    await this.#pool.query(`DROP SCHEMA ${this.#schema} CASCADE`);
    await this.#pool.end();
  }
}
