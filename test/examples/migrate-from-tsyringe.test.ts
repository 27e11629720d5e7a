/** A server that was moved from tsyringe to ambit answers as it did, and the README shows what was changed. */
import { once } from "node:events";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type Koa from "koa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { app as after } from "../../examples/migrate-from-tsyringe/after.js";
import { app as before } from "../../examples/migrate-from-tsyringe/before.js";
import * as services from "../../examples/migrate-from-tsyringe/services.js";
import { ROOT, temporaryFolder } from "../support/repository.js";

const FOLDER = join(ROOT, "examples/migrate-from-tsyringe");
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

/** The old server with ambit's containers: what "change the import" means, and nothing more. */
const moved = temporaryFolder();
cpSync(FOLDER, moved, { recursive: true });
writeFileSync(join(moved, "before.ts"), read("before.ts").replace('from "tsyringe"', 'from "ambit"'));
writeFileSync(join(moved, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", include: ["."] }));
const importMoved = (file: string) => import(/* @vite-ignore */ pathToFileURL(join(moved, file)).href);
afterAll(() => rmSync(moved, { recursive: true }));

interface Program {
  readonly app: Koa<any, any>;
  readonly Connection: typeof services.Connection;
}

const rows = "[order 1 of Ada][order 2 of Ada][order 3 of Ada]";

describe.each<[string, () => Program | Promise<Program>, string]>([
  ["before", () => ({ app: before, ...services }), "broken off"],
  [
    "with the import changed",
    async () => ({ ...(await importMoved("before.ts")), ...(await importMoved("services.ts")) }),
    "broken off",
  ],
  ["after", () => ({ app: after, ...services }), rows],
])("%s", (_, load, stream) => {
  let server: ReturnType<Koa["listen"]>;
  let Connection: Program["Connection"];
  const ask = async (user: string, path = "/") => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { user } });
    return response.text();
  };

  beforeAll(async () => {
    const program = await load();
    const { app } = program;
    ({ Connection } = program);
    app.silent = true;
    server = app.listen(0);
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test("each of many requests at the same time is served for its own user, and all are counted", async () => {
    const users = Array.from({ length: 20 }, (_, number) => `user-${number}`);
    const answers = (await Promise.all(users.map((user) => ask(user)))).map((body) => JSON.parse(body));
    expect(answers.map(({ latest }) => latest)).toEqual(users.map((user) => `[latest order of ${user}]`));
    expect(answers.map(({ visit }) => visit).sort((a, b) => a - b)).toEqual(users.map((_, number) => number + 1));
  });

  test("closes each request's connection", async () => {
    const { opened, closed } = Connection;
    await ask("Ada");
    expect([Connection.opened - opened, Connection.closed - closed]).toEqual([1, 1]);
  });

  test(`a stream from the request's connection is ${stream === rows ? "answered in full" : stream}`, async () => {
    expect(await ask("Ada", "/all").catch(() => "broken off")).toBe(stream);
  });
});

test("the README's diff leads from the one file to the other", () => {
  const [, diff] = /```diff\n([^]*?)\n```/.exec(read("README.md")) ?? [];
  const lines = diff.split("\n");
  const without = (sign: string) => lines.filter((line) => line[0] !== sign).map((line) => line.slice(1));
  expect(`${without("+").join("\n")}\n`).toBe(read("before.ts"));
  expect(`${without("-").join("\n")}\n`).toBe(read("after.ts"));
});
