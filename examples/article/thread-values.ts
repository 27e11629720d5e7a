// A value for each thread: three workers set it at the same time, and none sees what the others set.
import { isMainThread, threadId, Worker } from "node:worker_threads";
import { container, WorkerLocal } from "ambit";
import { scopedWorker } from "ambit/threads";
import { scopePerTask } from "ambit/worker";

const value = new WorkerLocal<number | undefined>(() => undefined);

// In a worker.
scopePerTask(container, (task: { set?: number }): string => {
  if (task.set !== undefined) value.set(task.set);
  return `Thread ${threadId} has ${value.get()}`;
});

// In the main thread.
if (isMainThread) {
  value.set(0);
  const threads = [1, 2, 3].map(() => scopedWorker(new Worker(new URL(import.meta.url))));
  await Promise.all(threads.map((thread, index) => thread.run({ set: (index + 1) * 100 })));

  for (const thread of threads) console.log(await thread.run({}));
  console.log(`The main thread has ${value.get()}`);

  await Promise.all(threads.map((thread) => thread.close()));
}

// Prints:
// Thread 1 has 100
// Thread 2 has 200
// Thread 3 has 300
// The main thread has 0
