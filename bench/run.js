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
  }
}

report.minutes = Number(((Date.now() - started) / 60_000).toFixed(1));
console.log(`\n${report.minutes} minutes, ${options.out}.json${options.picture ? `, ${options.out}.svg` : ""}`);
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(`${options.out}.json`, `${JSON.stringify(report, undefined, 1)}\n`);
if (options.picture) writeFileSync(`${options.out}.svg`, picture(report));
