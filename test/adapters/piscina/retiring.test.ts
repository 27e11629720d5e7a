/** Why Piscina lets a worker go, and what becomes of its connection then. Needs a build. */
import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { ScopeStateError } from "ambit";
import { scopedPool } from "ambit/piscina";
import { Piscina } from "piscina";
import { expect, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { WORKER } from "../pools/goodbyes.js";
import { serverForEach, sharedNumber, tell, untilNobodyListens } from "../pools/kind.js";
import { piscinaOf } from "../pools/kinds.js";

const goodbyes = serverForEach();
const RECYCLES = Number(process.env.RECYCLES ?? 10);

test("close() waits for workers that Piscina has forgotten already", async () => {
  const pool = piscinaOf(goodbyes(), {}, { minThreads: 0, maxThreads: 1, idleTimeout: 1 });
  const workers = scopedPool(pool);
  const task = workers.run({ op: "about" });
  let hasExited = false;
  pool.threads[0].once("exit", () => (hasExited = true));
  await task;
  await workers.close();
  expect(hasExited).toBe(true);
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("an abort by Piscina's own signal ends the worker politely, and its task hears of it", async () => {
  const pool = piscinaOf(goodbyes());
  const workers = scopedPool(pool);
  await workers.run({ op: "about" });
  const controller = new AbortController();
  const aborted = pool.run({ op: "untilAborted" }, { signal: controller.signal }).catch((error) => error);
  await goodbyes().heard("began");
  controller.abort();
  expect(await aborted).toHaveProperty("name", "AbortError");
  await workers.close();
  expect(pool.threads).toEqual([]);
  expect((await goodbyes().over(1)).polite).toBe(1);
});

test("tasks that Piscina gives a worker which is ending wait for its end, and run in another", async () => {
  const pool = piscinaOf(goodbyes(), {}, { concurrentTasksPerWorker: 3 });
  const workers = scopedPool(pool);
  const { threadId } = await workers.run({ op: "about" });
  const flag = sharedNumber();
  const aborted = workers.run({ op: "untilAborted" }).catch((error) => error);
  const slow = workers.run({ op: "untilTold", flag });
  await goodbyes().heard("began", 2);
  const ended = pool.threads[0].terminate();
  await goodbyes().heard(`aborted: Worker thread ${threadId} is ending.`);
  expect(await aborted).toHaveProperty("name", "AbortError");

  const behind = [1, 2].map(() => workers.run({ op: "about" }));
  while (pool.completed < 4) await new Promise(setImmediate);
  // If they were there again, they would be refused again before this one is.
  await expect(pool.run({ op: "about" })).rejects.toThrow("the thread is ending");
  expect(pool.completed).toBe(5);
  tell(flag);
  expect(await slow).toBe("told");
  for (const about of await Promise.all(behind)) expect(about.threadId).not.toBe(threadId);
  await ended;
  await workers.close();
  expect(await goodbyes().over(2)).toEqual({ polite: 2, impolite: 0 });
});

test("a task that Piscina gives a worker which has said goodbye runs in another", async () => {
  const pool = piscinaOf(goodbyes());
  const stops = deferred();
  const [worker] = pool.threads;
  const terminate = worker.terminate.bind(worker);
  worker.terminate = () => {
    stops.resolve();
    return terminate();
  };
  const workers = scopedPool(pool);
  const { threadId } = await workers.run({ op: "about" });
  const ended = worker.terminate();
  await stops.promise;
  expect((await workers.run({ op: "about" })).threadId).not.toBe(threadId);
  await ended;
  await workers.close();
});

test.each(["close", "destroy"] as const)("the pool's own %s() ends workers politely", async (end) => {
  const pool = piscinaOf(goodbyes(), { threads: 2 });
  const workers = scopedPool(pool);
  const flag = sharedNumber();
  const tasks = [1, 2].map(() => workers.run({ op: "untilTold", flag }));
  await goodbyes().heard("began", 2);
  tell(flag);
  await Promise.all(tasks);
  await pool[end]();
  expect(await goodbyes().over(2)).toEqual({ polite: 2, impolite: 0 });
});

test(`after ${RECYCLES} recycles every worker has said goodbye, and no listener is left`, {
  timeout: 30_000 + RECYCLES * 1_000,
}, async () => {
  await untilNobodyListens();
  const warned: Error[] = [];
  const hear = (warning: Error) => warned.push(warning);
  process.on("warning", hear);
  const workers = scopedPool(piscinaOf(goodbyes(), {}, { minThreads: 0, maxThreads: 1, idleTimeout: 1 }), {
    onForced: (_, reason) => warned.push(reason),
  });
  for (let recycle = 1; recycle <= RECYCLES; recycle++) {
    await workers.run({ op: "about" });
    await goodbyes().over(recycle);
  }
  await workers.close();
  process.off("warning", hear);
  expect(await goodbyes().over(RECYCLES)).toEqual({ polite: RECYCLES, impolite: 0 });
  expect(warned).toEqual([]);
  expect(process.listenerCount("SIGTERM")).toBe(0);
});

test("a pool that was wrapped after its workers had begun ends those politely that have had a task", async () => {
  const pool = piscinaOf(goodbyes());
  await pool.run({ op: "about" });
  const workers = scopedPool(pool);
  await workers.run({ op: "about" });
  await workers.close();
  expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
});

test("eager instances are built without a task", async () => {
  const workers = scopedPool(piscinaOf(goodbyes()));
  await goodbyes().heardAny();
  expect(goodbyes().lines).toEqual([expect.stringMatching(/^thread \d+$/)]);
  await workers.close();
});

test("a pool that sleeps on atomics is refused", async () => {
  const pool = new Piscina({ filename: WORKER, minThreads: 0, maxThreads: 1 });
  expect(() => scopedPool(pool)).toThrow(ScopeStateError);
  expect(() => scopedPool(pool)).toThrow('atomics: "disabled"');
  await pool.destroy();
});

test("a task from Piscina.move is moved", async () => {
  const workers = scopedPool(piscinaOf(goodbyes()));
  const channel = new MessageChannel();
  const moved = Piscina.move(channel.port1);
  await expect(workers.run(moved)).rejects.toThrow("work[task.op] is not a function");
  const closed = once(channel.port2, "close");
  await workers.close();
  await closed;
});

test("tasks of a pool that was not wrapped run in scopes too", async () => {
  const pool = piscinaOf(goodbyes());
  const about = await pool.run({ op: "about" });
  expect(about).toMatchObject({ tenant: "nobody", parentId: undefined });
  expect(about.id).toBeTypeOf("string");
  await expect(pool.run({ op: "throwHttpError" })).rejects.toThrow("order exists");
  await pool.destroy();
});
