/** Promise 14: what is over, and has left nothing alive, leaves not a byte. */
import { AsyncLocalStorage } from "node:async_hooks";
import { copyContext } from "ambit";
import { expect, test } from "vitest";
import { application, bareRequest, type Request, Service, scopedRequest, User } from "./application.js";
import { extraGrowth, FULL, firstBelow } from "./costs.js";

const MILLION = 1_000_000;

async function serve(request: Request, count: number): Promise<undefined> {
  for (let n = 0; n < count; n++) await request(async () => {});
}

test("14. scopes in a row, one after the other, leave not a byte each", async () => {
  const [bare, scoped] = [bareRequest(), scopedRequest()];
  const extra = () =>
    extraGrowth(
      "scopes in a row",
      FULL ? MILLION : 200_000,
      (count) => serve(bare, count),
      (count) => serve(scoped, count),
    );
  expect(await firstBelow(1, extra)).toBeLessThan(1);
}, 300_000);

/** A job that schedules its next turn from inside of each. Its last turn waits, so that what it keeps can be seen. */
async function turns(count: number, next: (turn: () => void) => void): Promise<() => void> {
  return new Promise((done) => {
    let left = count;
    const turn = () => {
      if (left-- > 0) return next(() => void setImmediate(turn));
      const last = setTimeout(() => {}, 3_600_000);
      done(() => clearTimeout(last));
    };
    turn();
  });
}

const storage = new AsyncLocalStorage<object>();
const bareTurns = (count: number) => turns(count, (turn) => storage.run({}, turn));

test("14. a job that goes on in forks of its forks for 100,000 turns leaves not a byte each", async () => {
  const forked = (count: number) => turns(count, (turn) => copyContext().run(turn));
  expect(await firstBelow(5, () => extraGrowth("turns in forks", 100_000, bareTurns, forked))).toBeLessThan(5);
}, 120_000);

test("14. a job whose every turn opens a scope inside of the one before leaves not a byte each", async () => {
  const container = application();
  const scoped = (count: number) =>
    turns(count, (turn) =>
      container.runInScopeSync({ seeds: [[User, new User()]] }, (scope) => {
        scope.resolve(Service);
        turn();
      }),
    );
  expect(await firstBelow(5, () => extraGrowth("turns in scopes", 100_000, bareTurns, scoped))).toBeLessThan(5);
}, 120_000);
