/** The kinds of pools. */
import { Worker } from "node:worker_threads";
import { scopedPool } from "ambit/piscina";
import { scopedWorker } from "ambit/threads";
import { scopedPool as scopedTinypool } from "ambit/tinypool";
import { Piscina } from "piscina";
import { Tinypool } from "tinypool";
import { type Goodbyes, WORKER } from "./goodbyes.js";
import type { Kind, Wishes } from "./kind.js";

/** No end is too late because the machine is busy. */
const PATIENT: Wishes = { deadline: 30_000 };

function common(goodbyes: Goodbyes, { env, resourceLimits = {}, threads = 1, ...wishes }: Wishes) {
  const { minThreads = threads, idleTimeout = 0 } = wishes;
  return { env: goodbyes.env(env), resourceLimits, minThreads, maxThreads: threads, idleTimeout };
}

export function piscinaOf(goodbyes: Goodbyes, wishes: Wishes = {}, more: object = {}): Piscina {
  return new Piscina({ filename: WORKER, atomics: "disabled", ...common(goodbyes, wishes), ...more });
}

export function tinypoolOf(goodbyes: Goodbyes, wishes: Wishes = {}, more: object = {}): Tinypool {
  return new Tinypool({ filename: WORKER, teardown: "teardown", ...common(goodbyes, wishes), ...more });
}

export function workerOf(goodbyes: Goodbyes, wishes: Wishes = {}): Worker {
  const { env, resourceLimits } = common(goodbyes, wishes);
  return new Worker(WORKER, { env, resourceLimits });
}

export const piscina: Kind = {
  queues: true,
  open: (goodbyes, wishes) => scopedPool(piscinaOf(goodbyes, wishes), { ...PATIENT, ...wishes }),
};

export const tinypool: Kind = {
  queues: true,
  open: (goodbyes, wishes) => scopedTinypool(tinypoolOf(goodbyes, wishes), { ...PATIENT, ...wishes }),
};

export const threads: Kind = {
  queues: false,
  open: (goodbyes, wishes) => scopedWorker(workerOf(goodbyes, wishes), { ...PATIENT, ...wishes }),
};
