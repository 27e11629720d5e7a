/** What the command line asks for. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodeOf } from "../scripts/node-lines.js";
import { NAMES } from "./tables/index.js";

const USAGE = `npm run bench -- [options]

  --tables request,scope   only these of: ${NAMES.join(", ")}
  --only ambit,tsyringe    only these rows, beside ambit and what figures are held against
  --node 24,./node         only these Node lines (from npm), or binaries; default 22, 24 and 26
  --turns 2                processes per cell; more in the tables request, koa and start-up
  --rounds 4               figures per process
  --quick                  one turn of shorter rounds: a look, nothing to quote
  --out path               writes path.json, and path.svg if it has the table request; default bench/results/latest`;

const { values } = parseArgs({
  options: {
    tables: { type: "string" },
    only: { type: "string" },
    node: { type: "string", default: "22,24,26" },
    turns: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}

const listOf = (text) => text?.split(",").map((word) => word.trim());
const only = listOf(values.only);
const tables = listOf(values.tables) ?? NAMES;
const unknown = tables.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) throw new Error(`There is no table ${unknown}.\n\n${USAGE}`);

export const options = {
  tables,
  binaries: listOf(values.node).map((node) => (existsSync(node) ? resolve(node) : nodeOf(node))),
  turns: Number(values.turns ?? (values.quick ? 1 : 2)),
  rounds: Number(values.rounds ?? 4),
  milliseconds: values.quick ? 20 : 40,
  out: resolve(values.out ?? fileURLToPath(new URL("results/latest", import.meta.url))),
  command: ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
  isWanted: (row, { base }) => !only || [...only, "ambit", base].includes(row),
};
