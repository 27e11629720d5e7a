/** A PostgreSQL for tests. */
import pg from "pg";

export interface TestDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

const LOCAL = "postgresql://postgres@127.0.0.1:5432/test";

/** DATABASE_URL, else a local server with a database named "test" that asks for no password, else the embedded one. */
export async function databaseForTests(): Promise<TestDatabase> {
  const url = process.env.DATABASE_URL ?? ((await answers(LOCAL)) ? LOCAL : undefined);
  console.log(`tested on ${url === undefined ? "the embedded PostgreSQL" : `PostgreSQL at ${new URL(url).host}`}`);
  return url === undefined ? embedded() : { url, stop: async () => {} };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** From the built example, because it forks a process that runs without a compiler. */
async function embedded(): Promise<TestDatabase> {
  const built = new URL("../../examples/dist/koa-orders/database/embedded.js", import.meta.url);
  const { startEmbeddedDatabase } = await import(built.href);
  return startEmbeddedDatabase();
}
