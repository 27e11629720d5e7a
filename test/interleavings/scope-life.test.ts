/** Every order of a scope's life, up to a bound, and random ones beyond it. */
import { describe, expect, test } from "vitest";
import { exploreAll, exploreRandomly, replay, runOnce, ScheduleError, type Program } from "./scheduler.js";
import { type Cast, scopeLife } from "./scope-life.js";

const SEED = Number(process.env.AMBIT_SEED ?? Date.now() % 1_000_000);

const CASTS: readonly [string, Cast][] = [
  ["two closes and sync resolves", { resolvesSync: true, closes: 2 }],
  ["two askers of one async build, and a close", { resolvesAsync: true, closes: 1 }],
  ["an async build that fails once", { resolvesAsync: true, failsOnce: true, closes: 1 }],
  ["a hold, an abort and two closes", { holds: true, aborts: true, closes: 2 }],
  ["a nested scope and a close", { nests: true, closes: 1 }],
  ["a disposer that hangs", { resolvesSync: true, hangs: true, closes: 1 }],
  ["a nested scope in one that is held", { nests: true, holds: true, closes: 1 }],
];

describe("every order of steps keeps the promises", () => {
  test.each(CASTS)("%s", async (_, cast) => {
    const { schedules, complete } = await exploreAll(scopeLife(cast), 20_000);
    expect(complete).toBe(true);
    expect(schedules).toBeGreaterThan(5);
  });
});

test(`random orders of everything together keep the promises (AMBIT_SEED=${SEED})`, async () => {
  const everything = {
    resolvesSync: true,
    resolvesAsync: true,
    failsOnce: true,
    holds: true,
    aborts: true,
    nests: true,
    hangs: true,
    closes: 2,
  };
  await expect(exploreRandomly(scopeLife(everything), SEED, 1_500)).resolves.toBe(undefined);
});

describe("the scheduler", () => {
  /** Two tasks that read, wait and write: the lost update. */
  const lostUpdate: Program = (world) => {
    let balance = 0;
    for (const name of ["a", "b"]) {
      world.task(name, async () => {
        await world.step(`${name} reads`);
        const read = balance;
        await world.step(`${name} writes`);
        balance = read + 1;
      });
    }
    world.check((end) => {
      if (end && balance !== 2) throw new Error(`the balance is ${balance}`);
    });
  };

  test("finds the order that breaks a program, and replays it", async () => {
    const error = await exploreAll(lostUpdate).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ScheduleError);
    const [, order] = /replay: ([\d.]+)$/.exec((error as Error).message) ?? [];
    await expect(replay(lostUpdate, order)).rejects.toThrow("the balance is 1");
  });

  test("runs every order exactly once", async () => {
    const orders = new Set<string>();
    const independent: Program = (world) => {
      for (const name of ["a", "b", "c"]) world.task(name, () => world.step(name));
    };
    await exploreAll((world) => {
      independent(world);
      world.check(() => {});
    });
    let schedules = 0;
    for (const first of [0, 1, 2]) {
      for (const second of [0, 1]) {
        const { steps } = await runOnce(independent, (_, depth) => [first, second, 0][depth]);
        orders.add(steps.join(""));
        schedules++;
      }
    }
    expect(orders.size).toBe(schedules);
    expect(await exploreAll(independent)).toEqual({ schedules: 6, complete: true });
  });
});
