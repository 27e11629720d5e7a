/**
 * Every program in docs/ prints what its page says: the block without a language right after it. Needs a
 * build.
 *
 * A program runs in a process of its own, beside the other blocks of its page. One that throws prints the error as Node
 * does, without the stack. What is a program and cannot be run says why, in a comment right before it:
 *
 *     <!-- not run: it listens until it is stopped -->
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentedBlocks } from "../support/code-blocks.js";
import { databaseForTests, type TestDatabase } from "../support/database.js";
import { ROOT } from "../support/repository.js";
import { writtenOut } from "./written-out.js";

const UNCAUGHT = pathToFileURL(join(ROOT, "test/docs/uncaught.js")).href;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

// Those of README.md are files of examples/: see readme.test.ts.
const blocks = documentedBlocks().filter(({ page, notCompiled }) => page.startsWith("docs/") && !notCompiled);
const programs = blocks.filter(({ output, notRun }) => output !== undefined && notRun === undefined);

const folder = writtenOut(blocks);
const schema = `docs_${randomUUID().slice(0, 8)}`;
let database: TestDatabase;

beforeAll(async () => {
  database = await databaseForTests();
  // As in a new database's "public", everybody may look for tables there.
  await query(`CREATE SCHEMA ${schema}; GRANT USAGE ON SCHEMA ${schema} TO PUBLIC`);
});

afterAll(async () => {
  await query(`DROP SCHEMA ${schema} CASCADE`);
  await database.stop();
  rmSync(folder, { recursive: true });
});

test.each(programs.map((block) => [`${block.page}:${block.line} ${block.file}`, block] as const))(
  "%s prints what the page says",
  async (_, { page, file, output = "" }) => {
    expect(steady(await run(join(folder, page, file.replace(/ts$/, "js"))))).toBe(steady(`${output}\n`));
  },
);

test("what prints is run, or says why not", () => {
  const silent = blocks.filter(({ code, output, notRun }) => code.includes("console.log(") && !output && !notRun);
  const alone = silent.filter(
    ({ page, file }) => !blocks.some((other) => other.page === page && mentions(other, file)),
  );
  expect(alone.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
});

/** Whether a block imports a file, or starts it as a worker. */
function mentions({ code }: { code: string }, file: string): boolean {
  return code.includes(`${basename(file, ".ts")}.js"`);
}

/** Ids are others each time. */
function steady(text: string): string {
  return text.replace(UUID, "<id>");
}

function run(program: string): Promise<string> {
  const env = { ...process.env, DATABASE_URL: database.url, PGOPTIONS: `-c search_path=${schema}`, NODE_OPTIONS: "" };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", UNCAUGHT, program], { env, timeout: 15_000 }, (error, stdout, stderr) => {
      // A program that fails on purpose has said so on standard output: what else went wrong is seen as a difference.
      resolve(error && !stdout ? stderr : stdout);
    });
  });
}

async function query(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
