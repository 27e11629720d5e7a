/** A pool whose own end fails. Needs a build. */
import { DisposalError } from "ambit";
import { scopedPool } from "ambit/piscina";
import { type ScopedPool, scopedWorker } from "ambit/threads";
import { scopedPool as scopedTinypool } from "ambit/tinypool";
import { expect, test } from "vitest";
import type { Goodbyes } from "./goodbyes.js";
import { serverForEach, type Wishes } from "./kind.js";
import { piscinaOf, tinypoolOf, workerOf } from "./kinds.js";

const stuck = new Error("the pool is stuck");

/** It tells of it when it is through. */
const rejectAfter = (ended: () => Promise<unknown>) => async (): Promise<never> => {
  await ended();
  throw stuck;
};

const cases: [name: string, open: (goodbyes: Goodbyes, wishes: Wishes) => ScopedPool][] = [
  [
    "Piscina",
    (goodbyes, wishes) => {
      const pool = piscinaOf(goodbyes, wishes);
      pool.close = rejectAfter(pool.close.bind(pool));
      return scopedPool(pool);
    },
  ],
  [
    "tinypool",
    (goodbyes, wishes) => {
      const pool = tinypoolOf(goodbyes, wishes);
      pool.destroy = rejectAfter(pool.destroy.bind(pool));
      return scopedTinypool(pool);
    },
  ],
  [
    "a plain worker",
    (goodbyes, wishes) => {
      const worker = workerOf(goodbyes, wishes);
      worker.terminate = rejectAfter(worker.terminate.bind(worker));
      return scopedWorker(worker);
    },
  ],
];

const goodbyes = serverForEach();

test.each(cases)("%s that rejects when it is ended loses nothing that disposers threw", async (_, open) => {
  const workers = open(goodbyes(), { env: { TEST_DISPOSER: "fails" } });
  await workers.run({ op: "about" });
  const failure: unknown = await workers.close().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DisposalError);
  const [threw, ended] = (failure as DisposalError).errors as Error[];
  expect(threw).toBeInstanceOf(RangeError);
  expect(ended).toBe(stuck);
});

test("workers that Piscina leaves when it rejects are ended politely", async () => {
  const pool = piscinaOf(goodbyes());
  pool.close = () => Promise.reject(stuck);
  const workers = scopedPool(pool);
  await workers.run({ op: "about" });
  await expect(workers.close()).rejects.toBe(stuck);
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
  expect(process.listenerCount("SIGTERM")).toBe(0);
});
