/** The scheduler finds what it is there to find, and says how to see it again. */
import { setTimeout as realTimeout } from "node:timers";
import { expect, test } from "vitest";
import { exploreAll, exploreRandomly, replay } from "#src/testing/orders.js";
import { type Program, runOnce, ScheduleError } from "#src/testing/scheduler.js";
import { collectUnhandledRejections } from "../support/strict.js";

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

const threeTasks: Program = (world) => {
  for (const name of ["a", "b", "c"]) world.task(name, () => world.step(name));
};

function failureOf(explored: Promise<unknown>): Promise<unknown> {
  return explored.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("finds the order that breaks a program, prints it, and replays it from what it printed", async () => {
  const error = (await failureOf(exploreAll(lostUpdate))) as ScheduleError;
  expect(error).toBeInstanceOf(ScheduleError);
  expect(error.message).toBe("the balance is 1\n  after: a reads | b reads | a writes | b writes\n  replay: 0.0.0.0");
  const again = (await failureOf(replay(lostUpdate, error.replay))) as ScheduleError;
  expect(again.message).toBe(error.message);
  const other = await replay(lostUpdate, "0.1.0.0");
  expect(other.steps).toEqual(["a reads", "a writes", "b reads", "b writes"]);
});

test("finds it in random orders too, the same for the same seed", async () => {
  const first = (await failureOf(exploreRandomly(lostUpdate, 7, 100))) as ScheduleError;
  const second = (await failureOf(exploreRandomly(lostUpdate, 7, 100))) as ScheduleError;
  expect(first).toBeInstanceOf(ScheduleError);
  expect(second.message).toBe(first.message);
});

test("runs every order once", async () => {
  const orders: string[] = [];
  const explored = await exploreAll((world) => {
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) world.task(name, () => world.step(name).then(() => order.push(name)));
    world.check((end) => void (end && orders.push(order.join(""))));
  });
  expect(explored).toEqual({ schedules: 6, complete: true });
  expect(orders.sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
});

test("stops at its limit, and says that there are more", async () => {
  expect(await exploreAll(threeTasks, { limit: 4 })).toEqual({ schedules: 4, complete: false });
});

test("lets timers fire in the order of their time, before or after any step, and no time pass", async () => {
  const orders: string[] = [];
  await exploreAll((world) => {
    const order: string[] = [];
    setTimeout(() => order.push(`b at ${world.now}`), 3_600_000);
    setTimeout(() => order.push(`a at ${world.now}`), 60_000);
    world.task("step", () => world.step("s").then(() => order.push("s")));
    world.check((end) => void (end && orders.push(order.join(", "))));
  });
  expect(orders.sort()).toEqual([
    "a at 60000, b at 3600000, s",
    "a at 60000, s, b at 3600000",
    "s, a at 60000, b at 3600000",
  ]);
});

test("lets timers fire last where it is told so", async () => {
  const { steps } = await replay(
    (world) => {
      setTimeout(() => {}, 1_000);
      for (const name of ["a", "b"]) world.task(name, () => world.step(name));
    },
    "-",
    "last",
  );
  expect(steps).toEqual(["a", "b", "1000 ms pass"]);
});

test("gives the real clock back", async () => {
  await failureOf(exploreAll(lostUpdate));
  expect(globalThis.setTimeout).toBe(realTimeout);
});

test("refuses a second program while one runs: they would share the clock", async () => {
  const first = exploreAll(threeTasks);
  await expect(exploreAll(threeTasks)).rejects.toThrow("run one program after the other");
  await first;
});

test("names the tasks that never end", async () => {
  const error = await failureOf(
    runOnce(
      (world) => world.task("the closer", () => new Promise(() => {})),
      () => 0,
    ),
  );
  expect((error as Error).message).toContain("the closer: never ended");
});

test("fails by a rejection to which nobody listens, and names the order", async () => {
  const ignored = collectUnhandledRejections();
  const program: Program = (world) => {
    world.task("careless", async () => {
      await world.step("it goes wrong");
      void Promise.reject(new Error("unheard"));
    });
  };
  const error = await failureOf(exploreAll(program));
  expect((error as Error).message).toContain("nobody listened to a rejection: Error: unheard\n  after: it goes wrong");
  expect(ignored).not.toEqual([]);
});

test("refuses a program that does not go the same way twice", async () => {
  let runs = 0;
  const fickle: Program = (world) => {
    runs++;
    for (let n = 0; n < (runs === 1 ? 2 : 1); n++) world.task(`${n}`, () => world.step(`${n}`));
  };
  const error = await failureOf(exploreAll(fickle));
  expect((error as Error).message).toContain("this program does not go the same way twice");
});
