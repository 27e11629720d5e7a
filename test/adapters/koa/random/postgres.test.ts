/** The same on a real PostgreSQL, where a COMMIT is what others can see: fewer, because each takes its time there. */
import { expect, onTestFinished, test } from "vitest";
import { databaseForTests } from "../../../support/database.js";
import { seedOf } from "../../../support/random.js";
import { SOUND, underFire } from "../../host/random/under-fire.js";
import { KOA } from "./apps.js";
import { PostgresStore } from "./postgres-store.js";

const SEED = seedOf(process.env.KOA_SEED);

const ACTIONS = Number(process.env.KOA_PG_ACTIONS ?? 500);
const REPEAT = `KOA_SEED=${SEED} KOA_PG_ACTIONS=${ACTIONS} npx vitest run test/adapters/koa/random/postgres.test.ts`;
const CLIENTS = 8;
/** Each client may have four requests under way. */
const CONNECTIONS = CLIENTS * 4;

test(
  `${ACTIONS} random actions end each transaction of PostgreSQL as its request did (KOA_SEED=${SEED})`,
  async () => {
    const database = await databaseForTests();
    onTestFinished(() => database.stop());
    const store = await PostgresStore.open(database.url, CONNECTIONS);
    onTestFinished(() => store.end());
    expect(await underFire(KOA, store, { seed: SEED, actions: ACTIONS, clients: CLIENTS }, REPEAT)).toEqual(SOUND);
  },
  60_000 + ACTIONS * 50,
);
