/** runInScope and runInScopeSync: fork the Context, open, run, close with the outcome. */
import {
  Container,
  ContextVar,
  currentScope,
  Lifecycle,
  type Outcome,
  type Scope,
  type ScopeOptions,
  ScopeStateError,
} from "ambit";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const context = { lifecycle: Lifecycle.ContextScoped } as const;

test("runInScope gives what the work gives, awaited", async () => {
  const container = new Container();
  expect(await container.runInScope(() => "now")).toBe("now");
  expect(await container.runInScope(async () => "later")).toBe("later");
  expect(await container.runInScope({ name: "job" }, async () => "later")).toBe("later");
});

test("runInScope runs the work before it returns, in a scope that is open and current", () => {
  let seen: unknown[] = [];
  void new Container().runInScope((scope) => {
    seen = [currentScope() === scope, scope.state];
  });
  expect(seen).toEqual([true, "open"]);
});

test("the scope stays open and current after each await of the work, and closes after the last", async () => {
  const gate = deferred();
  let opened: Scope | undefined;
  const work = new Container().runInScope(async (scope) => {
    opened = scope;
    await gate.promise;
    expect(currentScope()).toBe(scope);
  });
  await new Promise(setImmediate);
  expect(opened?.state).toBe("open");
  gate.resolve();
  await work;
  expect(opened?.state).toBe("closed");
});

test("the scope has closed when runInScope settles, whatever its disposers take", async () => {
  const log: string[] = [];
  await new Container().runInScope((scope) => {
    scope.defer(async () => {
      await new Promise(setImmediate);
      log.push("disposed");
    });
  });
  expect(log).toEqual(["disposed"]);
});

test("runInScope never throws: what the work throws at once rejects", async () => {
  const error = new Error("no");
  const work = new Container().runInScope(() => {
    throw error;
  });
  await expect(work).rejects.toBe(error);
});

test.each([undefined, null, 0, "", false])("work that throws %s rejects with it", async (thrown) => {
  const caught: unknown[] = [];
  const work = new Container().runInScope(async () => {
    throw thrown;
  });
  await work.catch((error: unknown) => caught.push(error));
  expect(caught).toEqual([thrown]);
});

test.each<[name: string, run: (options: ScopeOptions, work: (scope: Scope) => never) => unknown]>([
  ["runInScope", (options, work) => new Container().runInScope(options, work)],
  ["runInScopeSync", (options, work) => new Container().runInScopeSync(options, work)],
])("%s rethrows an error that cannot be looked at, and ends the scope whose signal has fired", async (_, run) => {
  const error = new Error("odd");
  Object.defineProperty(error, "cause", {
    get() {
      throw new Error("the getter's");
    },
  });
  const told: Outcome[] = [];
  const caught: unknown[] = [];
  const work = (scope: Scope) => {
    scope.defer((outcome) => told.push(outcome));
    throw error;
  };
  try {
    await run({ signal: AbortSignal.abort() }, work);
  } catch (thrown) {
    caught.push(thrown);
  }
  expect([caught[0] === error, told.map(({ status }) => status)]).toEqual([true, ["error"]]);
});

test("the work may give any thenable, and the scope stays open until it settles", async () => {
  const states: string[] = [];
  const query = (scope: Scope) => {
    const then = (resolve: (rows: string[]) => void) =>
      setImmediate(() => (states.push(scope.state), resolve(["row"])));
    // oxlint-disable-next-line unicorn/no-thenable -- query builders are thenables without being promises
    return Object.defineProperty({}, "then", { value: then }) as PromiseLike<string[]>;
  };
  expect(await new Container().runInScope(query)).toEqual(["row"]);
  expect(states).toEqual(["open"]);
});

test("the current scope of the caller is the same before and after", async () => {
  const container = new Container();
  const outer = container.createScope();
  await outer.run(async () => {
    const work = container.runInScope(() => {});
    expect(currentScope()).toBe(outer);
    await work;
    expect(currentScope()).toBe(outer);
  });
  await outer.close();
});

test("the Context is forked: the work sees what its caller set, and the caller nothing of what the work sets", async () => {
  const user = new ContextVar<string>("user");
  await user.run("ada", async () => {
    await new Container().runInScope(() => {
      expect(user.get()).toBe("ada");
      user.set("eve");
      expect(user.get()).toBe("eve");
    });
    expect(user.get()).toBe("ada");
  });
});

test("concurrent work has one scope each, and none sees another's", async () => {
  const container = new Container();
  const scopes = await Promise.all(
    Array.from({ length: 20 }, () =>
      container.runInScope(async (scope) => {
        await new Promise(setImmediate);
        expect(currentScope()).toBe(scope);
        return scope;
      }),
    ),
  );
  expect(new Set(scopes).size).toBe(20);
});

test("runInScopeSync gives what the work gives, and has closed the scope by then", () => {
  const log: string[] = [];
  const container = new Container();
  const scope = container.runInScopeSync({ name: "job" }, (opened) => {
    opened.defer(() => log.push("disposed"));
    expect(currentScope()).toBe(opened);
    return opened;
  });
  expect([scope.name, scope.state, log]).toEqual(["job", "closed", ["disposed"]]);
  expect(currentScope()).toBeUndefined();
});

test("runInScopeSync throws what the work throws", () => {
  const error = new Error("no");
  expect(() =>
    new Container().runInScopeSync(() => {
      throw error;
    }),
  ).toThrow(error);
});

describe("runInScopeSync with what needs awaiting", () => {
  test("refuses async work, whose scope would end before it does", () => {
    let scope: Scope | undefined;
    const work = () =>
      new Container().runInScopeSync(async (opened) => {
        scope = opened;
      });
    expect(work).toThrow(ScopeStateError);
    expect(work).toThrow(
      "Cannot run async work in runInScopeSync: its scope would end before the work does.\n" +
        "Fix: use await container.runInScope(...).",
    );
    expect(scope?.state).toBe("closed");
  });

  test("tells onDisposalError when the work that it refused rejects", async () => {
    const reported: unknown[] = [];
    const container = new Container({ onDisposalError: (error) => reported.push(error) });
    const failed = Promise.reject(new Error("too late"));
    expect(() => container.runInScopeSync(() => failed)).toThrow(ScopeStateError);
    await new Promise(setImmediate);
    expect(reported).toEqual([expect.objectContaining({ message: "too late" })]);
  });

  test("tells generators of the work that it refused that it was an error", () => {
    const told: Outcome[] = [];
    const work = () =>
      new Container().runInScopeSync(async (scope) => {
        scope.defer((outcome) => told.push(outcome));
      });
    expect(work).toThrow(ScopeStateError);
    expect(told).toEqual([{ status: "error", error: expect.any(ScopeStateError) }]);
  });

  test("refuses an async disposer, and closes the scope all the same, the rest in the background", async () => {
    const log: string[] = [];
    const gate = deferred();
    let scope: Scope | undefined;
    const work = () =>
      new Container().runInScopeSync((opened) => {
        scope = opened;
        opened.defer(() => log.push("older"));
        opened.defer(() => gate.promise);
        opened.defer(() => log.push("newer"));
      });
    expect(work).toThrow(ScopeStateError);
    expect([log, scope?.state]).toEqual([["newer"], "closing"]);
    gate.resolve();
    await scope?.close();
    expect([log, scope?.state]).toEqual([["newer", "older"], "closed"]);
  });

  test("refuses held work, and disposes when that is over", async () => {
    const log: string[] = [];
    const gate = deferred();
    let closed: Promise<void> | undefined;
    const work = () =>
      new Container().runInScopeSync((scope) => {
        scope.defer(() => log.push("disposed"));
        void scope.hold(gate.promise);
        closed = gate.promise.then(() => scope.close());
      });
    expect(work).toThrow(ScopeStateError);
    expect(work).toThrow(
      "Cannot end this scope synchronously: a disposer returned a promise, or work is held. It goes on in the background.\n" +
        "Fix: use await container.runInScope(...).",
    );
    expect(log).toEqual([]);
    gate.resolve();
    await closed;
    expect(log).toEqual(["disposed", "disposed"]);
  });

  test("tells onDisposalError what goes wrong in the background", async () => {
    const reported: unknown[] = [];
    const container = new Container({ onDisposalError: (error) => reported.push(error) });
    const work = () => container.runInScopeSync((scope) => scope.defer(() => Promise.reject("rollback failed")));
    expect(work).toThrow(ScopeStateError);
    await new Promise(setImmediate);
    expect(reported).toEqual(["rollback failed"]);
  });

  test("rethrows the work's own error, and tells onDisposalError what async disposers threw", async () => {
    const reported: unknown[] = [];
    const container = new Container({ onDisposalError: (error) => reported.push(error) });
    const error = new Error("the work's");
    const work = () =>
      container.runInScopeSync((scope) => {
        scope.defer(() => Promise.reject("rollback failed"));
        throw error;
      });
    expect(work).toThrow(error);
    await new Promise(setImmediate);
    expect(reported).toEqual(["rollback failed"]);
  });
});

test("both need a function, and say so with the way to write it", async () => {
  const container = new Container();
  const text = "Cannot run in a scope without a function.\nFix: container.runInScope(async (scope) => { ... }).";
  for (const given of [undefined, {}, "fn"] as never[]) {
    await expect(container.runInScope(given)).rejects.toThrow(text);
    await expect(container.runInScope({}, given)).rejects.toThrow(ScopeStateError);
    expect(() => container.runInScopeSync(given)).toThrow(ScopeStateError);
  }
});

test.each([-1, Number.NaN, "soon"])(
  "a disposeTimeout of %s is refused, and leaves no scope open",
  async (disposeTimeout) => {
    const container = new Container().register("user", { useFactory: () => ({}) }, context);
    const outer = container.createScope();
    const refused = outer.run(() => container.runInScope({ disposeTimeout: disposeTimeout as number }, () => {}));
    await expect(refused).rejects.toThrow(`Cannot open a scope with disposeTimeout ${disposeTimeout}`);
    await expect(refused).rejects.toThrow(ScopeStateError);
    await outer.close();
  },
);

test("a scope that cannot be opened as it was asked for is closed again", async () => {
  const container = new Container().register("user", { useFactory: () => ({}) }, context);
  const told: string[] = [];
  const seeds = function* (): Generator<[string, unknown]> {
    yield ["first", 1];
    const [scope] = opened;
    scope?.defer(({ status }) => told.push(status));
    yield ["user", "ada"];
  };
  const opened: Scope[] = [];
  await container.runInScope(async (outer) => {
    opened.push(outer);
    await expect(container.runInScope({ seeds: seeds() }, () => {})).rejects.toThrow("Cannot seed user");
    expect(outer.state).toBe("open");
  });
  expect(told).toEqual(["success"]);
});

test("the name of the work is not the scope's", async () => {
  const container = new Container();
  expect(
    container.runInScopeSync(function job(scope) {
      return [scope.name];
    }),
  ).toEqual([undefined]);
  expect(
    await container.runInScope(async function job(scope) {
      return [scope.name];
    }),
  ).toEqual([undefined]);
});

test("work that gives no promise has its scope ended when runInScope returns", async () => {
  const log: string[] = [];
  const ended = new Container().runInScope((scope) => scope.defer(() => log.push("disposed")));
  log.push("returned");
  await ended;
  expect(log).toEqual(["disposed", "returned"]);
});
