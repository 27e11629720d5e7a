/** Where the database is: DATABASE_URL, or one that comes with the example. */
import pg from "pg";
import { type Outage, startEmbeddedDatabase } from "./embedded.js";
import { APP_ROLE, prepareSchema } from "./schema.js";

export interface Database {
  readonly url: string;
  /** For people: which database this is. */
  readonly description: string;
  /** Of a server that was started here, to see what the app makes of it. */
  readonly outage?: Outage;
  /** Stops what was started; nothing for a server that was there already. */
  stop(): Promise<void>;
}

/**
 * Finds or starts PostgreSQL, prepares the schema, and points every later `new pg.Pool()` of this process at it.
 *
 * @param url where it is; without one an embedded PostgreSQL is started
 */
export async function openDatabase(url: string | undefined, schema: string): Promise<Database> {
  const database = url === undefined ? await embedded() : external(url);
  try {
    await prepareSchema(database.url, schema);
  } catch (error) {
    await database.stop();
    throw new Error(`Cannot prepare schema "${schema}" in ${database.description}.`, { cause: error });
  }
  pointTo(database.url, schema);
  return database;
}

async function embedded(): Promise<Database> {
  const { url, outage, stop } = await startEmbeddedDatabase();
  return { url, outage, stop, description: "an embedded PostgreSQL, whose data goes when it stops" };
}

function external(url: string): Database {
  const { host, port, database = "" } = new pg.Client({ connectionString: url });
  return { url, description: `the database ${database} at ${host}:${port}`, stop: async () => {} };
}

/** Sets libpq's variables, which pg, psql and worker threads all read. */
function pointTo(url: string, schema: string): void {
  const { host, port, user = "", password, database = "" } = new pg.Client({ connectionString: url });
  Object.assign(process.env, { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database });
  if (password) process.env.PGPASSWORD = password;
  const sslmode = new URL(url).searchParams.get("sslmode");
  if (sslmode) process.env.PGSSLMODE = sslmode;
  // So that pg_stat_activity tells who is who.
  process.env.PGAPPNAME = schema;
  process.env.PGOPTIONS = `-c role=${APP_ROLE} -c search_path=${schema} -c statement_timeout=10s`;
}
