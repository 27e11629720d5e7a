/** scopePerTask where it is called by hand: in the main thread, and in workers that end. Needs a build for the workers. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Container, ContextVar, currentScope, Lifecycle } from "ambit";
import { scopedWorker } from "ambit/threads";
import { scopePerTask } from "ambit/worker";
import { describe, expect, test } from "vitest";

const EAGER = fileURLToPath(new URL("./eager.js", import.meta.url));

describe("in any thread, a bare task", () => {
  test("runs in a scope of its own, which has closed when it answers", async () => {
    const log: string[] = [];
    const perTask = scopePerTask(new Container(), (task: string, scope) => {
      expect(currentScope()).toBe(scope);
      scope.defer(({ status }) => log.push(`${task}: ${status}`));
      return task.length;
    });
    expect(await perTask("four")).toBe(4);
    expect(log).toEqual(["four: success"]);
  });

  test("sees nothing of the Context in which it is called", async () => {
    const user = new ContextVar("user", { default: "nobody" });
    const container = new Container();
    const perTask = scopePerTask(container, (_, { parent }) => [user.get(), parent]);
    await container.runInScope(async () => {
      expect(await user.run("ann", () => perTask(undefined))).toEqual(["nobody", undefined]);
    });
  });

  test("rejects with the very error that its work threw", async () => {
    const error = new Error("failed");
    const perTask = scopePerTask(new Container(), () => Promise.reject(error));
    await expect(perTask(undefined)).rejects.toBe(error);
  });

  test("finds what is eager built; what failed is tried again for the next task", async () => {
    let attempts = 0;
    const container = new Container().register(
      "pool",
      { useAsyncFactory: async () => (++attempts === 1 ? Promise.reject(new Error("refused")) : { open: true }) },
      { lifecycle: Lifecycle.ThreadScoped, eager: true },
    );
    const perTask = scopePerTask(container, (_, scope) => scope.resolve<object>("pool"));
    await expect(perTask(undefined)).rejects.toThrow("refused");
    expect(await perTask(undefined)).toEqual({ open: true });
    expect(await perTask(undefined)).toEqual({ open: true });
    expect(attempts).toBe(2);
  });
});

describe("in a worker", () => {
  test("an end that comes while eager instances are built waits for them, and disposes them", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(12));
    const worker = new Worker(EAGER, { workerData: flag });
    const workers = scopedWorker(worker, { onForced: () => expect.unreachable() });
    await once(worker, "message");
    await workers.close();
    expect([...flag.subarray(1)]).toEqual([1, 1]);
  });

  test("a task that comes while the thread ends is refused", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(12));
    const worker = new Worker(EAGER, { workerData: flag });
    const workers = scopedWorker(worker);
    expect(await workers.run("end, and try again")).toBe("Cannot run a task: the thread is ending.");
    await workers.close();
  });
});
