/**
 * Breaks the lines that keep the promises, one at a time, and runs the tests that must then fail: `npm run see-red`.
 *
 * Works on a copy of src and test, so the checkout stays as it is. Exits 1 when a line has gone, or a test did not see
 * that it was broken. `npm run see-red -- 6` does promise 6 alone, `npm run see-red -- koa` the adapter under fire,
 * `npm run see-red -- hosts` those of the other hosts, `npm run see-red -- pools` both sides of the pools,
 * `npm run see-red -- insight` the guard and the channels, `npm run see-red -- inspector` the inspector,
 * `npm run see-red -- testing` the test kit.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTATIONS as HOSTS } from "../test/adapters/host/mutations.js";
import { MUTATIONS as KOA } from "../test/adapters/koa/random/mutations.js";
import { MUTATIONS as INSIGHT } from "../test/insight/mutations.js";
import { MUTATIONS as INSPECTOR } from "../test/inspector/mutations.js";
import { MUTATIONS as POOLS } from "../test/adapters/pools/mutations.js";
import { MUTATIONS as PROMISES } from "../test/promises/mutations.js";
import { MUTATIONS as TESTING } from "../test/testing/mutations.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const only = process.argv[2];
const chosen = choose();

const copy = mkdtempSync(join(tmpdir(), "ambit-see-red-"));
let survived = 0;
try {
  for (const name of ["src", "test", "package.json", "tsconfig.json", "tsconfig.build.json", "vitest.config.ts"]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, filter: (path) => !path.endsWith("node_modules") });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  for (const mutation of chosen) {
    const verdict = verdictOn(mutation);
    if (verdict !== "red") survived++;
    console.log(`${verdict.padEnd(10)} ${String(mutation.promise).padStart(2)}. ${mutation.breaks} (${mutation.file})`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - survived} of ${chosen.length} broken lines were seen.`);
process.exitCode = survived === 0 && chosen.length > 0 ? 0 : 1;

function choose() {
  if (only === "koa") {
    return KOA.map((each) => ({ ...each, promise: only, tests: "test/adapters/koa/random/random.test.ts" }));
  }
  if (only === "hosts") {
    return HOSTS.map((each) => ({ ...each, promise: only, tests: `test/adapters/${each.tests}` }));
  }
  if (only === "insight") {
    return INSIGHT.map((each) => ({ ...each, promise: only, tests: `test/insight/${each.tests}` }));
  }
  if (only === "testing") {
    return TESTING.map((each) => ({ ...each, promise: only, tests: `test/testing/${each.tests}` }));
  }
  // What the inspector shows, and to whom.
  if (only === "inspector") {
    return INSPECTOR.map((each) => ({ ...each, promise: only, tests: `test/inspector/${each.tests}` }));
  }
  // Worker threads load what is built.
  if (only === "pools") {
    return POOLS.map((each) => ({ ...each, promise: only, tests: `test/adapters/${each.tests}`, build: true }));
  }
  const promises = PROMISES.filter(({ promise }) => only === undefined || promise === Number(only));
  return promises.map((each) => ({ ...each, tests: `test/promises/${each.tests}` }));
}

/** @param {{ file: string, line: string, by: string, tests: string, build?: boolean }} mutation */
function verdictOn({ file, line, by, tests, build }) {
  const path = join(copy, "src", file);
  const sound = readFileSync(path, "utf8");
  if (sound.split(line).length !== 2) return "not there";
  writeFileSync(
    path,
    sound.replace(line, () => by),
  );
  // What does not compile any more is built all the same.
  if (build) spawnSync("npx", ["tsc", "-p", "tsconfig.build.json"], { cwd: copy });
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const { status } = spawnSync(process.execPath, [vitest, "run", tests], { cwd: copy });
  writeFileSync(path, sound);
  return status === 0 ? "GREEN" : "red";
}
