/** A run in a test: prints how to repeat it and what it amounted to, and hears also of what nobody handles. */
import { onTestFailed, onTestFinished } from "vitest";
import { collectUnhandledRejections, collectWarnings } from "../../../support/strict.js";
import { Fire, SOUND as FOUND_NOTHING } from "./fire.js";
import type { Host } from "./host.js";
import type { Store } from "./store.js";

/** How many requests, whose, and how many of them at a time. */
export interface Size {
  readonly seed: number;
  readonly actions: number;
  readonly clients: number;
  /** Whether the guard watches. */
  readonly guarded?: boolean;
}

export const SOUND = { ...FOUND_NOTHING, unhandled: [] as unknown[], warned: [] as string[] };

/** What was found in a run; `SOUND` if there was nothing wrong. */
export async function underFire(
  host: Host,
  store: Store,
  { seed, actions, clients, guarded }: Size,
  repeat: string,
): Promise<typeof SOUND> {
  console.log(`repeat with: ${repeat}`);
  onTestFailed(() => console.log(`repeat with: ${repeat}`));
  const unhandled = collectUnhandledRejections();
  collectUncaughtErrors(unhandled);
  const warnings = collectWarnings();
  const start = performance.now();
  const fire = new Fire(host, store, clients, guarded);
  const findings = await fire.run(seed, actions);

  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${host.name} on Node ${process.version}, seed ${seed}, ${seconds} s: ${fire.figures.inWords()}`);
  // Compress inside the scope is told of once for each app.
  const warned = warnings.map(({ message }) => message).filter((message) => !message.startsWith("Late commit:"));
  return { ...findings, unhandled, warned };
}

/** What ended no process, because vitest caught it; the list grows as they come. */
function collectUncaughtErrors(into: unknown[]): void {
  const hear = (error: unknown): void => void into.push(error);
  process.on("uncaughtExceptionMonitor", hear);
  onTestFinished(() => void process.off("uncaughtExceptionMonitor", hear));
}
