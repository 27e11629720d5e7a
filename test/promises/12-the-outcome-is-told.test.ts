/**
 * Promise 12: the outcome is told. Generators and `defer` callbacks learn success, error or abort, so that a transaction
 * can commit or roll back.
 */
import { Container, Lifecycle, type Outcome, type Scope } from "ambit";
import { expect, test } from "vitest";

const context = { lifecycle: Lifecycle.ContextScoped } as const;

/** A container with a transaction, and what its generator was told. */
function transactional(): { container: Container; told: Outcome[] } {
  const told: Outcome[] = [];
  const container = new Container({ onDisposalError: () => {} }).register(
    "transaction",
    {
      *useGenerator(): Generator<string, void, Outcome> {
        told.push(yield "transaction");
      },
    },
    context,
  );
  return { container, told };
}

/** Asks for the transaction, and has a callback hear the outcome, too. */
function begin(scope: Scope, told: Outcome[]): void {
  scope.defer((outcome) => told.push(outcome));
  scope.resolve("transaction");
}

test("12: a return is a success", async () => {
  const { container, told } = transactional();
  await container.runInScope((scope) => begin(scope, told));
  expect(told).toEqual([{ status: "success" }, { status: "success" }]);
});

test("12: a throw is an error, and says which", async () => {
  const { container, told } = transactional();
  const error = new Error("no");
  const work = container.runInScope((scope) => {
    begin(scope, told);
    throw error;
  });
  await expect(work).rejects.toBe(error);
  expect(told).toEqual([
    { status: "error", error },
    { status: "error", error },
  ]);
  expect(told[0]).toHaveProperty("error", error);
});

test("12: a rejection is an error", async () => {
  const { container, told } = transactional();
  const work = container.runInScope(async (scope) => {
    begin(scope, told);
    await Promise.reject("no");
  });
  await expect(work).rejects.toBe("no");
  expect(told).toEqual([
    { status: "error", error: "no" },
    { status: "error", error: "no" },
  ]);
});

test("12: work that ended by the scope's signal is aborted, and says why", async () => {
  const { container, told } = transactional();
  const controller = new AbortController();
  const work = container.runInScope({ signal: controller.signal }, async (scope) => {
    begin(scope, told);
    controller.abort("client left");
    scope.signal.throwIfAborted();
  });
  await expect(work).rejects.toBe("client left");
  expect(told).toEqual([
    { status: "aborted", reason: "client left" },
    { status: "aborted", reason: "client left" },
  ]);
});

test("12: fail() makes an error of work that returned", async () => {
  const { container, told } = transactional();
  await container.runInScope((scope) => {
    begin(scope, told);
    scope.fail("422");
  });
  expect(told).toEqual([
    { status: "error", error: "422" },
    { status: "error", error: "422" },
  ]);
});

test("12: an end of which nobody says how the work went is an abort", async () => {
  const { container, told } = transactional();
  const scope = container.createScope();
  begin(scope, told);
  await scope.close();
  expect(told.map(({ status }) => status)).toEqual(["aborted", "aborted"]);
});

test("12: succeed() vouches for the work", async () => {
  const { container, told } = transactional();
  const scope = container.createScope();
  begin(scope, told);
  scope.succeed();
  await scope.close();
  expect(told).toEqual([{ status: "success" }, { status: "success" }]);
});

test("12: an async generator is told, too, and awaited", async () => {
  const log: unknown[] = [];
  const container = new Container().register(
    "transaction",
    {
      async *useGenerator(): AsyncGenerator<string, void, Outcome> {
        const outcome = yield "transaction";
        log.push(`${outcome.status} begins`);
        await Promise.resolve();
        log.push(`${outcome.status} ends`);
      },
    },
    context,
  );
  await container.runInScope((scope) => scope.resolveAsync("transaction"));
  expect(log).toEqual(["success begins", "success ends"]);
});

test("12: the finally of a generator runs whatever the outcome is", async () => {
  const log: string[] = [];
  const container = new Container().register(
    "connection",
    {
      *useGenerator(): Generator<string, void, Outcome> {
        try {
          const outcome = yield "connection";
          if (outcome.status === "success") throw new Error("commit failed");
        } finally {
          log.push("released");
        }
      },
    },
    context,
  );
  await expect(container.runInScope((scope) => scope.resolve("connection"))).rejects.toThrow("commit failed");
  expect(log).toEqual(["released"]);
});

test("12: a nested scope that its parent closes is aborted, also when the parent succeeds", async () => {
  const { container, told } = transactional();
  await container.runInScope((outer) => begin(container.createScope({ parent: outer }), told));
  expect(told.map(({ status }) => status)).toEqual(["aborted", "aborted"]);
});

test("12: a scope that its container closes is aborted, and the container's own hear success", async () => {
  const { container, told } = transactional();
  container.register(
    "pool",
    {
      *useGenerator(): Generator<string, void, Outcome> {
        told.push(yield "pool");
      },
    },
    { lifecycle: Lifecycle.Singleton },
  );
  container.resolve("pool");
  begin(container.createScope(), told);
  await container.dispose();
  expect(told.map(({ status }) => status)).toEqual(["aborted", "aborted", "success"]);
});

test("12: a generator that yields twice is an error at the end, and is ended", async () => {
  let ended = false;
  const container = new Container().register(
    "twice",
    {
      *useGenerator() {
        try {
          yield 1;
          yield 2;
        } finally {
          ended = true;
        }
      },
    },
    context,
  );
  const work = container.runInScope((scope) => scope.resolve("twice"));
  await expect(work).rejects.toThrow("The generator of twice yielded twice");
  expect(ended).toBe(true);
});

test("12: a user's disposer is called without arguments: what it does with them is its own business", async () => {
  const given: unknown[] = [];
  class Job {
    [Symbol.dispose](...args: unknown[]): void {
      given.push(...args);
    }
  }
  const container = new Container().register(Job, Job, context);
  await container.runInScope((scope) => {
    scope.resolve(Job);
    scope.use({ [Symbol.dispose]: (...args: unknown[]) => given.push(...args) });
  });
  expect(given).toEqual([]);
});
