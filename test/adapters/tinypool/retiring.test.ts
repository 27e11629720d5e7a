/** Why tinypool lets a worker go, and what becomes of its connection then. Needs a build. */
import { expect, test } from "vitest";
import { ScopeStateError } from "ambit";
import { scopedPool } from "ambit/tinypool";
import { Tinypool } from "tinypool";
import { WORKER } from "../pools/goodbyes.js";
import { serverForEach, sharedNumber, tell, untilNobodyListens } from "../pools/kind.js";
import { tinypoolOf } from "../pools/kinds.js";

const goodbyes = serverForEach();
const RECYCLES = Number(process.env.RECYCLES ?? 10);

test("an idle timeout ends workers politely", async () => {
  const workers = scopedPool(tinypoolOf(goodbyes(), {}, { minThreads: 0, maxThreads: 2, idleTimeout: 20 }));
  const flag = sharedNumber();
  const tasks = [1, 2].map(() => workers.run({ op: "untilTold", flag }));
  await goodbyes().heard("began", 2);
  tell(flag);
  await Promise.all(tasks);
  expect(await goodbyes().over(2)).toEqual({ polite: 2, impolite: 0 });
  await workers.close();
});

test("recycleWorkers() ends workers politely", async () => {
  const pool = tinypoolOf(goodbyes());
  const workers = scopedPool(pool);
  const { threadId } = await workers.run({ op: "about" });
  await pool.recycleWorkers();
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
  expect((await workers.run({ op: "about" })).threadId).not.toBe(threadId);
  await workers.close();
});

test(`with isolateWorkers, ${RECYCLES} tasks are ${RECYCLES} workers that say goodbye`, {
  timeout: 120_000,
}, async () => {
  await untilNobodyListens();
  const workers = scopedPool(tinypoolOf(goodbyes(), {}, { isolateWorkers: true }), {
    onForced: () => expect.unreachable(),
  });
  const ids = new Set<number>();
  for (let recycle = 0; recycle < RECYCLES; recycle++) ids.add((await workers.run({ op: "about" })).threadId);
  await workers.close();
  expect(ids.size).toBe(RECYCLES);
  expect(await goodbyes().over(RECYCLES)).toEqual({ polite: RECYCLES, impolite: 0 });
  expect(process.listenerCount("SIGTERM")).toBe(0);
});

test.each([true, false])("the pool's own destroy() ends workers politely, with useAtomics %s", async (useAtomics) => {
  const pool = tinypoolOf(goodbyes(), {}, { useAtomics });
  const workers = scopedPool(pool);
  await workers.run({ op: "about" });
  await pool.destroy();
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("a pool without teardown, and one of processes, is refused", async () => {
  const threads = { minThreads: 0, maxThreads: 1 };
  const pools = [
    new Tinypool({ filename: WORKER, ...threads }),
    new Tinypool({ filename: WORKER, teardown: "teardown", runtime: "child_process", ...threads }),
  ];
  for (const pool of pools) expect(() => scopedPool(pool)).toThrow(ScopeStateError);
  await Promise.all(pools.map((pool) => pool.destroy()));
});
