/**
 * Koa under fire: random clients and every kind of answer, in every arrangement of the middleware, against a model.
 *
 * An action is a request, with whatever its client does to it: sends it whole or in parts, alone or behind others, waits
 * for its answer or leaves at any moment. KOA_ACTIONS says how many there are, KOA_SEED which.
 */
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { collectUnhandledRejections, collectWarnings } from "../../../support/strict.js";
import { Fire, SOUND } from "./fire.js";
import { MemoryStore } from "./store.js";

const ACTIONS = Number(process.env.KOA_ACTIONS ?? 5_000);
const SEED = Number(process.env.KOA_SEED ?? Date.now() % 1_000_000);
const REPEAT = `repeat with: KOA_SEED=${SEED} KOA_ACTIONS=${ACTIONS} npx vitest run test/adapters/koa/random`;

test(
  `${ACTIONS} random actions leave no scope, use none after its end, and end each transaction as its request did`,
  async () => {
    console.log(REPEAT);
    onTestFailed(() => console.log(REPEAT));
    const rejected = collectUnhandledRejections();
    const uncaught = collectUncaughtErrors();
    const warnings = collectWarnings();
    const fire = new Fire(new MemoryStore());
    const start = performance.now();
    const findings = await fire.run(SEED, ACTIONS);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`Node ${process.version}, seed ${SEED}, ${seconds} s: ${fire.figures.inWords()}`);
    expect({ ...findings, rejected, uncaught }).toEqual({ ...SOUND, rejected: [], uncaught: [] });
    // Compress inside the scope is told of once for each app.
    expect(warnings.filter(({ message }) => !message.startsWith("Late commit:"))).toEqual([]);
  },
  60_000 + ACTIONS * 20,
);

/** What ended no promise and no process, because vitest caught it; the list grows as they come. */
function collectUncaughtErrors(): unknown[] {
  const uncaught: unknown[] = [];
  const hear = (error: unknown): void => void uncaught.push(error);
  process.on("uncaughtExceptionMonitor", hear);
  onTestFinished(() => void process.off("uncaughtExceptionMonitor", hear));
  return uncaught;
}
