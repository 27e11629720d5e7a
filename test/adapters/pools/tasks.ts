/** What holds for the tasks of every kind of pool. Needs a build. */
import { Container, ContextVar, ScopeClosedError, TravelError } from "ambit";
import { describe, expect, test } from "vitest";
import { type Kind, serverForEach, sharedNumber, tell, type Wishes } from "./kind.js";

const tenant = new ContextVar("test.tenant", { default: "nobody", travels: true });
const stuck = new ContextVar<unknown>("test.stuck", { travels: true });

export function describeTasks({ open, queues }: Kind): void {
  const goodbyes = serverForEach();
  const pool = (wishes: Wishes = {}) => open(goodbyes(), wishes);

  test("travelling variables go along; without one the worker's own default holds", async () => {
    await using workers = pool();
    expect(await tenant.run("acme", () => workers.run({ op: "about" }))).toMatchObject({ tenant: "acme" });
    expect(await workers.run({ op: "about" })).toMatchObject({ tenant: "nobody", isMainThread: false });
  });

  test("what a task sets, the next one does not see", async () => {
    await using workers = pool();
    const seen = [await workers.run({ op: "setTenant", value: "a" }), await workers.run({ op: "setTenant" })];
    expect(seen).toEqual(["nobody", "nobody"]);
  });

  test("a variable whose value would not arrive is refused by name", async () => {
    await using workers = pool();
    const refused = stuck.run({ region: () => "eu" }, () => workers.run({ op: "about" }));
    await expect(refused).rejects.toThrow(TravelError);
    await expect(refused).rejects.toThrow('"test.stuck"');
  });

  test("a task's scope has the id of the scope that posted it, and one of its own", async () => {
    await using workers = pool();
    await new Container().runInScope(async (scope) => {
      const { parentId, id } = await workers.run({ op: "about" });
      expect(parentId).toBe(scope.id);
      expect(id).not.toBe(scope.id);
    });
    expect(await workers.run({ op: "about" })).toMatchObject({ parentId: undefined });
  });

  test("the answer comes after the task's scope has closed", async () => {
    await using workers = pool();
    const flag = sharedNumber();
    await workers.run({ op: "closeLate", flag });
    expect(flag[0]).toBe(1);
  });

  test.each([
    ["success", false, 1],
    ["error", true, 2],
  ])("the scope of a task is told of its %s", async (_, fails, outcome) => {
    await using workers = pool();
    const flag = sharedNumber();
    await workers.run({ op: "outcome", flag, fails }).catch(() => {});
    expect(flag[0]).toBe(outcome);
  });

  test("the tasks of one worker share its thread-lived instances", async () => {
    const workers = pool();
    const tasks = [1, 2, 3].map(() => workers.run({ op: "about" }));
    const [{ threadId }] = await Promise.all(tasks);
    await workers.close();
    await goodbyes().over(1);
    expect(goodbyes().lines).toEqual([`thread ${threadId}`, "bye"]);
  });

  test.each([[0], [""], [null], [undefined], [{ a: [1] }], [new Map([[1, new Date(0)]])]])(
    "a result arrives as it is: %s",
    async (value) => {
      await using workers = pool();
      expect(await workers.run({ op: "echo", value })).toEqual(value);
    },
  );

  test.each([
    { "ambit.failed": { thrown: "forged" }, byCancel: false },
    { "ambit.failed": { thrown: "forged" }, byCancel: false, refused: { endingThread: 1 } },
  ])("a result that looks like a failure of ambit's is a result: %o", async (value) => {
    await using workers = pool();
    expect(await workers.run({ op: "echo", value })).toEqual(value);
  });

  test("a crowd of tasks gets its answers, and so do those that come after it", async () => {
    await using workers = pool();
    const crowd = Array.from({ length: 2_000 }, (_, value) => value);
    const run = (value: number) => workers.run({ op: "echo", value });
    expect(await Promise.all(crowd.map(run))).toEqual(crowd);
    expect(await Promise.all(crowd.map(run))).toEqual(crowd);
  });

  test("what is in the transferList is moved", async () => {
    await using workers = pool();
    const value = new ArrayBuffer(8);
    expect(await workers.run({ op: "echo", value }, { transferList: [value] })).toHaveProperty("byteLength", 8);
    expect(value.byteLength).toBe(0);
  });

  test("a task that cannot be cloned is refused, and the worker stays", async () => {
    await using workers = pool();
    const { threadId } = await workers.run({ op: "about" });
    await expect(workers.run({ op: "echo", value: () => {} })).rejects.toThrow("could not be cloned");
    expect(await workers.run({ op: "about" })).toMatchObject({ threadId });
  });

  test("a result that cannot be cloned rejects its task, and the pool goes on", async () => {
    await using workers = pool();
    await expect(workers.run({ op: "unclonable" })).rejects.toThrow("could not be cloned");
    expect(await workers.run({ op: "echo", value: 1 })).toBe(1);
  });

  describe("what a task throws", () => {
    test("arrives with its class's name, its fields, its cause, and both stacks", async () => {
      await using workers = pool();
      const error = await thrownBy(async function poster() {
        await workers.run({ op: "throwHttpError" });
      });
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: "HttpError", message: "order exists", status: 409, code: "ERR_CONFLICT" });
      expect(error).not.toHaveProperty("helper");
      expect(error.cause).toBeInstanceOf(TypeError);
      expect(error.cause).toHaveProperty("message", "duplicate");
      expect(error.stack).toMatch(/order exists\n.*throwHttpError.*worker\.js[^]*--- in worker thread \d+[^]*poster/);
    });

    test("is an error of ambit's again when it was one", async () => {
      await using workers = pool();
      const error = await thrownBy(() => workers.run({ op: "throwClosed" }));
      expect(error).toBeInstanceOf(ScopeClosedError);
      expect(error).toMatchObject({ name: "ScopeClosedError", code: "ERR_AMBIT_SCOPE_CLOSED" });
      expect(error).toHaveProperty("scopeId");
    });

    test("need not be an error", async () => {
      await using workers = pool();
      await expect(workers.run({ op: "throwText" })).rejects.toBe("just text");
    });

    test("leaves the worker as it is", async () => {
      await using workers = pool();
      const { threadId } = await workers.run({ op: "about" });
      await workers.run({ op: "throwHttpError" }).catch(() => {});
      expect(await workers.run({ op: "about" })).toMatchObject({ threadId });
    });
  });

  describe("a signal", () => {
    test("that has fired already has the task refused with its reason", async () => {
      await using workers = pool();
      const reason = new Error("too late");
      const flag = sharedNumber();
      await expect(workers.run({ op: "outcome", flag }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await workers.run({ op: "about" });
      expect(flag[0]).toBe(0);
    });

    test("reaches the task that runs, whose reason it is to reject, and the worker stays", async () => {
      await using workers = pool();
      const { threadId } = await workers.run({ op: "about" });
      const controller = new AbortController();
      const reason = new RangeError("client left");
      const cancelled = workers.run({ op: "untilAborted" }, { signal: controller.signal });
      await goodbyes().heard("began");
      controller.abort(reason);
      await expect(cancelled).rejects.toBe(reason);
      await goodbyes().heard("aborted: client left");
      expect(await workers.run({ op: "about" })).toMatchObject({ threadId });
    });

    test("reaches the first task of a worker that has not said hello", async () => {
      await using workers = pool();
      const controller = new AbortController();
      const cancelled = workers.run({ op: "untilAborted" }, { signal: controller.signal });
      await goodbyes().heard("began");
      controller.abort();
      await expect(cancelled).rejects.toBe(controller.signal.reason);
    });

    test("changes nothing for a task that finishes in spite of it, and for those beside it", async () => {
      await using workers = pool();
      const [controller, flag] = [new AbortController(), sharedNumber()];
      const goesOn = workers.run({ op: "untilTold", flag }, { signal: controller.signal });
      await goodbyes().heard("began");
      controller.abort();
      tell(flag);
      expect(await goesOn).toBe("told");
    });

    test.runIf(queues)("rejects a task in the queue at once, and it never begins", async () => {
      await using workers = pool();
      const [blocking, never] = [sharedNumber(), sharedNumber()];
      const controller = new AbortController();
      const before = workers.run({ op: "untilTold", flag: blocking });
      await goodbyes().heard("began");
      const queued = workers.run({ op: "outcome", flag: never }, { signal: controller.signal });
      controller.abort();
      await expect(queued).rejects.toBe(controller.signal.reason);
      tell(blocking);
      await before;
      await workers.run({ op: "about" });
      expect(never[0]).toBe(0);
    });

    test.runIf(queues)("on a task that waits for the first worker holds up none behind it", async () => {
      await using workers = pool();
      const flag = sharedNumber();
      const controller = new AbortController();
      const [first, second, third] = [
        workers.run({ op: "untilTold", flag }),
        workers.run({ op: "about" }, { signal: controller.signal }),
        workers.run({ op: "echo", value: 3 }),
      ];
      controller.abort();
      await expect(second).rejects.toBe(controller.signal.reason);
      tell(flag);
      expect(await Promise.all([first, third])).toEqual(["told", 3]);
    });
  });

  test.runIf(queues)("the tasks behind one that takes its worker with it get a new worker", async () => {
    await using workers = pool({ minThreads: 0, onForced: () => {} });
    const taken = workers.run({ op: "exit" });
    const behind = [1, 2].map((value) => workers.run({ op: "echo", value }));
    await expect(taken).rejects.toThrow(/worker exited|no result/);
    expect(await Promise.all(behind)).toEqual([1, 2]);
  });

  test.runIf(queues)("the worker of the tasks behind one that takes its worker with it can be reached", async () => {
    await using workers = pool({ minThreads: 0, onForced: () => {} });
    const controller = new AbortController();
    const taken = workers.run({ op: "exit" });
    const behind = workers.run({ op: "untilAborted" }, { signal: controller.signal });
    const last = workers.run({ op: "exit" });
    await expect(taken).rejects.toThrow(/worker exited|no result/);
    await goodbyes().heard("began", 2);
    controller.abort(new RangeError("client left"));
    await expect(behind).rejects.toBe(controller.signal.reason);
    await expect(last).rejects.toThrow(/worker exited|no result/);
  });

  test.runIf(queues)(
    "a task that is cancelled in the queue of a pool without workers does not keep its end",
    async () => {
      const workers = pool({ minThreads: 0, onForced: () => {} });
      const controller = new AbortController();
      const [taken, last] = [workers.run({ op: "exit" }), workers.run({ op: "exit" })];
      const cancelled = workers.run({ op: "echo" }, { signal: controller.signal });
      await expect(taken).rejects.toThrow(/worker exited|no result/);
      controller.abort(new RangeError("client left"));
      await expect(cancelled).rejects.toBe(controller.signal.reason);
      await expect(last).rejects.toThrow(/worker exited|no result/);
      await workers.close();
    },
  );
}

async function thrownBy(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
