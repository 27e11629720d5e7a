/**
 * Koa under fire: random clients and every kind of answer, in every arrangement of the middleware, against a model.
 *
 * An action is a request, with whatever its client does to it: sends it whole or in parts, alone or behind others, waits
 * for its answer or leaves at any moment. KOA_ACTIONS says how many there are, KOA_SEED which: `npm run fire` is 100,000.
 */
import { expect, test } from "vitest";
import { seedOf } from "../../../support/random.js";
import { MemoryStore } from "../../host/random/store.js";
import { SOUND, underFire } from "../../host/random/under-fire.js";
import { KOA } from "./apps.js";

const SEED = seedOf(process.env.KOA_SEED);

const ACTIONS = Number(process.env.KOA_ACTIONS ?? 5_000);
const REPEAT = `KOA_SEED=${SEED} KOA_ACTIONS=${ACTIONS} npx vitest run test/adapters/koa/random/random.test.ts`;

test(
  `${ACTIONS} random actions leave no scope, use none after its end, and end each transaction as its request did (KOA_SEED=${SEED})`,
  async () => {
    const findings = await underFire(KOA, new MemoryStore(), { seed: SEED, actions: ACTIONS, clients: 16 }, REPEAT);
    expect(findings).toEqual(SOUND);
  },
  60_000 + ACTIONS * 20,
);
