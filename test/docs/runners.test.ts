/** Every test of docs/ passes in its runner: a block that imports `node:test` or vitest. Needs a build. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { documentedBlocks } from "../support/code-blocks.js";
import { ROOT } from "../support/repository.js";
import { writtenOut } from "./written-out.js";

const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

const tests = documentedBlocks().filter(({ page, code }) => page.startsWith("docs/") && runnerOf(code) !== undefined);
const folder = writtenOut(tests);
// Else vitest would take that of this repository.
writeFileSync(join(folder, "vitest.config.js"), 'export default { test: { include: ["**/*.js"] } };');

afterAll(() => rmSync(folder, { recursive: true }));

test.each(tests.map((block) => [`${block.page}:${block.line} ${block.file}`, block] as const))(
  "%s passes",
  (_, { page, file, code }) => {
    const program = join(page, file.replace(/ts$/, "js"));
    const args = runnerOf(code) === "vitest" ? [VITEST, "run", program] : ["--test-reporter=tap", program];
    // What a runner tells those that it starts.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, VITEST: undefined, NODE_OPTIONS: "" };
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env });
    expect({ status, stdout }).toMatchObject({ status: 0 });
    // A file without a test would pass as well.
    expect(stdout).toMatch(/^# pass [1-9]|Tests .*[1-9]\d* passed/m);
  },
  60_000,
);

test("there are some for each of them", () => {
  expect(new Set(tests.map(({ code }) => runnerOf(code)))).toEqual(new Set(["node:test", "vitest"]));
});

function runnerOf(code: string): "node:test" | "vitest" | undefined {
  return /from "(node:test|vitest)"/.exec(code)?.[1] as "node:test" | "vitest" | undefined;
}
