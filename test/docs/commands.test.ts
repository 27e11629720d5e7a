/**
 * Every `sh` block of docs/ prints what its page says, where a block without a language follows it. Needs a build.
 *
 * It runs in a shell, in the folder of its page, after the blocks above it; `npx ambit` is the command of this build.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { documentedBlocks, documentedCommands } from "../support/code-blocks.js";
import { ROOT } from "../support/repository.js";
import { writtenOut } from "./written-out.js";

const NPX = `npx() { shift; "${process.execPath}" "${join(ROOT, "dist/cli/main.js")}" "$@"; }`;

const commands = documentedCommands();
const pages = new Set(commands.map(({ page }) => page));
const folder = writtenOut(documentedBlocks().filter(({ page }) => pages.has(page)));

afterAll(() => rmSync(folder, { recursive: true }));

test.each(commands.map((command) => [`${command.page}:${command.line}`, command] as const))(
  "%s prints what the page says",
  (_, { page, script, output }) => {
    const { stdout } = spawnSync("sh", ["-c", `${NPX}\n${script}`], { cwd: join(folder, page), encoding: "utf8" });
    expect(stdout).toBe(`${output}\n`);
  },
);

test("there are some", () => {
  expect(commands.length).toBeGreaterThan(0);
});
