/** The program at the top of the design runs, on a real database. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { disposeThread } from "ambit";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseForTests, type TestDatabase } from "./koa-orders-support.js";

let database: TestDatabase;
let server: Server;
let client: pg.Client;

beforeAll(async () => {
  database = await databaseForTests();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("DROP TABLE IF EXISTS first_program_orders");
  await client.query("CREATE TABLE first_program_orders (placed_by text)");
  const { host, port, user = "", password, database: name = "" } = client;
  Object.assign(process.env, { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: name });
  if (password) process.env.PGPASSWORD = String(password);
  const { app } = await import("./first-program.js");
  app.silent = true;
  server = app.listen(0);
  await once(server, "listening");
}, 60_000);

afterAll(async () => {
  server.close();
  await disposeThread();
  await client.query("DROP TABLE first_program_orders");
  await client.end();
  await database.stop();
});

test("each request has its own user and transaction, committed when it succeeds and rolled back when it fails", async () => {
  const users = Array.from({ length: 20 }, (_, number) => `user-${number}`);
  const answers = await Promise.all(users.map((user, number) => place(user, number % 2 === 1)));
  expect(answers.map(({ status }) => status)).toEqual(users.map((_, number) => (number % 2 === 1 ? 409 : 201)));
  const placed = users.filter((_, number) => number % 2 === 0);
  expect(answers.filter(({ status }) => status === 201).map(({ body }) => body)).toEqual(
    placed.map((user) => JSON.stringify({ placedBy: user, pricedFor: user })),
  );
  const { rows } = await client.query("SELECT placed_by FROM first_program_orders");
  expect(new Set(rows.map(({ placed_by }) => placed_by))).toEqual(new Set(placed));
  expect(rows).toHaveLength(placed.length);
});

async function place(user: string, fail: boolean): Promise<{ status: number; body: string }> {
  const { port } = server.address() as AddressInfo;
  const headers = { user, ...(fail && { fail: "yes" }) };
  const response = await fetch(`http://127.0.0.1:${port}/orders`, { method: "POST", headers });
  return { status: response.status, body: await response.text() };
}
