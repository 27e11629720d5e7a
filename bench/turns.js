/** One table on one Node: every cell in a process of its own, all of them once per turn. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { figureOf } from "./statistics.js";
import { tableOf } from "./tables/index.js";

const scriptOf = (name) => fileURLToPath(new URL(`${name}.js`, import.meta.url));

/**
 * @typedef {{ row: string, title: string, words: string[], cells: Record<string, import("./statistics.js").Figure | null> }} Row
 * @typedef {{ name: string, title: string, unit: string, columns: Record<string, string>, base?: string, note?: string, rows: Row[] }} Measured
 */

/** @returns {Measured} */
export function measureTable(binary, name, { turns, rounds, milliseconds, isWanted }) {
  const { measure: _, execArgv = [], titles, derive, longer = 1, ...table } = tableOf(name);
  const settings = { rounds: table.rounds ?? rounds, milliseconds: milliseconds * longer };
  const wanted = table.rows.filter((row) => isWanted(row, table));
  const rows = wanted.map((row) => ({
    row,
    ...(titles?.[row] ? { title: titles[row], words: [] } : verified(binary, row)),
    values: {},
  }));
  for (let turn = 0; turn < (table.turns?.(turns) ?? turns); turn++) {
    for (const row of rows) measureRow(row);
    progress(`${name}: turn ${turn + 1}`);
  }
  progress("");
  return {
    ...table,
    turns: undefined,
    rounds: undefined,
    name,
    rows: [...rows.map(withFigures), ...(derive && rows.length > 1 ? [derive(rows)] : [])],
  };

  function measureRow(row) {
    for (const column of table.together ? ["all"] : Object.keys(table.columns)) {
      const args = [scriptOf("measure"), name, row.row, column, JSON.stringify(settings)];
      const values = inProcess(binary, [...execArgv, ...args]);
      for (const [key, measured] of Object.entries(table.together ? values : { [column]: values })) {
        row.values[key] = measured && [...(row.values[key] ?? []), ...measured];
      }
    }
  }
}

function withFigures({ row, title, words, values }) {
  const cells = Object.entries(values).map(([column, figures]) => [column, figures && figureOf(figures)]);
  return { row, title, words, cells: Object.fromEntries(cells) };
}

const contenders = new Map();

/** Title and words of a contender that does on this Node what it should; each is asked once. */
function verified(binary, name) {
  const key = `${name} ${binary}`;
  if (!contenders.has(key)) contenders.set(key, inProcess(binary, [scriptOf("verify"), name]));
  return contenders.get(key);
}

function inProcess(binary, args) {
  const { status, stdout, stderr } = spawnSync(binary, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} failed on ${binary}:\n${stderr}`);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1));
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
