/**
 * Fails when ambit has become much slower: `npm run bench:guard`, after a build.
 *
 * Holds ratios against budget.json, never times: one request with ambit to the same by hand in AsyncLocalStorage, on the
 * same machine in the same minute. Of each the least of all rounds counts, since other programs only ever add; and over
 * budget means over it twice. A Node line without a budget takes the one of the line before.
 */
import { readFileSync } from "node:fs";
import { measureTable } from "./turns.js";

const SETTINGS = { turns: 4, milliseconds: 15, isWanted: (row) => ["hand-als", "ambit"].includes(row) };
const MODES = ["sync", "async"];

const budgets = JSON.parse(readFileSync(new URL("budget.json", import.meta.url), "utf8"));
const line = Number(process.versions.node.split(".")[0]);
const budget =
  budgets[
    Math.max(
      ...Object.keys(budgets)
        .map(Number)
        .filter((known) => known <= line),
    )
  ];

const ratios = measured();
if (!isWithin(ratios)) keepLeast(ratios, measured());
for (const mode of MODES) {
  const ratio = ratios[mode].toFixed(2);
  console.log(
    `${mode}: ambit takes ${ratio} x by hand in AsyncLocalStorage, ${budget[mode]} are allowed on Node ${line}`,
  );
}
if (!isWithin(ratios)) {
  console.error("ambit has become slower: npm run bench -- --tables request,scope,resolve shows where.");
  process.exitCode = 1;
}

/** @returns {Record<string, number>} */
function measured() {
  const { rows } = measureTable(process.execPath, "request", SETTINGS);
  const [hand, ambit] = ["hand-als", "ambit"].map((name) => rows.find(({ row }) => row === name).cells);
  return Object.fromEntries(MODES.map((mode) => [mode, ambit[mode].low / hand[mode].low]));
}

function isWithin(ratios) {
  return MODES.every((mode) => ratios[mode] <= budget[mode]);
}

function keepLeast(ratios, again) {
  for (const mode of MODES) ratios[mode] = Math.min(ratios[mode], again[mode]);
}
