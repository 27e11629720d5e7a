/** The end of the process that has pools: its workers end before it does, politely. */
import { enter, rootCell } from "../../context/cell.js";
import { isMainThread } from "../../thread/ports.js";
import { warnOf } from "./warn.js";

/** A pool, as the process ends it. */
interface EndablePool {
  shutDown(): Promise<void>;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Those that have workers with something to end. */
const pools = new Set<EndablePool>();

/** Has a pool ended before the process is. */
export function rememberPool(pool: EndablePool): void {
  if (pools.size === 0) watch();
  pools.add(pool);
}

/** The pool has nothing to end any more. */
export function forgetPool(pool: EndablePool): void {
  if (pools.delete(pool) && pools.size === 0) unwatch();
}

/** Only as long as there is something to end: whoever listens to a signal keeps it from ending the process. */
function watch(): void {
  enter(rootCell, () => {
    process.on("beforeExit", endByRunningDry);
    // Signals come to the main thread only.
    if (isMainThread) for (const signal of SIGNALS) process.on(signal, endBySignal);
  });
}

function unwatch(): void {
  process.off("beforeExit", endByRunningDry);
  for (const signal of SIGNALS) process.off(signal, endBySignal);
}

/** An application that listens itself has plans of its own, and closes its pools when it does not need them any more. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  // Who cannot wait sends it again.
  unwatch();
  void endPools().then(() => process.kill(process.pid, signal));
}

/** Nothing is left to do: workers that wait for tasks keep no process alive. */
function endByRunningDry(): void {
  void endPools();
}

async function endPools(): Promise<void> {
  const ends = await Promise.allSettled([...pools].map((pool) => pool.shutDown()));
  for (const end of ends) {
    if (end.status === "rejected") warnOf("A pool did not end well", end.reason);
  }
}
