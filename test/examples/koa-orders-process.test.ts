/** The built example as a process: how it starts, logs and ends. Needs `npm run build && npm run build:examples`. */
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Example, environmentOf, headersFor } from "./koa-orders-example.js";
import { databaseOfFile, eventually, freshSchema, ownerOf, Roadblock } from "./koa-orders-support.js";

const schema = freshSchema();
const database = databaseOfFile(schema);

const withDatabase = () => environmentOf(database, schema);

test.each(["SIGTERM", "SIGINT"] as const)(
  "on %s answers the request that runs, takes no new one, and exits 0",
  async (signal) => {
    const example = Example.start(withDatabase());
    const url = await example.listening();
    const roadblock = await Roadblock.on("orders", database.url, schema);
    const running = fetch(`${url}/orders`, { headers: await headersFor("ann") });
    await roadblock.reached();

    example.child.kill(signal);
    await eventually(
      async () => example.output,
      (output) => output.includes(signal),
    );
    await expect(fetch(`${url}/health`)).rejects.toThrow("fetch failed");
    await roadblock.lift();

    expect((await running).status).toBe(200);
    expect(await example.exit).toEqual([0, null]);
  },
);

test("stamps the lines of every module with the request and its user", async () => {
  const example = Example.start({ ...withDatabase(), LOG_LEVEL: "debug" });
  const url = await example.listening();
  const place = async (user: string) => {
    const headers = { ...(await headersFor(user)), "content-type": "application/json", "x-request-id": `of-${user}` };
    const body = JSON.stringify({ reference: `${process.pid}`, lines: [{ product: "tea", quantity: 1 }] });
    await fetch(`${url}/orders`, { method: "POST", headers, body });
  };

  await Promise.all(["ann", "ben", "cleo"].map(place));
  example.child.kill();
  await example.exit;

  for (const user of ["ann", "ben", "cleo"]) {
    const lines = example.logLines().filter(({ requestId }) => requestId === `of-${user}`);
    expect(lines.map(({ module }) => module)).toEqual(["orders/repository", "orders/service", "http"]);
    expect(new Set(lines.map((line) => line.user))).toEqual(new Set([user]));
  }
});

/** More than one answer takes at once. */
async function addOrders(user: string): Promise<void> {
  const owner = await ownerOf(database.url, schema);
  await owner.query(`
    INSERT INTO orders ("user", number, reference) SELECT '${user}', n, n FROM generate_series(1, 50000) n;
    INSERT INTO order_lines SELECT '${user}', n, 0, 'tea', 1, 450 FROM generate_series(1, 50000) n`);
  await owner.end();
}

test("stamps even the line of a client that leaves in the middle of its answer", async () => {
  const example = Example.start(withDatabase());
  const url = await example.listening();
  await addOrders("max");
  const leaving = new AbortController();
  const headers = { ...(await headersFor("max")), "x-request-id": "of-max" };
  const response = await fetch(`${url}/orders.csv`, { headers, signal: leaving.signal });
  await response.body?.getReader().read();

  leaving.abort();
  const isItsEnd = ({ msg }: { msg: string }) => msg.startsWith("the client left");
  const lines = await eventually(
    async () => example.logLines(),
    (all) => all.some(isItsEnd),
  );

  expect(lines.find(isItsEnd)).toMatchObject({ requestId: "of-max", user: "max" });
});

test.each([
  ["resets the connection of its answer", "GET /orders.csv", [], (client: Socket) => client.resetAndDestroy()],
  [
    "ends the connection of its body",
    "POST /orders",
    ["Content-Type: application/json", "Content-Length: 99", "Expect: 100-continue"],
    (client: Socket) => client.end('{"reference":'),
  ],
])("a client that %s in the middle is no error of the server", async (how, line, headers, leave) => {
  const example = Example.start(withDatabase());
  const { port } = new URL(await example.listening());
  await addOrders(how);
  const { authorization } = await headersFor(how);
  const client = connect(Number(port), "localhost");
  const head = [`${line} HTTP/1.1`, "Host: x", `Authorization: ${authorization}`, ...headers, "", ""];
  client.write(head.join("\r\n"));
  await once(client, "data");

  leave(client);
  await eventually(
    async () => example.logLines(),
    (all) => all.some(({ msg }) => msg.startsWith("the client left")),
  );
  example.child.kill();
  await example.exit;

  expect(example.logLines().filter(({ level }) => level >= 50)).toEqual([]);
});

test("a method that nothing implements is no error of the server", async () => {
  const example = Example.start(withDatabase());
  const url = await example.listening();
  expect((await fetch(url, { method: "PROPFIND" })).status).toBe(501);
  example.child.kill();
  await example.exit;

  expect(example.logLines().filter(({ level }) => level >= 50)).toEqual([]);
});

test("hands out no tokens when the secret is not its own", async () => {
  const example = Example.start(withDatabase());

  const page = await (await fetch(await example.listening())).text();

  expect(page).toContain("ALICE=&lt;your token&gt;");
});

test("starts a PostgreSQL of its own without DATABASE_URL, and ends it with itself", async () => {
  const folder = await emptyFolder();
  const example = Example.start({ DATABASE_URL: "", TMPDIR: folder });
  const url = await example.listening();
  const health = await (await fetch(`${url}/health`)).json();

  example.child.kill();

  expect(health).toMatchObject({ database: "up" });
  expect(await example.exit).toEqual([0, null]);
  expect(await readdir(folder)).toEqual([]);
}, 30_000);

test("leaves no PostgreSQL behind when it is killed", async () => {
  const folder = await emptyFolder();
  const example = Example.start({ DATABASE_URL: "", TMPDIR: folder });
  await example.listening();
  const before = await readdir(folder);

  example.child.kill("SIGKILL");

  const after = await eventually(
    () => readdir(folder),
    (entries) => entries.length === 0,
  );
  expect(before).toHaveLength(1);
  expect(after).toEqual([]);
}, 30_000);

test("says what to do when its port is taken", async () => {
  const taken = createServer().listen(0);
  await once(taken, "listening");
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;

  const example = Example.start({ ...withDatabase(), PORT: String(port) });

  expect(await example.exit).toEqual([1, null]);
  expect(example.output).toContain(`Cannot listen on port ${port}; PORT=0 takes a free one.`);
});

test.each([
  ["LOG_LEVEL", "loud", '"loud"'],
  ["DATABASE_URL", "localhost/orders", "such as postgresql://"],
  ["PORT", "eighty", '"eighty"'],
])("says which setting is wrong: %s", async (name, value, said) => {
  const example = Example.start({ ...withDatabase(), [name]: value });

  expect(await example.exit).toEqual([1, null]);
  expect(example.output).toMatch(new RegExp(`^${name} is no .*${said}.*\n$`));
});

test("says which database it could not reach", async () => {
  const example = Example.start({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" });

  expect(await example.exit).toEqual([1, null]);
  expect(example.output).toContain("the database none at 127.0.0.1:1");
  expect(example.output).toContain("ECONNREFUSED");
});

/** Where the embedded PostgreSQL keeps its data; "postgres" must be able to enter when root runs this. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "koa-orders-test-"));
  await chmod(folder, 0o755);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("shows what it does at /__ambit where that is wanted, and ends while somebody looks", async () => {
  const example = Example.start({ ...withDatabase(), INSPECT: "1" });
  const url = await example.listening();
  expect((await fetch(`${url}/__ambit`)).status).toBe(200);
  const events = await fetch(`${url}/__ambit/events`);
  expect(events.headers.get("content-type")).toContain("text/event-stream");
  example.child.kill("SIGTERM");
  expect(await example.exit).toEqual([0, null]);
  await events.text();
});

test("shows nothing at /__ambit unless it is told to, and refuses to in production", async () => {
  const url = await Example.start(withDatabase()).listening();
  expect((await fetch(`${url}/__ambit`)).status).toBe(404);
  const refused = Example.start({ ...withDatabase(), INSPECT: "1", NODE_ENV: "production" });
  expect(await refused.exit).toEqual([1, null]);
  expect(refused.output).toContain("Cannot start the inspector in production");
});
