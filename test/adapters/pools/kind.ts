/** What the tests that all kinds of pools share are told about each. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ScopedPool, ScopedPoolOptions } from "ambit/threads";
import { afterEach, beforeEach } from "vitest";
import { Goodbyes } from "./goodbyes.js";

/** How a test wants its pool. */
export interface Wishes extends ScopedPoolOptions {
  /** More of the workers' environment. */
  readonly env?: Record<string, string>;
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number };
  /** How many workers; not for a plain Worker, which is one. */
  readonly threads?: number;
  /** How many of them there are without a task. */
  readonly minThreads?: number;
  /** How long those above `minThreads` are kept without a task, in milliseconds. */
  readonly idleTimeout?: number;
}

export interface Kind {
  /** Whether tasks wait while others run. */
  readonly queues: boolean;
  /** A pool whose workers connect to `goodbyes`; of one worker, unless more are wished for. */
  open(goodbyes: Goodbyes, wishes: Wishes): ScopedPool;
}

/** A server for each test of a file. */
export function serverForEach(): () => Goodbyes {
  let goodbyes: Goodbyes;
  beforeEach(async () => void (goodbyes = await Goodbyes.listen()));
  afterEach(() => goodbyes[Symbol.asyncDispose]());
  return () => goodbyes;
}

/** Workers of earlier tests, which said goodbye there and may be ending still, have ambit listen to signals. */
export async function untilNobodyListens(): Promise<void> {
  while (process.listenerCount("SIGTERM") > 0) await nextTurn();
}

/** A number that a test and a task share. */
export function sharedNumber(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Lets a task of `untilTold` go on. */
export function tell(flag: Int32Array): void {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}
