/**
 * Runs once before the suite: finds a PostgreSQL that tests may use beside the embedded one, and says which.
 *
 * DATABASE_URL names it. CI also tries the one of its own machine; anywhere else, nobody's database is touched unasked.
 * A test gets it by `inject("postgresUrl")`, and works in a schema of its own.
 */
import pg from "pg";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Absent when no server answered. */
    postgresUrl: string | undefined;
  }
}

const ON_THIS_MACHINE = "postgresql://postgres@127.0.0.1:5432/test";

export default async function findServices(project: TestProject): Promise<void> {
  const url = process.env.DATABASE_URL || (process.env.CI && ON_THIS_MACHINE) || undefined;
  const found = url !== undefined && (await answers(url)) ? url : undefined;
  project.provide("postgresUrl", found);
  process.stdout.write(`PostgreSQL for tests: the embedded one${found ? ` and the one at ${placeOf(found)}` : ""}.\n`);
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch (error) {
    // Asked for by name, it must be there; the one of this machine need not.
    if (process.env.DATABASE_URL) throw new Error("The server of DATABASE_URL does not answer.", { cause: error });
    return false;
  } finally {
    await client.end();
  }
}

/** Without the password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
