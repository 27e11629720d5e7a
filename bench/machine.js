/** Where and with what a run was made. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";

const kernel = release().split(".", 2).join(".");
const packageOf = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

export const versionOf = (binary) => spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();

export function describeMachine({ command }) {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0].model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${kernel}`,
    command,
    versions: { ambit: packageOf("../package.json").version, ...packageOf("./package.json").dependencies },
  };
}
