/**
 * Runs the built suite on other Node lines: `npm run test:nodes`, or `npm run test:nodes -- 20.19 26` for chosen ones.
 *
 * Needs a build.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { nodeOf } from "./node-lines.js";
import { inWords, RESULTS, ROOT, totalsOf } from "./results.js";

const LINES = ["22", "24", "26"];

/** Whether classes are built by code of their own: what is promised must hold either way. See test/support/own-code.ts. */
const OWN_CODE = { 24: "always", 26: "never" };

/** Runs the suite with `binary`, which is also what tests find as `process.execPath` and as `node` in the PATH. */
function testOn(/** @type {string} */ line) {
  const binary = nodeOf(line);
  const version = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();
  const name = `dist on Node ${version}`;
  rmSync(join(RESULTS, `${name}.json`), { force: true });

  const PATH = `${dirname(binary)}${delimiter}${process.env.PATH}`;
  const ownCode = OWN_CODE[/** @type {keyof typeof OWN_CODE} */ (parseInt(version.slice(1)))];
  const env = {
    ...process.env,
    ...(ownCode && { AMBIT_OWN_CODE: ownCode }),
    PATH,
    AMBIT_DIST: "1",
    TEST_RESULTS: RESULTS,
  };
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const { status } = spawnSync(binary, [vitest, "run"], { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
  return { ...totalsOf(name), status };
}

const chosen = process.argv.slice(2);
const runs = (chosen.length > 0 ? chosen : LINES).map(testOn);
console.log(["", ...runs.map((run) => `${run.name}: ${inWords(run)}`)].join("\n"));
process.exitCode = runs.every(({ status, failed }) => status === 0 && failed === 0) ? 0 : 1;
