/** Each of the article's programs prints what it says at its end. Needs `npm run build && npm run build:examples`. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

const SOURCES = join(ROOT, "examples/article");
const BUILT = join(ROOT, "examples/dist/article");
const programs = readdirSync(SOURCES).filter((file) => file.endsWith(".ts"));

test("the article's programs are there", () => {
  expect(programs.length).toBeGreaterThanOrEqual(8);
});

test.each(programs)("%s prints what it says", async (program) => {
  const file = join(BUILT, program.replace(/\.ts$/, ".js"));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file]);
  expect(stdout).toBe(promisedBy(readFileSync(join(SOURCES, program), "utf8")));
  expect(stderr).toBe("");
});

/** The comment below "// Prints:", without its slashes. */
function promisedBy(source: string): string {
  const [, promised] = source.split("\n// Prints:\n");
  return promised.replaceAll(/^\/\/ /gm, "");
}
