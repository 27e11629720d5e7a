/** The pools of the plays: two workers each, which can be made to go. */
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { scopedPool } from "ambit/piscina";
import { type ScopedPool, type ScopedPoolOptions, scopedWorker } from "ambit/threads";
import { scopedPool as scopedTinypool } from "ambit/tinypool";
import { Piscina } from "piscina";
import { Tinypool } from "tinypool";
import type { Random } from "../../../support/random.js";

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));
const THREADS = 2;
const NEVER = 1_000_000;
const COMMON = { filename: WORKER, minThreads: 0, maxThreads: THREADS };

/** A pool, as plays use it. */
export interface OpenPool extends Pick<ScopedPool, "run" | "close" | "destroy"> {
  /** Has the workers go while they have nothing to do. */
  recycle(): Promise<void>;
}

export type Open = (random: Random, options: ScopedPoolOptions) => OpenPool;

export const openPiscina: Open = (random, options) => {
  const idleTimeout = random.pick([5, NEVER]);
  const concurrentTasksPerWorker = random.pick([1, 3]);
  const pool = new Piscina({ ...COMMON, atomics: "disabled", idleTimeout, concurrentTasksPerWorker });
  const recycle = () => (idleTimeout === NEVER ? Promise.resolve() : untilNone(pool));
  return withRecycle(scopedPool(pool, options), recycle);
};

export const openTinypool: Open = (random, options) => {
  const concurrentTasksPerWorker = random.pick([1, 1, 3]);
  const pool = new Tinypool({
    ...COMMON,
    teardown: "teardown",
    idleTimeout: random.pick([5, NEVER]),
    isolateWorkers: concurrentTasksPerWorker === 1 && random.chance(0.3),
    concurrentTasksPerWorker,
  });
  return withRecycle(scopedTinypool(pool, options), () => pool.recycleWorkers());
};

async function untilNone(pool: { readonly threads: readonly unknown[] }): Promise<void> {
  while (pool.threads.length > 0) await pause(1);
}

/** Plain workers in turn, each as scopedWorker has it. */
export const openThreads: Open = (_, options) => {
  const open = () => Array.from({ length: THREADS }, () => scopedWorker(new Worker(WORKER), options));
  let workers = open();
  let next = 0;
  return {
    run: (task, runOptions) => workers[next++ % THREADS].run(task, runOptions),
    close: async () => void (await Promise.all(workers.map((worker) => worker.close()))),
    destroy: async () => void (await Promise.all(workers.map((worker) => worker.destroy()))),
    async recycle() {
      await Promise.all(workers.map((worker) => worker.close()));
      workers = open();
    },
  };
};

function withRecycle(pool: ScopedPool, recycle: () => Promise<void>): OpenPool {
  return {
    run: (task, options) => pool.run(task, options),
    close: () => pool.close(),
    destroy: () => pool.destroy(),
    recycle,
  };
}
