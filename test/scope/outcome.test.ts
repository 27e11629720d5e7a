/** How a scope's end is told: every way in which work can go, every way in which a scope can close. */
import { Container, type Outcome, type Scope, type ScopeOptions } from "ambit";
import { describe, expect, test } from "vitest";

type Work = (scope: Scope, abort: (reason?: unknown) => void) => unknown;

/** Runs work in a scope whose signal the work can fire, and gives what a deferred callback was told. */
async function toldAfter(work: Work, options: ScopeOptions = {}): Promise<Outcome | undefined> {
  let told: Outcome | undefined;
  const controller = new AbortController();
  const container = new Container({ onDisposalError: () => {} });
  const running = container.runInScope({ signal: controller.signal, ...options }, (scope) => {
    scope.defer((outcome) => {
      told = outcome;
    });
    return work(scope, (reason) => controller.abort(reason));
  });
  await running.catch(() => {});
  return told;
}

const error = new Error("the work's");
const success = { status: "success" };
const failed = { status: "error", error };

describe("of runInScope", () => {
  test.each<[string, Work, object]>([
    ["returns", () => "done", success],
    ["returns undefined", () => undefined, success],
    ["resolves", async () => "done", success],
    [
      "throws",
      () => {
        throw error;
      },
      failed,
    ],
    ["rejects", () => Promise.reject(error), failed],
    [
      "throws undefined",
      () => {
        throw undefined;
      },
      { status: "error", error: undefined },
    ],
    ["returns after fail()", (scope) => scope.fail(error), failed],
    ["returns after fail() without a reason", (scope) => scope.fail(undefined), { status: "error", error: undefined }],
    ["returns after fail() twice", (scope) => [scope.fail(error), scope.fail("later")], failed],
    ["returns after fail() and succeed()", (scope) => [scope.fail(error), scope.succeed()], failed],
    [
      "throws after fail()",
      (scope) => {
        scope.fail("other");
        throw error;
      },
      failed,
    ],
    [
      "throws after succeed()",
      (scope) => {
        scope.succeed();
        throw error;
      },
      failed,
    ],
    ["returns although the signal has fired", (_, abort) => abort("left"), success],
    ["fails although the signal has fired", (scope, abort) => [abort("left"), scope.fail(error)], failed],
    [
      "throws something else although the signal has fired",
      (_, abort) => {
        abort("left");
        throw error;
      },
      failed,
    ],
    [
      "throws the signal's reason",
      (scope, abort) => {
        abort("left");
        scope.signal.throwIfAborted();
      },
      { status: "aborted", reason: "left" },
    ],
    [
      "throws an AbortError after the signal has fired",
      (_, abort) => {
        abort("left");
        throw new DOMException("", "AbortError");
      },
      { status: "aborted", reason: "left" },
    ],
    [
      "throws Node's AbortError after the signal has fired",
      (_, abort) => {
        abort("left");
        throw Object.assign(new Error("aborted"), { code: "ABORT_ERR" });
      },
      { status: "aborted", reason: "left" },
    ],
    [
      "throws what an AbortError caused",
      (_, abort) => {
        abort("left");
        throw new Error("query failed", { cause: new DOMException("", "AbortError") });
      },
      { status: "aborted", reason: "left" },
    ],
    [
      "throws an AbortError of its own while the signal has not fired",
      () => {
        throw new DOMException("", "AbortError");
      },
      { status: "error", error: expect.any(DOMException) },
    ],
    [
      "throws the reason undefined of a fired signal",
      (scope, abort) => {
        abort();
        throw scope.signal.reason;
      },
      { status: "aborted", reason: expect.any(DOMException) },
    ],
  ])("work that %s", async (_, work, expected) => {
    expect(await toldAfter(work)).toEqual(expected);
  });

  test("an abort of the parent is an abort here", async () => {
    const controller = new AbortController();
    const container = new Container();
    const parent = container.createScope({ signal: controller.signal });
    let told: Outcome | undefined;
    const work = container.runInScope({ parent }, async (scope) => {
      scope.defer((outcome) => {
        told = outcome;
      });
      controller.abort("left");
      throw controller.signal.reason;
    });
    await expect(work).rejects.toBe("left");
    expect(told).toEqual({ status: "aborted", reason: "left" });
    await parent.close();
  });

  test("a circle of causes is no endless one", async () => {
    const circular = new Error("circular");
    circular.cause = circular;
    expect(
      await toldAfter((_, abort) => {
        abort("left");
        throw circular;
      }),
    ).toEqual({ status: "error", error: circular });
  });

  test.each([
    [7, "aborted"],
    [8, "error"],
  ])("an AbortError that is the cause of a cause, %d deep, makes it %s", async (depth, status) => {
    let thrown: unknown = new DOMException("", "AbortError");
    for (let i = 0; i < depth; i++) thrown = new Error("wrapped", { cause: thrown });
    const outcome = await toldAfter((_, abort) => {
      abort("left");
      throw thrown;
    });
    expect(outcome?.status).toBe(status);
  });

  test("fail() does not change what the work gives", async () => {
    const work = new Container().runInScope((scope) => {
      scope.fail(error);
      return "done";
    });
    expect(await work).toBe("done");
  });
});

describe("of a scope that is closed by hand", () => {
  const given: Outcome = { status: "error", error };
  const aborted = { status: "aborted", reason: expect.any(DOMException) };

  test.each<[string, (scope: Scope) => unknown, object]>([
    ["close()", (scope) => scope.close(), aborted],
    ["close() after succeed()", (scope) => [scope.succeed(), scope.close()], success],
    ["close() after fail()", (scope) => [scope.fail(error), scope.close()], failed],
    ["close() after fail() and succeed()", (scope) => [scope.fail(error), scope.succeed(), scope.close()], failed],
    ["close(success)", (scope) => scope.close({ status: "success" }), success],
    ["close(success) after fail()", (scope) => [scope.fail(error), scope.close({ status: "success" })], failed],
    ["close(error)", (scope) => scope.close(given), failed],
    ["close(error) after succeed()", (scope) => [scope.succeed(), scope.close(given)], failed],
    [
      "close(aborted)",
      (scope) => scope.close({ status: "aborted", reason: "left" }),
      { status: "aborted", reason: "left" },
    ],
    ["await using", (scope) => scope[Symbol.asyncDispose](), aborted],
    ["await using after succeed()", (scope) => [scope.succeed(), scope[Symbol.asyncDispose]()], success],
  ])("%s", async (_, end, expected) => {
    const told: Outcome[] = [];
    const scope = new Container().createScope();
    scope.defer((outcome) => told.push(outcome));
    end(scope);
    await scope.close({ status: "aborted", reason: "a second close changes nothing" });
    expect(told).toEqual([expected]);
  });

  test("the abort of a close without an outcome says what to call", async () => {
    const told: Outcome[] = [];
    const scope = new Container().createScope();
    scope.defer((outcome) => told.push(outcome));
    await scope.close();
    const message = "The scope was closed without an outcome: call succeed() when its work is done.";
    expect(told).toEqual([{ status: "aborted", reason: expect.objectContaining({ name: "AbortError", message }) }]);
  });

  test("succeed() in a disposer comes too late", async () => {
    const scope = new Container().createScope();
    scope.defer(() => scope.succeed());
    await expect(scope.close()).rejects.toThrow("Cannot vouch for its work: scope ");
  });
});

describe("of a scope that something around it ends", () => {
  const message = "The parent scope, or the container, ended first.";
  const aborted = { status: "aborted", reason: expect.objectContaining({ name: "AbortError", message }) };

  test("its parent: an abort, also when it has vouched for its work", async () => {
    const told: Outcome[] = [];
    const container = new Container();
    await container.runInScope(() => {
      const nested = container.createScope();
      nested.defer((outcome) => told.push(outcome));
      nested.succeed();
    });
    expect(told).toEqual([aborted]);
  });

  test("its parent, after fail(): an abort, which says that the parent was first", async () => {
    const told: Outcome[] = [];
    const container = new Container();
    await container.runInScope(() => {
      const nested = container.createScope();
      nested.defer((outcome) => told.push(outcome));
      nested.fail(error);
    });
    expect(told).toEqual([aborted]);
  });

  test("its container: an abort", async () => {
    const told: Outcome[] = [];
    const container = new Container();
    container.createScope().defer((outcome) => told.push(outcome));
    await container.dispose();
    expect(told).toEqual([aborted]);
  });

  test("work that goes on after that, and returns, changes nothing", async () => {
    const told: Outcome[] = [];
    const container = new Container();
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const work = container.runInScope(async (scope) => {
      scope.defer((outcome) => told.push(outcome));
      await gate;
      return "done";
    });
    await container.dispose();
    goOn();
    expect(await work).toBe("done");
    expect(told).toEqual([aborted]);
  });
});
