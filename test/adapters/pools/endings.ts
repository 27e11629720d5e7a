/** How the workers of every kind of pool end: a server counts those who said goodbye. Needs a build. */
import { DisposalError, ScopeStateError } from "ambit";
import { describe, expect, test } from "vitest";
import { collectWarnings } from "../../support/strict.js";
import { type Kind, serverForEach, sharedNumber, tell, type Wishes } from "./kind.js";

export function describeEndings({ open, queues }: Kind): void {
  const goodbyes = serverForEach();
  const pool = (wishes: Wishes = {}) => open(goodbyes(), wishes);
  const connections = queues ? 4 : 1;

  /** A pool whose workers are all connected. */
  async function connected(wishes: Wishes = {}) {
    const workers = pool({ threads: connections, ...wishes });
    await allBusy(workers, connections);
    return workers;
  }

  async function allBusy(workers: ReturnType<typeof pool>, count: number): Promise<void> {
    const flag = sharedNumber();
    const before = goodbyes().lines.filter((line) => line === "began").length;
    const tasks = Array.from({ length: count }, () => workers.run({ op: "untilTold", flag }));
    await goodbyes().heard("began", before + count);
    tell(flag);
    await Promise.all(tasks);
  }

  describe("close()", () => {
    test("ends every worker politely", async () => {
      const workers = await connected();
      await workers.close();
      expect(await goodbyes().over(connections)).toEqual({ polite: connections, impolite: 0 });
    });

    test("waits for tasks that run, and for those in the queue", async () => {
      const workers = pool();
      const flag = sharedNumber();
      const tasks = [1, 2, 3].map(() => workers.run({ op: "untilTold", flag }));
      await goodbyes().heard("began");
      const closed = workers.close();
      tell(flag);
      expect(await Promise.all(tasks)).toEqual(["told", "told", "told"]);
      await closed;
      expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
    });

    test("waits for the slowest task", async () => {
      const workers = pool({ threads: 2 });
      const [fast, slow] = [sharedNumber(), sharedNumber()];
      const tasks = [fast, slow].map((flag) => workers.run({ op: "untilTold", flag }));
      await goodbyes().heard("began", 2);
      const closed = workers.close();
      tell(fast);
      await tasks[0];
      // A pool that does not wait has a turn to end its workers.
      await new Promise(setImmediate);
      tell(slow);
      expect(await tasks[1]).toBe("told");
      await closed;
    });

    test("takes no more tasks", async () => {
      const workers = pool();
      const closed = workers.close();
      await expect(workers.run({ op: "about" })).rejects.toThrow(ScopeStateError);
      await closed;
    });

    test("a second time gives the same promise", async () => {
      const workers = await connected();
      expect(workers.close()).toBe(workers.close());
      await workers.close();
    });

    test("throws what a disposer in a worker threw", async () => {
      const workers = pool({ env: { TEST_DISPOSER: "fails" } });
      await allBusy(workers, 1);
      const closed = workers.close();
      await expect(closed).rejects.toThrow(RangeError);
      await expect(closed).rejects.toThrow("goodbye failed");
      expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
    });

    test.runIf(queues)("throws what several workers' disposers threw as one DisposalError", async () => {
      const workers = await connected({ env: { TEST_DISPOSER: "fails" } });
      await expect(workers.close()).rejects.toThrow(DisposalError);
    });

    test("at the deadline ends a worker hard whose disposer hangs, and says so", async () => {
      const forced: [number, Error][] = [];
      const workers = pool({
        deadline: 200,
        onForced: (threadId, reason) => forced.push([threadId, reason]),
        env: { TEST_DISPOSER: "hangs" },
      });
      const { threadId } = await workers.run({ op: "about" });
      await workers.close();
      expect(forced).toEqual([[threadId, expect.any(ScopeStateError)]]);
      expect(forced[0][1].message).toContain("did not end within 200 ms and was terminated");
    });

    test("warns of a worker that was ended hard, unless somebody is told", async () => {
      const warnings = collectWarnings();
      const workers = pool({ deadline: 200, env: { TEST_DISPOSER: "hangs" } });
      await workers.run({ op: "about" });
      await workers.close();
      await new Promise(setImmediate);
      expect(warnings.map(({ name }) => name)).toEqual(["AmbitThreadWarning"]);
    });
  });

  describe("destroy()", () => {
    test("aborts the tasks that run, and ends every worker politely", async () => {
      const workers = pool({ threads: connections });
      const tasks = Array.from({ length: connections }, () => workers.run({ op: "untilAborted" }));
      await goodbyes().heard("began", connections);
      const settled = Promise.allSettled(tasks);
      await workers.destroy();
      for (const task of await settled)
        expect(task).toMatchObject({ status: "rejected", reason: { name: "AbortError" } });
      await goodbyes().heard("aborted: The pool was destroyed.", connections);
      expect(await goodbyes().over(connections)).toEqual({ polite: connections, impolite: 0 });
    });

    test.runIf(queues)("has tasks in the queue never begin", async () => {
      const workers = pool();
      const flag = sharedNumber();
      const running = workers.run({ op: "untilAborted" });
      await goodbyes().heard("began");
      const queued = workers.run({ op: "outcome", flag });
      const settled = Promise.allSettled([running, queued]);
      await workers.destroy();
      expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      expect(flag[0]).toBe(0);
    });

    test("ends a worker politely whose task hears no signal", async () => {
      const workers = pool({ deadline: 3_000 });
      const rejected = reasonOf(workers.run({ op: "never" }));
      await goodbyes().heard("began");
      await workers.destroy();
      expect(await rejected).toHaveProperty("message", "The pool was destroyed.");
      expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
    });

    test("at the deadline ends a worker hard that loops for ever, and says so", async () => {
      const forced: number[] = [];
      const workers = pool({ deadline: 300, onForced: (threadId) => forced.push(threadId) });
      const { threadId } = await workers.run({ op: "about" });
      const rejected = reasonOf(workers.run({ op: "loop" }));
      await goodbyes().heard("began");
      await workers.destroy();
      expect(await rejected).toHaveProperty("message", "The pool was destroyed.");
      expect(forced).toEqual([threadId]);
      expect(await goodbyes().over(1)).toEqual({ polite: 0, impolite: 1 });
    });

    test("hurries an end that waits for its tasks", async () => {
      const workers = pool();
      const rejected = reasonOf(workers.run({ op: "untilAborted" }));
      await goodbyes().heard("began");
      const closed = workers.close();
      await workers.destroy();
      await closed;
      expect(await rejected).toHaveProperty("message", "The pool was destroyed.");
      expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
    });
  });

  describe("a worker", () => {
    test.runIf(queues)("that had no task for long says goodbye", async () => {
      const workers = await connected({ minThreads: 0, idleTimeout: 20 });
      expect(await goodbyes().over(connections)).toEqual({ polite: connections, impolite: 0 });
      await workers.close();
    });

    test.each([
      ["crash", "nobody catches this"],
      ["reject", "nobody awaits this"],
    ])(
      "with an error that nobody handles (%s) says goodbye, and its task rejects with that error",
      async (op, text) => {
        const workers = pool({ onForced: () => expect.unreachable() });
        await workers.run({ op: "about" });
        const error = await reasonOf(workers.run({ op }));
        expect(error).toMatchObject({ name: "HttpError", message: text, status: 409 });
        expect((error as Error).stack).toMatch(/worker\.js[^]*--- in worker thread \d+/);
        expect(await goodbyes().over(1)).toEqual({ polite: 1, impolite: 0 });
        await workers.close();
      },
    );

    test("that runs out of memory is reported, and its task rejects", async () => {
      const forced: Error[] = [];
      const limits = { resourceLimits: { maxOldGenerationSizeMb: 24 } };
      const workers = pool({ ...limits, onForced: (_, reason) => forced.push(reason) });
      await workers.run({ op: "about" });
      await expect(workers.run({ op: "outOfMemory" })).rejects.toThrow(/memory/);
      expect(await goodbyes().over(1)).toEqual({ polite: 0, impolite: 1 });
      await workers.close();
      expect(forced).toEqual([expect.any(ScopeStateError)]);
    });

    test("that exits is reported, and its task rejects", async () => {
      const forced: Error[] = [];
      const workers = pool({ onForced: (_, reason) => forced.push(reason) });
      await workers.run({ op: "about" });
      await expect(workers.run({ op: "exit" })).rejects.toThrow(/worker exited|no result/);
      expect(await workers.run({ op: "echo", value: 1 }).catch(() => "no worker")).toBe(queues ? 1 : "no worker");
      await workers.close();
      expect(forced).toEqual([expect.any(ScopeStateError)]);
    });
  });
}

/** What it rejects with, heard from now on. */
function reasonOf(task: Promise<unknown>): Promise<unknown> {
  return task.then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  );
}
