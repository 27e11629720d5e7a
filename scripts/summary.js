/**
 * The end of CI: prints what failed, the totals of every test run, and their sum as the last line. Fails if anything
 * failed.
 *
 * Its argument is the exit code of the steps before; one that failed without a failed test counts as one failure.
 */
import { allTotals, failuresOf, inWords } from "./results.js";

const stepsFailed = process.argv[2] !== "0";
const runs = allTotals();
const sum = (/** @type {"passed" | "failed" | "skipped"} */ key) => runs.reduce((total, run) => total + run[key], 0);
const total = { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
if (total.failed === 0 && (stepsFailed || total.passed === 0)) total.failed = 1;

const failures = runs.flatMap(({ name }) => failuresOf(name));
if (stepsFailed && failures.length === 0) failures.push("A step failed that is not a test: what it printed is above.");
console.log(["", ...failures, ...runs.map((run) => `${run.name}: ${inWords(run)}`), inWords(total)].join("\n"));
process.exitCode = total.failed === 0 ? 0 : 1;
