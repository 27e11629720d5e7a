/** The tables, and the rule that makes a wrong user's rows invisible even to a wrong query. */
import pg from "pg";

/** The role of every request: it owns nothing, so row-level security binds it. Superusers and owners would pass. */
export const APP_ROLE = "koa_orders_app";

/**
 * Makes the schema with its tables and the role of the requests, unless they are there.
 *
 * @param url the database, as a user who may create schemas and roles
 */
export function prepareSchema(url: string, schema: string): Promise<void> {
  return asOwner(url, async (client) => {
    await client.query("BEGIN");
    // Two servers that start at the same time would both find nothing there.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('koa-orders'))");
    const { rows } = await client.query("SELECT to_regclass($1) AS orders", [`${schema}.orders`]);
    if (rows[0].orders === null) await client.query(definitionOf(schema));
    await client.query("COMMIT");
  });
}

/** Deletes the schema and everything in it, and ends the sessions that still work there. */
export function dropSchema(url: string, schema: string): Promise<void> {
  return asOwner(url, async (client) => {
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", [schema]);
    await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
}

async function asOwner(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  // Names what PGAPPNAME and PGOPTIONS would otherwise decide: once the app is set up, they speak for its requests.
  const own = { application_name: "koa-orders-owner", options: "-c lock_timeout=10s" };
  const client = new pg.Client({ connectionString: url, ...own });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const definitionOf = (schema: string): string => `
  DO $$ BEGIN
    CREATE ROLE ${APP_ROLE} NOLOGIN;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$;
  GRANT ${APP_ROLE} TO CURRENT_USER;

  CREATE SCHEMA IF NOT EXISTS ${schema};
  SET LOCAL search_path TO ${schema};

  CREATE TABLE orders (
    "user" text NOT NULL DEFAULT current_setting('app.user_id'),
    number integer NOT NULL,
    reference text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY ("user", number),
    -- Checked at COMMIT: the answer must not have left by then.
    UNIQUE ("user", reference) DEFERRABLE INITIALLY DEFERRED
  );
  CREATE TABLE order_lines (
    "user" text NOT NULL DEFAULT current_setting('app.user_id'),
    number integer NOT NULL,
    position integer NOT NULL,
    product text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price_cents integer NOT NULL CHECK (unit_price_cents >= 0),
    PRIMARY KEY ("user", number, position),
    FOREIGN KEY ("user", number) REFERENCES orders
  );

  -- Where nobody said who asks, current_setting(..., true) is NULL: no rows, rather than everybody's.
  ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own_orders ON orders USING ("user" = current_setting('app.user_id', true));
  ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own_lines ON order_lines USING ("user" = current_setting('app.user_id', true));

  GRANT USAGE ON SCHEMA ${schema} TO ${APP_ROLE};
  GRANT SELECT, INSERT ON orders, order_lines TO ${APP_ROLE};
`;
