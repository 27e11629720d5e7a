/** Where test runs leave their totals, and how to read them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** vitest.config.ts writes one file a run into the folder that TEST_RESULTS names. */
export const RESULTS = resolve(ROOT, process.env.TEST_RESULTS ?? ".cache/results");

/** @typedef {{ name: string, passed: number, failed: number, skipped: number }} Totals */

/**
 * The totals of every run whose results are there.
 *
 * @returns {Totals[]}
 */
export function allTotals() {
  return readdirSync(RESULTS)
    .sort()
    .map((file) => totalsOf(file.replace(/\.json$/, "")));
}

/**
 * A run without results, without a test that passed, or with a file that could not be loaded counts as one failure.
 *
 * @param {string} name "src on Node v20.19.0", "dist on Node v26.0.0"
 * @returns {Totals}
 */
export function totalsOf(name) {
  try {
    const report = JSON.parse(readFileSync(join(RESULTS, `${name}.json`), "utf8"));
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, success } = report;
    const sound = success && passed > 0;
    return { name, passed, failed: sound ? failed : Math.max(failed, 1), skipped };
  } catch {
    return { name, passed: 0, failed: 1, skipped: 0 };
  }
}

/** @param {Omit<Totals, "name">} totals */
export function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
