/** Forced garbage collection, without a flag on the command line. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** WeakRefs and FinalizationRegistries need more than one turn of the event loop; five were always enough. */
const ROUNDS = 5;

/** Collects everything that nothing holds any more. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await nextTurn();
    gc();
  }
}

/** How many of `refs` are still reachable after a collection. */
export async function countAlive(refs: Iterable<WeakRef<object>>): Promise<number> {
  await collectGarbage();
  return [...refs].filter((ref) => ref.deref() !== undefined).length;
}

/** Bytes of heap in use after a collection. */
export async function heapUsed(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}
