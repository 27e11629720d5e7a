/** The guard under the same fire: it is silent, and changes nothing. */
import { expect, test } from "vitest";
import { seedOf } from "../../../support/random.js";
import { MemoryStore } from "../../host/random/store.js";
import { SOUND, underFire } from "../../host/random/under-fire.js";
import { KOA } from "./apps.js";

const SEED = seedOf(process.env.KOA_SEED);
const ACTIONS = Number(process.env.KOA_GUARDED_ACTIONS ?? 1_500);
const REPEAT = `KOA_SEED=${SEED} KOA_GUARDED_ACTIONS=${ACTIONS} npx vitest run test/adapters/koa/random/guarded.test.ts`;

test(
  `${ACTIONS} random actions, with the guard: it refuses nothing, and all is as it is without (KOA_SEED=${SEED})`,
  async () => {
    const size = { seed: SEED, actions: ACTIONS, clients: 16, guarded: true };
    expect(await underFire(KOA, new MemoryStore(), size, REPEAT)).toEqual(SOUND);
  },
  60_000 + ACTIONS * 20,
);
