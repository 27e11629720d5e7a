/** Why tinypool lets a worker go, and what becomes of its connection then. Needs a build. */
import { inspect } from "node:util";
import type { Worker } from "node:worker_threads";
import { ScopeStateError } from "ambit";
import { scopedPool } from "ambit/tinypool";
import { Tinypool } from "tinypool";
import { expect, test } from "vitest";
import { ENDED } from "#src/adapters/pool/protocol.js";
import { deferred } from "../../support/deferred.js";
import { WORKER } from "../pools/goodbyes.js";
import { serverForEach, sharedNumber, tell, untilNobodyListens } from "../pools/kind.js";
import { tinypoolOf } from "../pools/kinds.js";

const goodbyes = serverForEach();
const RECYCLES = Number(process.env.RECYCLES ?? 10);

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
  timeout: 30_000 + RECYCLES * 1_000,
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

test("tasks that tinypool gives a worker which it tears down run in another", async () => {
  const pool = tinypoolOf(goodbyes(), {}, { minThreads: 0, maxThreads: 1 });
  const workers = scopedPool(pool);
  const { threadId } = await workers.run({ op: "about" });
  const recycled = pool.recycleWorkers();
  const tasks = [1, 2, 3].map(() => workers.run({ op: "about" }));
  for (const about of await Promise.all(tasks)) expect(about.threadId).not.toBe(threadId);
  await recycled;
  await workers.close();
  expect(await goodbyes().over(2)).toEqual({ polite: 2, impolite: 0 });
});

test("with isolateWorkers, a task is cancelled while the worker of the one before it still stops", async () => {
  const pool = tinypoolOf(goodbyes(), {}, { minThreads: 0, isolateWorkers: true });
  const workers = scopedPool(pool);
  const first = workers.run({ op: "about" });
  const { mayStop } = heldThreads(pool);
  await first;

  const controller = new AbortController();
  const second = workers.run({ op: "untilAborted" }, { signal: controller.signal });
  await goodbyes().heard("began", 1);
  controller.abort(new RangeError("client left"));
  await expect(second).rejects.toBe(controller.signal.reason);
  mayStop.resolve();
  await workers.close();
});

const slowToStop = "an idle worker that is slow to stop is let go once: no promise is rejected that nobody has";

test.each([1, 2])(`${slowToStop} (%s tasks at once)`, async (concurrentTasksPerWorker) => {
  const idleTimeout = 1;
  const pool = tinypoolOf(goodbyes(), {}, { minThreads: 0, maxThreads: 2, idleTimeout, concurrentTasksPerWorker });
  const workers = scopedPool(pool);
  const flag = sharedNumber();
  const tasks = [workers.run({ op: "about" }), workers.run({ op: "untilTold", flag })];
  const { firstStops, mayStop } = heldThreads(pool, { atOnce: true });

  await firstStops.promise;
  // tinypool's timer, where it has one for that worker again, was started before this one.
  await new Promise((resolve) => setTimeout(resolve, idleTimeout));
  mayStop.resolve();
  tell(flag);
  expect(await Promise.all(tasks)).toEqual([expect.anything(), "told"]);
  await workers.close();
});

test("only the refusal of a task that is given to another, and a second goodbye, are no error of the pool's", async () => {
  const pool = tinypoolOf(goodbyes());
  const workers = scopedPool(pool);
  const unexpected = (result: unknown) =>
    new Error(`Unexpected message from Worker: ${inspect({ taskId: 1, result })}`);
  const failed = { "ambit.failed": { name: "ScopeStateError", fields: [] }, byCancel: false };
  pool.emit("error", unexpected({ ...failed, refused: { endingThread: 1 } }));
  pool.emit("error", unexpected(ENDED));
  expect(() => pool.emit("error", unexpected(failed))).toThrow("Unexpected message");
  const heard: unknown[] = [];
  pool.on("error", (error) => heard.push(error));
  pool.emit("error", unexpected(1));
  expect(heard).toHaveLength(1);
  await workers.close();
});

test("a task that is over takes no other with it when its worker is let go", async () => {
  const pool = tinypoolOf(goodbyes(), {}, { concurrentTasksPerWorker: 2 });
  const workers = scopedPool(pool);
  const [flag, controller] = [sharedNumber(), new AbortController()];
  const first = workers.run({ op: "untilTold", flag });
  const second = workers.run({ op: "untilAborted" }, { signal: controller.signal }).catch((error) => error);
  await goodbyes().heard("began", 2);
  const [worker] = pool.threads;
  await pool.recycleWorkers();
  tell(flag);
  while (pool.threads.includes(worker)) await new Promise(setImmediate);
  controller.abort(new RangeError("client left"));
  expect(await second).toBe(controller.signal.reason);
  expect(await first).toBe("told");
  await workers.close();
  expect(goodbyes().lines).toContain("aborted: client left");
});

test.each([true, false])("the pool's own destroy() ends workers politely, with useAtomics %s", async (useAtomics) => {
  const pool = tinypoolOf(goodbyes(), {}, { useAtomics });
  const workers = scopedPool(pool);
  await workers.run({ op: "about" });
  await pool.destroy();
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("a pool without teardown, one of processes, and one that loses answers is refused", async () => {
  const threads = { minThreads: 0, maxThreads: 1 };
  const pools = [
    new Tinypool({ filename: WORKER, ...threads }),
    new Tinypool({ filename: WORKER, teardown: "teardown", runtime: "child_process", ...threads }),
    tinypoolOf(goodbyes(), { minThreads: 0 }, { isolateWorkers: true, concurrentTasksPerWorker: 2 }),
    tinypoolOf(goodbyes(), { minThreads: 0 }, { maxMemoryLimitBeforeRecycle: 1, concurrentTasksPerWorker: 2 }),
  ];
  for (const pool of pools) expect(() => scopedPool(pool)).toThrow(ScopeStateError);
  await Promise.all(pools.map((pool) => pool.destroy()));
});

/** Has the threads of this pool stop when they may, or stop at once, which is known when it may be. */
function heldThreads(pool: Tinypool, { atOnce = false } = {}) {
  const [firstStops, mayStop] = [deferred(), deferred()];
  for (const { thread } of pool.threads as unknown as { thread: Worker }[]) {
    const terminate = thread.terminate.bind(thread);
    thread.terminate = async () => {
      firstStops.resolve();
      if (atOnce) await terminate();
      await mayStop.promise;
      return terminate();
    };
  }
  return { firstStops, mayStop };
}
