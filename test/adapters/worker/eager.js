/** A worker whose eager instance takes its time: flag[1] counts those built, flag[2] those disposed. */
import { setTimeout as delay } from "node:timers/promises";
import { workerData as flag } from "node:worker_threads";
import { Container, Lifecycle } from "ambit";
import { scopePerTask } from "ambit/worker";

const container = new Container().register(
  "slow",
  {
    async useAsyncFactory() {
      await delay(50);
      Atomics.add(flag, 1, 1);
      return { [Symbol.dispose]: () => Atomics.add(flag, 2, 1) };
    },
  },
  { lifecycle: Lifecycle.ThreadScoped, eager: true },
);

/** @type {(task: string) => Promise<string>} */
const perTask = scopePerTask(container, async (/** @type {string} */ task) => {
  if (task !== "end, and try again") return task;
  // As when the thread has nothing left to do.
  process.emit("beforeExit", 0);
  return perTask("too late").catch((/** @type {Error} */ { message }) => message.replace(/ in worker thread \d+/, ""));
});

export default perTask;
