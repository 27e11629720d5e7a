import { threadScoped } from "ambit";
import { scopedPool } from "ambit/piscina";
import { Piscina } from "piscina";
import type { ReportTask } from "./order-report.js";

/** The worker threads that render reports. This thread's end drains them, and waits until each has ended its own. */
@threadScoped()
export class ReportPool {
  readonly #pool = scopedPool<ReportTask, string>(
    new Piscina<ReportTask, string>({
      filename: new URL("./worker.js", import.meta.url).href,
      atomics: "disabled", // an idle worker must hear that it is to end
      minThreads: 1,
      maxThreads: 2,
    }),
  );

  /**
   * Renders a report for the user of this request, whose context variables go along.
   *
   * @param signal cancels it: the worker rolls back and is free for the next one
   */
  render(task: ReportTask, signal: AbortSignal): Promise<string> {
    return this.#pool.run(task, { signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool.close();
  }
}
