/** What the tests of examples/koa-orders share: a database, a served app, and a client that speaks for a user. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { createApp } from "../../examples/koa-orders/app.js";
import { Tokens } from "../../examples/koa-orders/auth/tokens.js";
import { dropSchema } from "../../examples/koa-orders/database/schema.js";
import { RunningServer } from "../../examples/koa-orders/server.js";
import { databaseForTests, type TestDatabase } from "../support/database.js";

export { databaseForTests, type TestDatabase };

let schemas = 0;

/** A schema name that no other test file uses. */
export function freshSchema(): string {
  schemas += 1;
  return `koa_orders_test_${process.pid}_${schemas}`;
}

/** A database for the tests of a file; its schema goes with the last of them. */
export function databaseOfFile(schema: string): Pick<TestDatabase, "url"> {
  let database: TestDatabase;
  beforeAll(async () => void (database = await databaseForTests()));
  afterAll(async () => {
    await dropSchema(database.url, schema);
    await database.stop();
  });
  return {
    get url() {
      return database.url;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** The app on a socket. */
export class Orders {
  private constructor(
    readonly server: RunningServer,
    readonly tokens: Tokens,
  ) {}

  static async serve(): Promise<Orders> {
    const tokens = new Tokens();
    return new Orders(await RunningServer.start(createApp(tokens, { demo: true }), 0), tokens);
  }

  get url(): string {
    return this.server.url;
  }

  async get(path: string, user: string): Promise<Answer> {
    return this.send(path, { headers: { authorization: `Bearer ${await this.tokens.issue(user)}` } });
  }

  async place(order: unknown, user: string): Promise<Answer> {
    return this.post(JSON.stringify(order), user);
  }

  async post(body: string, user: string): Promise<Answer> {
    const authorization = `Bearer ${await this.tokens.issue(user)}`;
    return this.send("/orders", {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body,
    });
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  /** Waits until nothing is in use any more but what this question uses itself; gives the last answer. */
  async settled(): Promise<Answer> {
    return eventually(
      () => this.send("/health"),
      ({ body }) => body.liveScopes === 1 && body.connections.inUse === 0,
    );
  }

  async close(): Promise<boolean> {
    return this.server.finish(5_000);
  }
}

/** Asks again until the answer is `wanted`, for at most half a minute, because machines are busy; gives the last one. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 1_500; attempt += 1) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await sleep(20);
  }
  return ask();
}

/** Holds a lock on a table, so that every request that writes there waits in the middle of its work. */
export class Roadblock {
  private constructor(
    readonly schema: string,
    readonly holder: pg.Client,
    /** Outside the holder's transaction, in which pg_stat_activity would stand still. */
    readonly observer: pg.Client,
  ) {}

  static async on(table: string, databaseUrl: string, schema: string): Promise<Roadblock> {
    const [holder, observer] = await Promise.all([ownerOf(databaseUrl, schema), ownerOf(databaseUrl, schema)]);
    await holder.query("BEGIN");
    await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return new Roadblock(schema, holder, observer);
  }

  /** Until so many sessions of the app wait at the lock. */
  async reached(sessions = 1): Promise<void> {
    const stopped = await eventually(
      () =>
        this.observer.query("SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'", [
          this.schema,
        ]),
      ({ rowCount }) => rowCount === sessions,
    );
    if (stopped.rowCount !== sessions) throw new Error(`${stopped.rowCount} sessions reached the lock`);
  }

  async lift(): Promise<void> {
    await this.holder.query("ROLLBACK");
    await Promise.all([this.holder.end(), this.observer.end()]);
  }
}

/** A client that row-level security does not bind. */
export async function ownerOf(databaseUrl: string, schema: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: `-c search_path=${schema}`,
    application_name: "test",
  });
  await client.connect();
  return client;
}
