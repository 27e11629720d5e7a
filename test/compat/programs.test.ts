/** Whole programs written for tsyringe run with ambit when `from "tsyringe"` becomes `from "ambit"`, and nothing else. */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { ROOT, temporaryFolder } from "../support/repository.js";

const PROGRAMS = join(ROOT, "test/compat/programs");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const programs = readdirSync(PROGRAMS);

const moved = temporaryFolder();
cpSync(PROGRAMS, moved, { recursive: true });
writeFileSync(join(moved, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", include: ["."] }));
for (const file of filesOf(moved)) {
  writeFileSync(file, readFileSync(file, "utf8").replaceAll('from "tsyringe"', 'from "ambit"'));
}
afterAll(() => rmSync(moved, { recursive: true }));

test.each(programs)("%s prints the same", async (program) => {
  const before = await printedBy(join(PROGRAMS, program, "main.ts"));
  expect(before.length).toBeGreaterThan(0);
  expect(await printedBy(join(moved, program, "main.ts"))).toEqual(before);
});

test("they compile as they are", () => {
  const { stdout, stderr } = spawnSync(process.execPath, [TSC, "--pretty", "false"], { cwd: moved, encoding: "utf8" });
  expect(stdout + stderr).toBe("");
});

test("nothing of tsyringe is left in them", () => {
  expect(filesOf(moved).filter((file) => readFileSync(file, "utf8").includes('"tsyringe"'))).toEqual([]);
});

/** What a program prints while it runs. */
async function printedBy(main: string): Promise<unknown[][]> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ pathToFileURL(main).href);
    return log.mock.calls;
  } finally {
    log.mockRestore();
  }
}

function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((entry) => join(folder, entry));
  return entries.filter((entry) => statSync(entry).isFile() && entry.endsWith(".ts"));
}
