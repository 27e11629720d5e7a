import "../../examples/koa-orders/prove/quiet.js";
import { connect } from "node:net";
import { container, disposeThread } from "ambit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../examples/koa-orders/database/connection.js";
import { DbPool } from "../../examples/koa-orders/database/pool.js";
import { dropSchema } from "../../examples/koa-orders/database/schema.js";
import { databaseForTests, freshSchema, Orders, ownerOf, Roadblock, type TestDatabase } from "./koa-orders-support.js";

const schema = freshSchema();
let database: TestDatabase;

beforeAll(async () => {
  database = await databaseForTests();
  await openDatabase(database.url, schema);
});

afterAll(async () => {
  await disposeThread();
  await dropSchema(database.url, schema);
  await database.stop();
});

async function served(): Promise<Orders> {
  const orders = await Orders.serve();
  onTestFinished(async () => void (await orders.close()));
  return orders;
}

const tea = (reference: string) => ({ reference, lines: [{ product: "tea", quantity: 2 }] });

test("shows an order to the user who placed it and to nobody else", async () => {
  const orders = await served();

  const placed = await orders.place(tea("mine"), "ann");
  const own = await orders.get("/orders", "ann");
  const others = await orders.get("/orders", "ben");

  expect(placed).toMatchObject({ status: 201, body: { number: 1, reference: "mine", user: "ann" } });
  expect(own.body).toEqual({ orders: [placed.body] });
  expect(others.body).toEqual({ orders: [] });
});

test("charges each user's own price, though the price list is a singleton", async () => {
  const orders = await served();

  const [partner, user] = await Promise.all([
    orders.place(tea("cheap"), "partner-cleo"),
    orders.place(tea("plain"), "cleo"),
  ]);

  expect(partner.body.lines).toEqual([{ product: "tea", quantity: 2, unitPriceCents: 405 }]);
  expect(user.body.lines).toEqual([{ product: "tea", quantity: 2, unitPriceCents: 450 }]);
});

test("keeps nothing of an order whose last line fails, not even its number", async () => {
  const orders = await served();
  const lines = [
    { product: "tea", quantity: 1 },
    { product: "gold", quantity: 1 },
  ];

  const refused = await orders.place({ reference: "half", lines }, "dora");
  const next = await orders.place(tea("whole"), "dora");

  expect(refused).toMatchObject({ status: 422, body: { error: { code: "unknown_product" } } });
  expect(next.body.number).toBe(1);
  expect((await orders.get("/orders", "dora")).body.orders).toEqual([next.body]);
});

test("answers 409 when the COMMIT fails, though the handler had set 201", async () => {
  const orders = await served();
  await orders.place(tea("once"), "emil");

  const again = await orders.place(tea("once"), "emil");

  expect(again).toMatchObject({ status: 409, body: { error: { code: "duplicate" } } });
  expect((await orders.get("/orders", "emil")).body.orders).toHaveLength(1);
});

test("numbers a user's concurrent orders without gap or double", async () => {
  const orders = await served();

  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => orders.place(tea(`n${index}`), "fay")));

  const numbers = answers.map(({ body }) => body.number).toSorted((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test("rolls back what a client began that left in the middle", async () => {
  const orders = await served();
  const roadblock = await Roadblock.on("order_lines", database.url, schema);
  const leaving = new AbortController();
  const headers = {
    authorization: `Bearer ${await orders.tokens.issue("gus")}`,
    "content-type": "application/json",
  };
  const body = JSON.stringify({ reference: "left", lines: [...tea("").lines, ...tea("").lines] });
  const request = fetch(`${orders.url}/orders`, { method: "POST", headers, body, signal: leaving.signal });
  await roadblock.reached();

  leaving.abort();
  await expect(request).rejects.toThrow("aborted");
  await roadblock.lift();

  expect(await orders.settled()).toMatchObject({ body: { connections: { inUse: 0 } } });
  expect((await orders.get("/orders", "gus")).body.orders).toEqual([]);
});

test.each([
  ["no header", undefined, "token_missing"],
  ["another scheme", "Basic YTpi", "invalid_token"],
  ["rubbish", "Bearer rubbish", "invalid_token"],
  ["an unsigned token", `Bearer ${unsigned({ sub: "root" })}`, "invalid_token"],
])("answers 401 and why to %s", async (_, authorization, code) => {
  const orders = await served();

  const answer = await orders.send("/orders", { headers: authorization === undefined ? {} : { authorization } });

  expect(answer).toMatchObject({ status: 401, body: { error: { code } } });
  expect(answer.headers.get("www-authenticate")).toBe("Bearer");
});

test("answers 401 to a token that has expired, and says so", async () => {
  const orders = await served();
  const expired = await orders.tokens.issue("hal", "-1s");

  const answer = await orders.send("/orders", { headers: { authorization: `Bearer ${expired}` } });

  expect(answer).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining("exp") } } });
});

test.each([
  ["half of a JSON text", '{"reference":', 400],
  ["a number", "42", 400],
  ["nothing", "", 422],
  ["no lines", '{"reference":"x","lines":[]}', 422],
  ["a negative quantity", '{"reference":"x","lines":[{"product":"tea","quantity":-1}]}', 422],
  ["a fraction", '{"reference":"x","lines":[{"product":"tea","quantity":0.5}]}', 422],
  ["SQL as a reference", `{"reference":"'; DROP TABLE orders; --","lines":[{"product":"tea","quantity":1}]}`, 422],
  ["an unknown field", '{"reference":"x","user":"root","lines":[{"product":"tea","quantity":1}]}', 422],
  ["a product with a NUL", '{"reference":"x","lines":[{"product":"\\u0000","quantity":1}]}', 422],
  ["two megabytes", JSON.stringify({ reference: "x".repeat(2_000_000) }), 413],
])("answers %s as a body with 4xx and JSON, and stores nothing", async (_, body, status) => {
  const orders = await served();

  const answer = await orders.post(body, "ida");

  expect(answer).toMatchObject({ status, body: { error: { code: expect.any(String), message: expect.any(String) } } });
  expect((await orders.get("/orders", "ida")).body.orders).toEqual([]);
});

test("says which field of a body is wrong", async () => {
  const orders = await served();

  const answer = await orders.place({ reference: "x", lines: [{ product: "tea", quantity: "two" }] }, "jo");

  expect(answer.body.error.details).toEqual([{ path: "lines.0.quantity", message: expect.any(String) }]);
});

test.each([
  ["another type", { "content-type": "text/plain" }, 415],
  ["no type", { "content-type": "" }, 415],
  ["a coding that it has not", { "content-type": "application/json", "content-encoding": "gzip" }, 400],
])("answers a body of %s with 4xx, and says which header is wrong", async (_, headers, status) => {
  const orders = await served();
  const authorization = `Bearer ${await orders.tokens.issue("ida")}`;
  const body = new TextEncoder().encode(JSON.stringify(tea("x")));

  const answer = await orders.send("/orders", { method: "POST", headers: { authorization, ...headers }, body });

  expect(answer).toMatchObject({ status, body: { error: { message: expect.stringMatching(/Content-/) } } });
});

test("answers paths and methods that do not exist with JSON, and says which methods do", async () => {
  const orders = await served();

  expect(await orders.send("/nowhere")).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
  for (const [method, status] of [
    ["DELETE", 405],
    ["PROPFIND", 501],
  ] as const) {
    const refused = await orders.send("/orders", { method });
    expect(refused).toMatchObject({ status, body: { error: { message: expect.stringContaining("POST") } } });
    expect(refused.headers.get("allow")).toBe("POST, HEAD, GET");
  }
});

test("ends without waiting for answers that nobody waits for any more", async () => {
  const orders = await served();
  const { port } = new URL(orders.url);
  const roadblock = await Roadblock.on("orders", database.url, schema);
  const authorization = `Bearer ${await orders.tokens.issue("max")}`;
  const client = connect(Number(port), "localhost");
  client.write(`GET /orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`.repeat(3));
  await roadblock.reached(3);

  client.destroy();
  await roadblock.lift();

  expect(await orders.close()).toBe(true);
});

test("exports every order line of the user as CSV", async () => {
  const orders = await served();
  const placed = await orders.place(tea("first"), "kim");
  await orders.place(tea("theirs"), "lou");

  const { status, headers, body } = await orders.get("/orders.csv", "kim");

  expect(status).toBe(200);
  expect(headers.get("content-type")).toContain("text/csv");
  expect(body.split("\n")).toEqual([
    "number,reference,user,placed_at,position,product,quantity,unit_price_cents",
    `1,first,kim,${placed.body.placedAt},0,tea,2,450`,
    "",
  ]);
});

test("gives an export's connection back when its client leaves in the middle", async () => {
  const orders = await served();
  const owner = await ownerOf(database.url, schema);
  await owner.query(`
    INSERT INTO orders ("user", number, reference) SELECT 'max', n, n FROM generate_series(1, 50000) n;
    INSERT INTO order_lines SELECT 'max', n, 0, 'tea', 1, 450 FROM generate_series(1, 50000) n`);
  await owner.end();
  const leaving = new AbortController();
  const response = await fetch(`${orders.url}/orders.csv`, {
    headers: { authorization: `Bearer ${await orders.tokens.issue("max")}` },
    signal: leaving.signal,
  });
  const reader = response.body?.getReader();
  await reader?.read();
  const during = await orders.send("/health");

  leaving.abort();
  await reader?.closed.catch(() => {});

  expect(during.body).toMatchObject({ connections: { inUse: 1 }, liveScopes: 2 });
  expect((await orders.settled()).body).toMatchObject({ connections: { inUse: 0 }, liveScopes: 1 });
});

test("gives an export's connection back when only its headers are asked for", async () => {
  const orders = await served();
  const headers = { authorization: `Bearer ${await orders.tokens.issue("mia")}` };

  const { status } = await orders.send("/orders.csv", { method: "HEAD", headers });

  expect(status).toBe(200);
  expect((await orders.settled()).body).toMatchObject({ connections: { inUse: 0 }, liveScopes: 1 });
});

test("leaves no user behind on a connection", async () => {
  const orders = await served();
  await orders.place(tea("hidden"), "nan");

  const { rows } = await container.resolve(DbPool).pool.query("SELECT * FROM orders");

  expect(rows).toEqual([]);
});

test("reports the database, connections and live scopes at /health", async () => {
  const orders = await served();

  const { status, body } = await orders.send("/health");

  expect(status).toBe(200);
  expect(body).toEqual({
    database: "up",
    connections: { open: expect.any(Number), inUse: 0, waiting: 0 },
    liveScopes: 1,
  });
});

test("the address and the tokens on the page at / work", async () => {
  const orders = await served();
  const { body: page } = await orders.send("/");
  const [, token] = /^<pre>ALICE=(\S+)$/m.exec(page) ?? [];
  const [, address] = /^<pre>curl (\S+) /m.exec(page) ?? [];

  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });

  expect(answer.status).toBe(200);
});

test("gives back the request's own id, and makes one when it is missing or odd", async () => {
  const orders = await served();

  const own = await orders.send("/health", { headers: { "x-request-id": "abc-1" } });
  const odd = await orders.send("/health", { headers: { "x-request-id": "a b" } });

  expect(own.headers.get("x-request-id")).toBe("abc-1");
  expect(odd.headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
});

function unsigned(payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(payload)}.`;
}
