/** What is known of a worker of tinypool's that dies while this thread is busy. Needs a build. */
import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { scopedPool } from "ambit/tinypool";
import { Tinypool } from "tinypool";
import { expect, test } from "vitest";
import { MournedWorker } from "#src/adapters/pool/last-words.js";
import { openChannel } from "#src/thread/ports.js";
import { sharedNumber } from "../pools/kind.js";

test("a death is told after what was said before", async () => {
  const heard: unknown[] = [];
  const thread = new Thread();
  thread.on("error", ({ message }) => heard.push(message));
  const worker = new MournedWorker({ threadId: 1, thread: thread as unknown as Worker, ...methodsOf(thread) }, () =>
    heard.push("dies"),
  );
  const [port, theirs] = openChannel();
  port.on("message", (message) => heard.push(message));
  theirs.postMessage("answer");
  thread.emit("error", new Error("crash"));
  thread.emit("exit", 3);
  expect(await worker.exited).toBe(3);
  expect(heard).toEqual(["answer", "dies", "crash"]);
  port.close();
});

test("a thread that nobody looked at before it died is dead", async () => {
  const thread = new Thread();
  thread.threadId = -1;
  const worker = new MournedWorker(
    { threadId: 1, thread: thread as unknown as Worker, ...methodsOf(thread) },
    () => {},
  );
  expect(await new Promise<number>((resolve) => worker.once("exit", resolve))).toBe(1);
});

test("tasks that were answered before their worker crashed have their answers, and one behind them a new worker", async () => {
  const filename = fileURLToPath(new URL("./crashing.js", import.meta.url));
  const pool = new Tinypool({
    filename,
    teardown: "teardown",
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 3,
  });
  const workers = scopedPool(pool);
  const hasSaidAll = sharedNumber();
  const tasks = [1, { hasSaidAll }, 2, 3].map((task) => workers.run(task));
  const settled = Promise.allSettled(tasks);
  // This thread hears nothing until all of it is there.
  Atomics.wait(hasSaidAll, 0, 0);
  expect(await settled).toMatchObject([
    { value: 1 },
    { reason: { message: "nobody catches this" } },
    { value: 2 },
    { value: 3 },
  ]);
  await workers.close();
});

/** A thread that does what it is told. */
class Thread extends EventEmitter {
  threadId = 1;
}

function methodsOf(thread: Thread) {
  return { once: thread.once.bind(thread), terminate: async () => {} };
}
