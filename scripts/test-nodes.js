/**
 * Runs the built suite on other Node lines: `npm run test:nodes`, or `npm run test:nodes -- 20.19 26` for chosen ones.
 *
 * Needs a build. The binaries come from npm, once, and stay in .cache/nodes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { inWords, RESULTS, ROOT, totalsOf } from "./results.js";

const LINES = ["22", "24", "26"];

// The package behind npm's `node`, taken directly: `node` itself needs an install script, and npm 12 runs none unasked.
const PACKAGE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** The path of a Node binary of this line. */
function nodeOf(/** @type {string} */ line) {
  const folder = join(ROOT, ".cache", "nodes", line);
  const binary = join(folder, "node_modules", PACKAGE, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(binary)) install(`${PACKAGE}@${line}`, folder);
  return binary;
}

function install(/** @type {string} */ spec, /** @type {string} */ folder) {
  console.log(`Fetching ${spec} from npm.`);
  const args = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", spec];
  const { status } = spawnSync("npm", args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`npm could not install ${spec}.`);
}

/** Runs the suite with `binary`, which is also what tests find as `process.execPath` and as `node` in the PATH. */
function testOn(/** @type {string} */ line) {
  const binary = nodeOf(line);
  const version = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();
  const name = `dist on Node ${version}`;
  rmSync(join(RESULTS, `${name}.json`), { force: true });

  const PATH = `${dirname(binary)}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH, AMBIT_DIST: "1", TEST_RESULTS: RESULTS };
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const { status } = spawnSync(binary, [vitest, "run"], { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
  return { ...totalsOf(name), status };
}

const chosen = process.argv.slice(2);
const runs = (chosen.length > 0 ? chosen : LINES).map(testOn);
console.log(["", ...runs.map((run) => `${run.name}: ${inWords(run)}`)].join("\n"));
process.exitCode = runs.every(({ status, failed }) => status === 0 && failed === 0) ? 0 : 1;
