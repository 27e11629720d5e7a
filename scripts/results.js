/** Where test runs leave their totals, and how to read them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
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

/**
 * Each test that failed, with its file and the first lines of its error; and each file that could not be loaded.
 *
 * @param {string} name as for {@link totalsOf}
 * @returns {string[]}
 */
export function failuresOf(name) {
  const path = join(RESULTS, `${name}.json`);
  if (!existsSync(path)) return [`${name}: left no results`];

  const { testResults } = JSON.parse(readFileSync(path, "utf8"));
  return testResults.flatMap((/** @type {FileResult} */ { name: file, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    const unloaded = status === "failed" && failed.length === 0;
    const failures = unloaded ? [{ fullName: "", failureMessages: [message] }] : failed;
    return failures.map(
      ({ fullName, failureMessages }) =>
        `${name}: ${relative(ROOT, file)} ${fullName}\n${indented(failureMessages.join("\n"))}`,
    );
  });
}

/** @typedef {{ status: string, fullName: string, failureMessages: string[] }} TestResult */
/** @typedef {{ name: string, status: string, message: string, assertionResults: TestResult[] }} FileResult */

const LINES_OF_AN_ERROR = 20;

function indented(/** @type {string} */ text) {
  const lines = text.split("\n").slice(0, LINES_OF_AN_ERROR);
  return lines.map((line) => `    ${line}`).join("\n");
}

/** @param {Omit<Totals, "name">} totals */
export function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
