/** The kinds of pools. */
import { Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import { Tinypool } from "tinypool";
import { scopedPool } from "ambit/piscina";
import { scopedWorker } from "ambit/threads";
import { scopedPool as scopedTinypool } from "ambit/tinypool";
import { type Goodbyes, WORKER } from "./goodbyes.js";
import type { Kind, Wishes } from "./kind.js";

function common(goodbyes: Goodbyes, { env, resourceLimits = {}, threads = 1, minThreads = threads }: Wishes) {
  return { env: goodbyes.env(env), resourceLimits, minThreads, maxThreads: threads };
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
  open: (goodbyes, wishes) => scopedPool(piscinaOf(goodbyes, wishes), wishes),
};

export const tinypool: Kind = {
  queues: true,
  open: (goodbyes, wishes) => scopedTinypool(tinypoolOf(goodbyes, wishes), wishes),
};

export const threads: Kind = {
  queues: false,
  open: (goodbyes, wishes) => scopedWorker(workerOf(goodbyes, wishes), wishes),
};
