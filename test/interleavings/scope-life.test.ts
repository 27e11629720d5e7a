/**
 * Every order of a scope's life up to a bound, and random ones beyond it.
 *
 * AMBIT_SCHEDULES=200000 runs so many random schedules, AMBIT_SEED=7 those of that seed, and
 * AMBIT_REPLAY="resolves twice, closes: 0.1.0" the one that a failure has named.
 */
import { describe, expect, test } from "vitest";
import { type Explored, exploreAll, exploreRandomly, randomFrom, replay } from "#src/testing/orders.js";
import { ScheduleError } from "#src/testing/scheduler.js";
import { isOtherLine } from "../support/lines.js";
import { SEED } from "../support/random.js";
import { castFrom, PLAYERS, type PlayerName } from "./players.js";
import { scopeLife } from "./scope-life.js";

const SCHEDULES = Number(process.env.AMBIT_SCHEDULES ?? 2_000);
const { AMBIT_REPLAY } = process.env;
/** A few seconds each on a machine of their own. */
const PATIENCE = 120_000;
const NAMES = Object.keys(PLAYERS) as PlayerName[];

/** Tells which players made it fail, as AMBIT_REPLAY takes it. */
async function inCast<R>(cast: readonly PlayerName[], explored: Promise<R>): Promise<R> {
  return explored.catch((error: unknown) => {
    if (!(error instanceof ScheduleError)) throw error;
    throw new Error(`${error.message}\n  AMBIT_REPLAY="${cast.join(", ")}: ${error.replay}"`, { cause: error });
  });
}

describe("every order of steps and timers keeps the promises", () => {
  const CASTS: readonly { orders: number; cast: PlayerName[] }[] = [
    { orders: 1_800, cast: ["resolves twice", "resolves twice", "closes", "closes in error"] },
    {
      orders: 720,
      cast: [
        "resolves an alias",
        "resolves a transient and a seed",
        "begins what hears the outcome",
        "uses what fails to end",
        "uses what asks when it ends",
        "closes",
      ],
    },
    { orders: 1_296, cast: [...times(3, "asks again when it failed"), "closes"] },
    { orders: 332, cast: [...times(2, "asks again when it failed"), "closes", "closes without a word"] },
    { orders: 2_596, cast: ["asks for an async build", "begins a transaction", "closes", "closes without a word"] },
    { orders: 938, cast: ["asks for a service of all", "holds a build", "closes"] },
    { orders: 948, cast: ["asks for a service of all", "closes", "disposes the container"] },
    { orders: 470, cast: ["uses what hangs", "resolves twice", "closes", "closes without a word"] },
    { orders: 2_488, cast: [...times(2, "holds work"), "aborts", "closes", "closes in error"] },
    { orders: 817, cast: ["holds work", "fails by hand", "begins a transaction", "closes"] },
    { orders: 1_765, cast: ["nests a scope", "aborts", "holds work", "closes"] },
    { orders: 1_300, cast: [...times(2, "nests a scope"), "closes"] },
    { orders: 704, cast: ["builds late in a nested scope", "nests work with an override", "holds work", "closes"] },
    { orders: 1_720, cast: ["holds work in a nested scope", "nests a scope", "closes", "closes in error"] },
    { orders: 464, cast: [...times(2, "asks from inside for what lives around"), "closes"] },
    { orders: 1_300, cast: ["opens a scope beside", "nests a scope", "disposes the container"] },
    { orders: 658, cast: [...times(2, "connects the pool"), "asks for an async build", "disposes the container"] },
    { orders: 1_199, cast: ["uses a child container", "works beside and throws", "aborts", "disposes the container"] },
    { orders: 962, cast: ["holds work", "begins a transaction", "disposes the container", "closes"] },
  ];
  test.each(CASTS.map(({ cast, orders }) => [cast.join(", "), orders, cast] as const))(
    "%s: %d",
    async (_, orders, cast) => {
      await expect(inCast(cast, exploreAll(scopeLife(cast)))).resolves.toEqual({ schedules: orders, complete: true });
    },
    PATIENCE,
  );
});

// Timers fire when nothing else can happen here: the casts above are those that time matters to.
describe.skipIf(isOtherLine)("every order of any two players and a close keeps the promises", () => {
  test.each(NAMES)(
    "%s",
    async (name) => {
      const explored: Explored[] = [];
      for (const other of NAMES.slice(NAMES.indexOf(name))) {
        const cast = [name, other, "closes"] as const;
        explored.push(await inCast(cast, exploreAll(scopeLife(cast), { timers: "last" })));
      }
      expect(explored.every(({ complete }) => complete)).toBe(true);
    },
    PATIENCE,
  );
});

test(`random orders of random casts keep the promises (AMBIT_SEED=${SEED} AMBIT_SCHEDULES=${SCHEDULES})`, async () => {
  const random = randomFrom(SEED);
  let schedules = 0;
  while (schedules < SCHEDULES) {
    const cast = castFrom(random);
    schedules += await inCast(cast, exploreRandomly(scopeLife(cast), Math.floor(random() * 2 ** 32), 10));
  }
  expect(schedules).toBeGreaterThanOrEqual(SCHEDULES);
}, 3_600_000);

test.runIf(AMBIT_REPLAY)(`replays ${AMBIT_REPLAY}`, async () => {
  const [names, choices] = (AMBIT_REPLAY as string).split(": ");
  await expect(replay(scopeLife(names.split(", ") as PlayerName[]), choices)).resolves.toBeDefined();
});

function times(count: number, name: PlayerName): PlayerName[] {
  return new Array<PlayerName>(count).fill(name);
}
