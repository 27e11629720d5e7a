/**
 * One request by hand and with ambit: `npm run bench`.
 *
 * The contenders take turns, each turn in a process of its own; figures are CPU nanoseconds per request, the median of
 * all rounds with the lowest and the highest, and the ratio to the same work by hand inside AsyncLocalStorage.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const CONTENDERS = ["hand", "hand-als", "ambit", "ambit-explicit"];
const BASE = "hand-als";
const TURNS = 2;

console.log(`Node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores`);
for (const mode of ["sync", "async"]) {
  const rounds = new Map(CONTENDERS.map((name) => [name, []]));
  for (let turn = 0; turn < TURNS; turn++) for (const name of CONTENDERS) rounds.get(name).push(...measure(name, mode));
  print(mode, rounds);
}

function measure(name, mode) {
  const script = fileURLToPath(new URL("measure.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, name, mode], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} ${mode} failed:\n${stderr}`);
  return JSON.parse(stdout);
}

function print(mode, rounds) {
  const base = median(rounds.get(BASE));
  console.log(`\none request, ${mode}${mode === "async" ? ", 100 in flight" : ""}: CPU ns, median (lowest to highest)`);
  for (const [name, values] of rounds) {
    const middle = median(values);
    const spread = `(${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;
    console.log(
      `  ${name.padEnd(16)}${middle.toFixed(0).padStart(6)} ${spread.padEnd(16)}${(middle / base).toFixed(2).padStart(6)} x ${BASE}`,
    );
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
