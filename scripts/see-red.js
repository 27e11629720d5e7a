/**
 * Breaks the lines that keep the promises, one at a time, and runs the tests that must then fail: `npm run see-red`.
 *
 * Works on a copy of src and test, so the checkout stays as it is. Exits 1 when a line has gone, when a test did not see
 * that it was broken, or fails without that. `npm run see-red -- 6` does promise 6 alone, and a name one of the other
 * lists: own-code (classes that are built often), koa (the adapter under fire), hosts, pools, insight (the guard, the channels, the command), inspector,
 * opentelemetry, testing.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./results.js";
import { LISTS } from "./see-red-lists.js";

/** @typedef {import("./see-red-lists.js").Mutation} Mutation */

const FILES = ["src", "test", "scripts", "package.json", "tsconfig.json", "tsconfig.build.json", "vitest.config.ts"];

const name = process.argv[2] ?? "promises";
const chosen = LISTS[name] ?? LISTS.promises.filter(({ promise }) => promise === Number(name));
if (chosen.length === 0) throw new Error(`There is no "${name}": give ${Object.keys(LISTS).join(", ")}, or a number.`);

const copy = mkdtempSync(join(tmpdir(), "ambit-see-red-"));
let seen = 0;
try {
  for (const file of FILES)
    cpSync(join(ROOT, file), join(copy, file), { recursive: true, filter: (path) => !path.endsWith("node_modules") });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const unsound = filesThatFail(chosen);
  for (const mutation of chosen) {
    const verdict = unsound.has(mutation.tests) ? "fails anyway" : verdictOn(mutation);
    if (verdict === "red") seen++;
    console.log(`${verdict.padEnd(13)} ${mutation.promise ?? name}. ${mutation.breaks} (${mutation.file})`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${seen} of ${chosen.length} broken lines were seen.`);
process.exitCode = seen === chosen.length ? 0 : 1;

/** What is red before anything is broken sees nothing. */
function filesThatFail(/** @type {readonly Mutation[]} */ mutations) {
  if (mutations.some((each) => each.build)) build();
  return new Set(
    [...new Set(mutations.map(({ tests }) => tests))].filter(
      (tests) => !passes({ tests, ownCode: mutations.some((each) => each.ownCode) }),
    ),
  );
}

function verdictOn(/** @type {Mutation} */ mutation) {
  const path = join(copy, "src", mutation.file);
  const sound = readFileSync(path, "utf8");
  if (sound.split(mutation.line).length !== 2) return "not there";
  writeFileSync(
    path,
    sound.replace(mutation.line, () => mutation.by),
  );
  if (mutation.build) build();
  const verdict = passes(mutation) ? "GREEN" : "red";
  writeFileSync(path, sound);
  return verdict;
}

/** What does not compile any more is built all the same. */
function build() {
  spawnSync("npx", ["tsc", "-p", "tsconfig.build.json"], { cwd: copy });
  spawnSync(process.execPath, ["scripts/copy-page.js"], { cwd: copy });
}

function passes(/** @type {Pick<Mutation, "tests" | "ownCode">} */ { tests, ownCode }) {
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const env = ownCode ? { ...process.env, AMBIT_OWN_CODE: "always" } : process.env;
  return spawnSync(process.execPath, [vitest, "run", tests], { cwd: copy, env }).status === 0;
}
