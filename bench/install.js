/** Installs the peers when they are not there, or other than the lockfile says. */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

export function install() {
  const installed = path("node_modules/.package-lock.json");
  const lock = path("package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("Fetching the peers from npm.");
  const args = ["ci", "--prefix", path("."), "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error("npm could not install the peers.");
}
