/** Reports of the built example, as a process with its worker threads. Needs `npm run build && npm run build:examples`. */
import { expect, test } from "vitest";
import { Example, environmentOf, headersFor } from "./koa-orders-example.js";
import { databaseOfFile, eventually, freshSchema, ownerOf, Roadblock } from "./koa-orders-support.js";

const schema = freshSchema();
const database = databaseOfFile(schema);

/** The example, and what a user's browser would ask it for. */
class Reports {
  constructor(
    readonly example: Example,
    readonly url: string,
  ) {}

  static async serve(env: NodeJS.ProcessEnv = {}): Promise<Reports> {
    const example = Example.start({ ...environmentOf(database, schema), ...env });
    return new Reports(example, await example.listening());
  }

  /** @param id the request's id, and the line of the log by which it is found */
  async get(user: string, id: string, { signal, by = "product" }: { signal?: AbortSignal; by?: string } = {}) {
    const headers = { ...(await headersFor(user)), "x-request-id": id };
    const response = await fetch(`${this.url}/orders/report?by=${by}`, { headers, signal });
    return { status: response.status, text: await response.text() };
  }

  /** The line with this message of the request with this id; waits for it. */
  async line(id: string, message: string): Promise<any> {
    const find = () => this.example.logLines().find(({ requestId, msg }) => requestId === id && msg === message);
    return (await eventually(async () => find(), Boolean)) ?? `${id} has no line "${message}": ${this.example.output}`;
  }

  /** Ends the process; gives how it ended, and what it warned of. */
  async end() {
    this.example.child.kill();
    const exit = await this.example.exit;
    const warnings = this.example.logLines().filter(({ level }) => level >= 40);
    return { exit, warnings, printed: this.example.output.match(/^.*Warning.*$/gm) ?? [] };
  }
}

const ENDED_WELL = { exit: [0, null], warnings: [], printed: [] };

/** Gives a user one order, past the app. */
async function orderOf(user: string, lines: Record<string, number>): Promise<void> {
  const owner = await ownerOf(database.url, schema);
  await owner.query(`INSERT INTO orders ("user", number, reference) VALUES ($1, 1, 'first')`, [user]);
  for (const [position, line] of Object.entries(lines).entries()) {
    await owner.query("INSERT INTO order_lines VALUES ($1, 1, $2, $3, $4, 450)", [user, position, ...line]);
  }
  await owner.end();
}

test("a worker adds up what the user who asks has ordered, and nobody else's", async () => {
  const reports = await Reports.serve();
  await orderOf("ann", { tea: 2, cup: 1 });
  await orderOf("ben", { tea: 40 });

  const report = await reports.get("ann", "adds-up");

  expect(report.status).toBe(200);
  expect(report.text.split("\n").map((line) => line.split(/ +/))).toEqual([
    ["Ordered", "by", "ann"],
    [""],
    ["product", "quantity", "paid"],
    ["cup", "1", "4.50"],
    ["tea", "2", "9.00"],
    [""],
  ]);
  expect(await reports.end()).toEqual(ENDED_WELL);
});

test("the lines of both threads carry the request's id and user", async () => {
  const reports = await Reports.serve();

  await reports.get("cleo", "both-threads");

  expect(await reports.line("both-threads", "report rendered")).toMatchObject({ user: "cleo", thread: 1 });
  const answered = await reports.line("both-threads", "answered");
  expect(answered).toMatchObject({ user: "cleo" });
  expect(answered).not.toHaveProperty("thread");
});

test("reports at the same time are rendered in threads of their own, on connections of their own", async () => {
  const reports = await Reports.serve();
  await orderOf("dora", { tea: 3 });
  await orderOf("emil", { tea: 4 });
  const roadblock = await Roadblock.on("orders", database.url, schema);
  const both = Promise.all([reports.get("dora", "of-dora"), reports.get("emil", "of-emil")]);

  await roadblock.reached(2);
  await roadblock.lift();
  const [dora, emil] = await both;

  expect(dora.text).toMatch(/^Ordered by dora\n[^]*tea +3 /);
  expect(emil.text).toMatch(/^Ordered by emil\n[^]*tea +4 /);
  const lines = [await reports.line("of-dora", "report ended"), await reports.line("of-emil", "report ended")];
  expect(new Set(lines.map(({ thread }) => thread))).toEqual(new Set([1, 2]));
});

test("a client that leaves has its report cancelled, and its worker renders another one", async () => {
  const reports = await Reports.serve();
  const roadblock = await Roadblock.on("orders", database.url, schema);
  const leaving = new AbortController();
  const left = reports.get("fay", "left", { signal: leaving.signal });
  await roadblock.reached();

  leaving.abort();
  await expect(left).rejects.toThrow("aborted");
  const givenUp = await reports.line("left", "report given up");
  await roadblock.lift();
  const ended = await reports.line("left", "report ended");
  // Two at the same time, so that each of the pool's two workers renders one of them.
  const secondRoadblock = await Roadblock.on("orders", database.url, schema);
  const both = Promise.all([reports.get("gus", "of-gus"), reports.get("hue", "of-hue")]);
  await secondRoadblock.reached(2);
  await secondRoadblock.lift();
  const [gus, hue] = await both;

  expect([givenUp, ended]).toMatchObject([{ user: "fay" }, { user: "fay", status: "aborted" }]);
  expect(await reports.line("left", "answered")).toMatchObject({ status: 499 });
  expect(gus).toMatchObject({ status: 200, text: expect.stringContaining("Ordered by gus") });
  expect(hue).toMatchObject({ status: 200, text: expect.stringContaining("Ordered by hue") });
  const lines = [await reports.line("of-gus", "report ended"), await reports.line("of-hue", "report ended")];
  expect(lines.map(({ thread }) => thread)).toContain(ended.thread);
  expect(await reports.end()).toEqual(ENDED_WELL);
});

test("a worker whose session is ended answers 503, and renders the next report on another connection", async () => {
  const reports = await Reports.serve();
  const roadblock = await Roadblock.on("orders", database.url, schema);
  const broken = reports.get("hal", "broken");
  await roadblock.reached();

  await roadblock.observer.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'",
    [schema],
  );
  const answer = await broken;
  await roadblock.lift();

  expect(answer).toMatchObject({ status: 503, text: expect.stringContaining("database_unavailable") });
  expect(await reports.line("broken", "report ended")).toMatchObject({ status: "error" });
  expect(await reports.get("hal", "mended")).toMatchObject({ status: 200 });
});

test("what the worker refuses or nobody may ask for is answered as everywhere", async () => {
  const reports = await Reports.serve();

  const answers = [
    await reports.get("a user with \0 in the name", "refused"),
    await reports.get("ida", "unknown-group", { by: "weight" }),
    await fetch(`${reports.url}/orders/report`),
  ];

  expect(answers.map(({ status }) => status)).toEqual([422, 422, 401]);
});

test("the end waits for the report that is rendered, then ends the workers and after them their database", async () => {
  const reports = await Reports.serve();
  const roadblock = await Roadblock.on("orders", database.url, schema);
  const running = reports.get("jo", "at-the-end");
  await roadblock.reached();

  const ended = reports.end();
  await eventually(
    async () => reports.example.output,
    (output) => output.includes("SIGTERM"),
  );
  await roadblock.lift();

  expect(await running).toMatchObject({ status: 200 });
  expect(await ended).toEqual(ENDED_WELL);
});

test("the workers use the embedded PostgreSQL where there is no other, and let it go before it stops", async () => {
  const reports = await Reports.serve({ DATABASE_URL: "" });

  // Each asks for a connection: it takes a moment to close all of them.
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${reports.url}/health`)));
  const report = await reports.get("kim", "embedded");

  expect(report).toMatchObject({ status: 200, text: expect.stringContaining("Ordered by kim") });
  expect(await reports.end()).toEqual(ENDED_WELL);
}, 30_000);
