/** What the posting side knows until a worker has said hello: a pool whose worker answers first, and speaks when it is told to. */
import { EventEmitter } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import { expect, test } from "vitest";
import type { Driver } from "#src/adapters/pool/driver.js";
import type { Envelope } from "#src/adapters/pool/protocol.js";
import { TaskState } from "#src/adapters/pool/task-state.js";
import { Tasks } from "#src/adapters/pool/tasks.js";
import { untilNobodyListens } from "./kind.js";

class Worker extends EventEmitter {
  readonly threadId = 1;
  /** The one that came along with a task. */
  port!: MessagePort;

  async terminate(): Promise<void> {
    this.emit("exit", 0);
  }
}

function driverOf(worker: Worker): Driver<object> {
  return {
    async post({ "ambit.task": task, port, board, place }: Envelope) {
      worker.port = port as MessagePort;
      new TaskState(board as Int32Array, place, task).begin(worker.threadId);
      return "answer";
    },
    find: () => worker,
    needsPort: () => true,
    linked: () => {},
    end: () => worker.terminate(),
  };
}

/** As many as there are pools with something to end, up to one. */
const listeners = () => process.listenerCount("SIGTERM");

test("between an answer and its worker's hello, a signal does not end the process at once", async () => {
  const worker = new Worker();
  const tasks = new Tasks(driverOf(worker), { onForced: () => {} });

  expect(await tasks.run("task")).toBe("answer");
  await nextTurn();
  const beforeHello = listeners();
  worker.port.postMessage({ kind: "hello", threadId: 1 });
  await nextTurn();

  expect([beforeHello, listeners()]).toEqual([1, 1]);
  await tasks.close();
  expect(listeners()).toBe(0);
});

test("a worker that is gone without a hello leaves nothing to wait for at a signal", async () => {
  const worker = new Worker();
  const tasks = new Tasks(driverOf(worker), {});

  await tasks.run("task");
  const before = listeners();
  worker.port.close();

  expect(before).toBe(1);
  await untilNobodyListens();
});
