/**
 * Loaded before every test file: fails the test during which a promise was rejected with nobody listening, or ambit
 * warned. A test that is about one of these asks for the list.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, afterEach, beforeEach } from "vitest";

/** What was heard during the running test. */
class Trouble<T> {
  heard: T[] = [];
  expected = false;

  readonly hear = (what: T): void => void this.heard.push(what);

  collect(): T[] {
    this.expected = true;
    return this.heard;
  }

  /** What nobody asked for, and a fresh start for the next test. */
  take(): T[] {
    const unexpected = this.expected ? [] : this.heard;
    this.heard = [];
    this.expected = false;
    return unexpected;
  }
}

const rejections = new Trouble<unknown>();
const warnings = new Trouble<Error>();

/** The reasons of the promises that nobody listened to during this test; the list grows as they come. */
export const collectUnhandledRejections = (): unknown[] => rejections.collect();

/** ambit's process warnings during this test; the list grows as they come. */
export const collectWarnings = (): Error[] => warnings.collect();

process.on("warning", (warning) => {
  if (warning.name.startsWith("Ambit")) warnings.hear(warning);
});

// Only while a test runs: at other times vitest's own listener fails the whole run.
beforeEach(() => void process.on("unhandledRejection", rejections.hear));
afterEach(async () => {
  // Node reports both only after the microtasks of the turn in which they arose.
  await nextTurn();
  process.off("unhandledRejection", rejections.hear);
  failOnTrouble();
});
afterAll(failOnTrouble);

function failOnTrouble(): void {
  const unhandled = rejections
    .take()
    .map((cause) => new Error("A promise was rejected and nobody listened.", { cause }));
  const warned = warnings.take().map((cause) => new Error(`ambit warned: ${cause.message}`, { cause }));
  const all = [...unhandled, ...warned];
  if (all.length === 1) throw all[0];
  if (all.length > 1) throw new AggregateError(all, all.map((error) => error.message).join("\n"));
}
