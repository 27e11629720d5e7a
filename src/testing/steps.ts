/** Where the code of an application, or of its fakes, can be overtaken. */
import { currentDirector } from "./director.js";

/**
 * A point at which whoever waits here can be overtaken by everything else: `await step("the price is known")`.
 *
 * With `failures`, an exploration may have it reject with an `InjectedFailure`. Outside of explorations it settles at
 * once, so that fakes with steps can be used in other tests, too.
 */
export function step(label = "a step"): Promise<void> {
  return currentDirector()?.wait(label, true) ?? Promise.resolve();
}

/**
 * What stands for input or output in a fake: its answer comes when the exploration lets it, and is what `answer` gives
 * then. `query: (sql) => io(sql, () => rows)`.
 *
 * Rejects with what `answer` throws and, with `failures`, in some orders with an `InjectedFailure` instead of asking it.
 */
export async function io<T>(label: string, answer: () => T): Promise<Awaited<T>> {
  await step(label);
  return await answer();
}
