/** The pools of the plays: one to three workers each, which can be made to go. */
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { scopedPool } from "ambit/piscina";
import { type ScopedPool, type ScopedPoolOptions, scopedWorker } from "ambit/threads";
import { scopedPool as scopedTinypool } from "ambit/tinypool";
import { Piscina } from "piscina";
import { Tinypool } from "tinypool";
import type { Random } from "../../../support/random.js";
import type { Recycle } from "./plan.js";

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));
const NEVER = 1_000_000;

/** A pool, as plays use it. */
export interface OpenPool extends Pick<ScopedPool, "run" | "close" | "destroy"> {
  /** How it was drawn, for whoever reads a finding. */
  readonly drawn: string;
  /** Whether a worker is made to go that has something to do, and so aborts that. */
  readonly aborts?: true;
  /** Has the workers go that have nothing to do, or one that may have something. */
  recycle(when: Recycle): Promise<unknown>;
}

export type Open = (random: Random, options: ScopedPoolOptions) => OpenPool;

export const openPiscina: Open = (random, options) => {
  const drawn = {
    ...threadsOf(random),
    idleTimeout: random.pick([0, 5, NEVER]),
    concurrentTasksPerWorker: random.pick([1, 3]),
  };
  const pool = new Piscina({ filename: WORKER, atomics: "disabled", ...drawn });
  const goAlone = drawn.idleTimeout !== NEVER && drawn.minThreads === 0;
  const recycle = async (when: Recycle) => {
    if (when === "idle" && goAlone) return untilNone(pool);
    // Those that have said hello.
    const polite = pool.threads.filter((worker) => Object.hasOwn(worker, "terminate"));
    await Promise.all((when === "idle" ? polite : polite.slice(0, 1)).map((worker) => worker.terminate()));
  };
  return { ...withRecycle(scopedPool(pool, options), drawn, recycle), aborts: true };
};

export const openTinypool: Open = (random, options) => {
  const concurrentTasksPerWorker = random.pick([1, 1, 3]);
  const isolateWorkers = concurrentTasksPerWorker === 1 && random.chance(0.15);
  const recyclesByMemory = concurrentTasksPerWorker === 1 && !isolateWorkers && random.chance(0.15);
  const drawn = {
    ...threadsOf(random),
    idleTimeout: random.pick([0, 5, NEVER]),
    useAtomics: random.chance(0.5),
    concurrentTasksPerWorker,
    isolateWorkers,
    ...(recyclesByMemory && { maxMemoryLimitBeforeRecycle: random.pick([1, 12_000_000]) }),
  };
  const pool = new Tinypool({ filename: WORKER, teardown: "teardown", ...drawn });
  return withRecycle(scopedTinypool(pool, options), drawn, async () => {
    // It loses answers of workers that have several tasks, and one that was cancelled may run for longer than its poster waits.
    if (concurrentTasksPerWorker === 1) await pool.recycleWorkers();
  });
};

function threadsOf(random: Random) {
  const maxThreads = 1 + random.below(3);
  return { minThreads: random.pick([0, maxThreads]), maxThreads };
}

async function untilNone(pool: { readonly threads: readonly unknown[] }): Promise<void> {
  while (pool.threads.length > 0) await pause(1);
}

/** Plain workers in turn, each as scopedWorker has it. */
export const openThreads: Open = (random, options) => {
  const threads = 1 + random.below(3);
  const open = () => scopedWorker(new Worker(WORKER), options);
  const workers = Array.from({ length: threads }, open);
  const closing: Promise<void>[] = [];
  let next = 0;
  const replace = (at: number) => {
    const closed = workers[at].close();
    workers[at] = open();
    closing.push(closed);
    return closed;
  };
  const end = async (how: "close" | "destroy") =>
    void (await Promise.all([...workers.map((worker) => worker[how]()), ...closing]));
  return {
    drawn: JSON.stringify({ threads }),
    run: (task, runOptions) => workers[next++ % threads].run(task, runOptions),
    close: () => end("close"),
    destroy: () => end("destroy"),
    recycle: (when) => Promise.all((when === "idle" ? workers : workers.slice(0, 1)).map((_, at) => replace(at))),
  };
};

function withRecycle(pool: ScopedPool, drawn: object, recycle: OpenPool["recycle"]): OpenPool {
  return {
    drawn: JSON.stringify(drawn),
    run: (task, options) => pool.run(task, options),
    close: () => pool.close(),
    destroy: () => pool.destroy(),
    recycle,
  };
}
