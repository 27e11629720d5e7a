/** In whatever way a random test fails, its name is told; so the name has the seed with which it fails again. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./support/repository.js";

const TESTS = join(ROOT, "test");
const files = readdirSync(TESTS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes("node_modules") && file !== "seeds.test.ts")
  .map((file) => ({ file, code: readFileSync(join(TESTS, file), "utf8") }));

const count = (code: string, part: RegExp): number => code.match(part)?.length ?? 0;

/** A name that says it; what is written out elsewhere, as a line to repeat with, ends a statement. */
const SAID = /`[^`\n]*_SEED=\$\{(?:SEED|seed)\}[^`\n]*`,/g;

test.each([
  ["fast-check", /\bfc\.assert\(/g],
  ["random orders", /\bawait (?:inCast\(.*)?exploreRandomly\(/g],
  ["random requests", /\(?await underFire\(/g],
  ["random tasks", /\bnew Random\(seed\);\n\s*const plan/g],
])("a test of %s says its seed in its name", (_, drawing) => {
  const drawn = files.filter(({ code }) => count(code, drawing) > 0);
  expect(drawn).not.toEqual([]);
  const silent = drawn.filter(({ code }) => count(code, SAID) < count(code, drawing));
  expect(silent.map(({ file }) => file)).toEqual([]);
});

test("what fast-check draws follows from the seed of the run", () => {
  const unseeded = files.filter(({ code }) => count(code, /\bfc\.assert\(/g) > count(code, /\bseed: SEED }/g));
  expect(unseeded.map(({ file }) => file)).toEqual([]);
});
