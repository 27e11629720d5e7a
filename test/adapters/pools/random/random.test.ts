/**
 * Pools under fire: random tasks, failures, cancels, recycles and ends against a model. Needs a build.
 *
 * Every task is settled, and runs once at most; its scope is closed before its answer comes; every thread's instance is
 * disposed once; no task meets a value of another. AMBIT_TASKS says how many tasks each kind of pool is given, AMBIT_SEED
 * which.
 */
import { expect, test } from "vitest";
import { Random, SEED } from "../../../support/random.js";
import { collectUnhandledRejections } from "../../../support/strict.js";
import { planOf } from "./plan.js";
import { Play, WATCHDOG } from "./play.js";
import { type Open, openPiscina, openThreads, openTinypool } from "./pools.js";

const TASKS = Number(process.env.AMBIT_TASKS ?? 60);
const TASKS_OF_A_PLAY = 30;
const DEADLINE = 30_000;

const kinds: [string, Open, deadly: boolean][] = [
  ["Piscina", openPiscina, false],
  ["Piscina whose workers die", openPiscina, true],
  ["tinypool", openTinypool, false],
  ["tinypool whose workers die", openTinypool, true],
  ["plain workers", openThreads, false],
];

for (const [name, open, deadly] of kinds) {
  test(`${TASKS} random tasks in ${name}, are as the model says (AMBIT_SEED=${SEED} AMBIT_TASKS=${TASKS})`, {
    timeout: WATCHDOG * 2 + TASKS * 100,
  }, async () => {
    const rejections = collectUnhandledRejections();
    for (let play = 0; play * TASKS_OF_A_PLAY < TASKS; play++) {
      const seed = SEED + play;
      const random = new Random(seed);
      const plan = planOf(TASKS_OF_A_PLAY, random, deadly);
      const findings = await new Play(plan, (onForced) => open(random, { deadline: DEADLINE, onForced })).run();
      await new Promise(setImmediate);
      for (const rejection of rejections.splice(0))
        findings.push(`nobody had a promise that rejected with ${String(rejection)}`);
      expect({ repeat: repeatOf(seed), findings }).toEqual({ repeat: repeatOf(seed), findings: [] });
    }
  });
}

function repeatOf(seed: number): string {
  return `AMBIT_SEED=${seed} AMBIT_TASKS=${TASKS_OF_A_PLAY} npx vitest run test/adapters/pools/random`;
}
