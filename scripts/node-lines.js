/** Node of other lines: the binaries come from npm, once, and stay in .cache/nodes. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./results.js";

// The package behind npm's `node`, taken directly: `node` itself needs an install script, and npm 12 runs none unasked.
const PACKAGE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/**
 * The path of a Node binary of this line.
 *
 * @param {string} line "22", "20.19"
 */
export function nodeOf(line) {
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
