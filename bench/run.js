/**
 * Measures, prints tables, writes JSON and the picture: `npm run bench`, see README.md.
 *
 * Within a table the contenders take turns, and each turn has a process of its own.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { install } from "./install.js";
import { describeMachine, versionOf } from "./machine.js";
import { options } from "./options.js";
import { picture } from "./picture.js";
import { printed } from "./print.js";
import { targets } from "./targets.js";
import { measureTable } from "./turns.js";

install();
const started = Date.now();
const lines = [];
const report = { ...describeMachine(options), lines };

for (const binary of options.binaries) {
  const line = { node: versionOf(binary), tables: [] };
  lines.push(line);
  for (const table of options.tables) {
    const measured = measureTable(binary, table, options);
    line.tables.push(measured);
    console.log(printed(measured, line.node));
    save();
  }
  console.log(targets(line.tables, line.node));
}
console.log(`\n${report.minutes} minutes, written to ${options.out}.json`);

/** After each table, so that one that fails loses none of those before it. */
function save() {
  report.minutes = Number(((Date.now() - started) / 60_000).toFixed(1));
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(`${options.out}.json`, textOf(report));
  const drawn = picture(report);
  if (drawn !== undefined) writeFileSync(`${options.out}.svg`, drawn);
}

/** JSON with five digits of each number, and the figures of a cell on one line. */
function textOf(value) {
  const short = (_key, value) => (typeof value === "number" ? Number(value.toPrecision(5)) : value);
  const text = JSON.stringify(value, short, 1);
  return `${text.replace(/\[\s+([-\d.,e\s]+?)\s+\]/g, (_, list) => `[${list.replace(/\s+/g, " ")}]`)}\n`;
}
