/** The database goes away under the running app, in each way, and comes back. */
import "../../examples/koa-orders/prove/quiet.js";
import { disposeThread } from "ambit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../examples/koa-orders/database/connection.js";
import { dropSchema } from "../../examples/koa-orders/database/schema.js";
import { Cable } from "../../examples/koa-orders/prove/cable.js";
import { databaseForTests, freshSchema, Orders, ownerOf, Roadblock, type TestDatabase } from "./koa-orders-support.js";

const schema = freshSchema();
let database: TestDatabase;
let cable: Cable;

beforeAll(async () => {
  database = await databaseForTests();
  cable = await Cable.to(database.url);
  await openDatabase(cable.url, schema);
});

afterAll(async () => {
  await disposeThread();
  await cable.close();
  await dropSchema(database.url, schema);
  await database.stop();
});

async function served(): Promise<Orders> {
  const orders = await Orders.serve();
  onTestFinished(async () => void (await orders.close()));
  return orders;
}

const order = (reference: string) => ({ reference, lines: [{ product: "tea", quantity: 1 }] });
const UNAVAILABLE = { status: 503, body: { error: { code: "database_unavailable" } } };

test("answers 503 when the connection breaks in the middle of a request, ends its scope, and works again after", async () => {
  const orders = await served();
  const roadblock = await Roadblock.on("orders", database.url, schema);
  const placing = orders.place(order("broken"), "ann");
  await roadblock.reached();

  cable.unplug();
  const during = await placing;
  await roadblock.lift();
  const gone = await orders.settled();
  cable.plug();
  const after = await orders.place(order("mended"), "ann");

  expect(during).toMatchObject(UNAVAILABLE);
  expect(during.headers.get("retry-after")).toBe("1");
  expect(gone).toMatchObject({ status: 503, body: { database: "down", connections: { inUse: 0 }, liveScopes: 1 } });
  expect(after).toMatchObject({ status: 201, body: { number: 1, reference: "mended" } });
});

test("answers 503 to everything while the database is away, and no request waits for another", async () => {
  const orders = await served();
  cable.unplug();
  onTestFinished(() => cable.plug());

  const answers = await Promise.all([
    ...Array.from({ length: 20 }, (_, index) => orders.place(order(`away-${index}`), "ben")),
    orders.get("/orders", "ben"),
    orders.get("/orders.csv", "ben"),
  ]);

  for (const answer of answers) expect(answer).toMatchObject(UNAVAILABLE);
  expect((await orders.settled()).body).toMatchObject({ connections: { inUse: 0 }, liveScopes: 1 });
});

test("answers 503 when an administrator ends the session in the middle of a request, and keeps nothing of it", async () => {
  const orders = await served();
  const roadblock = await Roadblock.on("orders", database.url, schema);
  const placing = orders.place(order("ended"), "cleo");
  await roadblock.reached();

  await roadblock.observer.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", [
    schema,
  ]);
  const answer = await placing;
  await roadblock.lift();

  expect(answer).toMatchObject(UNAVAILABLE);
  expect((await orders.get("/orders", "cleo")).body.orders).toEqual([]);
});

test("cuts an export short rather than ending it as if it were whole when its connection breaks", async () => {
  const orders = await served();
  const owner = await ownerOf(database.url, schema);
  await owner.query(`
    INSERT INTO orders ("user", number, reference) SELECT 'dora', n, n FROM generate_series(1, 50000) n;
    INSERT INTO order_lines SELECT 'dora', n, 0, 'tea', 1, 450 FROM generate_series(1, 50000) n`);
  await owner.end();
  const headers = { authorization: `Bearer ${await orders.tokens.issue("dora")}` };
  const response = await fetch(`${orders.url}/orders.csv`, { headers });
  const reader = response.body!.getReader();
  await reader.read();

  cable.unplug();
  const readToEnd = async () => {
    while (!(await reader.read()).done);
  };

  await expect(readToEnd()).rejects.toThrow("terminated");
  expect((await orders.settled()).body).toMatchObject({ connections: { inUse: 0 }, liveScopes: 1 });
  cable.plug();
});

test("leaves no transaction on the connection of an export that fails at its start", async () => {
  const orders = await served();
  const refusedByPostgres = "a user with \0 in the name";

  const failed = await orders.get("/orders.csv", refusedByPostgres);
  const next = await orders.get("/orders", "fay");

  expect([failed.status, next.status]).toEqual([422, 200]);
});

test("survives idle connections that break while nobody asks", async () => {
  const orders = await served();
  await Promise.all(Array.from({ length: 5 }, () => orders.get("/orders", "emil")));

  cable.unplug();
  cable.plug();

  expect(await orders.get("/orders", "emil")).toMatchObject({ status: 200 });
});
