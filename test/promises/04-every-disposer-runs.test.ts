/**
 * Promise 4: every disposer runs. One failure is thrown as it is, several as `DisposalError`. If the work failed too,
 * the work's error is rethrown unchanged and disposal's go to `onDisposalError`, which warns by default.
 */
import { AmbitError, Container, DisposalError, Lifecycle } from "ambit";
import { expect, test } from "vitest";
import { collectWarnings } from "../support/strict.js";

const singleton = { lifecycle: Lifecycle.Singleton } as const;

/** The reason of a promise that must reject. */
const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable("it did not reject"),
    (reason: unknown) => reason,
  );

test("4: an error that two disposers throw, or that is a DisposalError of their own, is told as it was thrown", async () => {
  const scope = new Container().createScope();
  const own = new DisposalError(["a", "b"]);
  for (const error of [own, "c", own]) {
    scope.defer(() => {
      throw error;
    });
  }
  const failure = await scope.close().catch((error: unknown) => error);
  expect((failure as DisposalError).errors).toEqual([own, "c", own]);
});

test("4: keeps disposing after a disposer throws, and after one rejects", async () => {
  const ended: string[] = [];
  const scope = new Container().createScope();
  scope.defer(() => ended.push("oldest"));
  scope.defer(() => Promise.reject(new Error("rejected")));
  scope.defer(() => ended.push("middle"));
  scope.defer(() => {
    throw new Error("threw");
  });
  await reasonOf(scope.close());
  expect(ended).toEqual(["middle", "oldest"]);
});

test.each([new Error("rollback failed"), "a string", undefined, null, 0])(
  "4: a single failure is thrown as it is: %s",
  async (failure) => {
    const scope = new Container().createScope();
    scope.defer(() => {
      throw failure;
    });
    expect(await reasonOf(scope.close())).toBe(failure);
  },
);

test("4: a single failure of an async disposer is thrown as it is, undefined included", async () => {
  const scope = new Container().createScope();
  scope.defer(() => Promise.reject(undefined));
  expect(await reasonOf(scope.close())).toBeUndefined();
});

test("4: several failures are one DisposalError, in the order in which the disposers ran", async () => {
  const scope = new Container().createScope();
  scope.defer(() => {
    throw "third";
  });
  scope.defer(() => Promise.reject("second"));
  scope.defer(() => {
    throw "first";
  });
  const error = await reasonOf(scope.close());
  expect(error).toBeInstanceOf(DisposalError);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error).toBeInstanceOf(AmbitError);
  expect(error).toMatchObject({ code: "ERR_AMBIT_DISPOSAL", errors: ["first", "second", "third"] });
  expect((error as Error).message).toBe('3 disposers failed; see "errors" for each.');
});

test("4: runInScope rejects with what a disposer threw when the work succeeded", async () => {
  const failure = new Error("commit failed");
  const work = new Container().runInScope((scope) => {
    scope.defer(() => {
      throw failure;
    });
    return "done";
  });
  expect(await reasonOf(work)).toBe(failure);
});

test("4: runInScopeSync throws what a disposer threw when the work succeeded", () => {
  const failure = new Error("commit failed");
  const work = () =>
    new Container().runInScopeSync((scope) => {
      scope.defer(() => {
        throw failure;
      });
    });
  expect(work).toThrow(failure);
});

test.each([
  ["synchronous", (failure: Error) => failure],
  ["async", (failure: Error) => Promise.reject(failure)],
])(
  "4: the work's error comes out unchanged, and the failure of a %s disposer goes to onDisposalError",
  async (kind, end) => {
    const reported: unknown[] = [];
    const container = new Container({ onDisposalError: (error) => reported.push(error) });
    const [own, failure] = [new Error("the work's"), new Error("the disposer's")];
    const work = container.runInScope((scope) => {
      scope.defer(() => {
        if (kind === "synchronous") throw failure;
        return end(failure);
      });
      throw own;
    });
    expect(await reasonOf(work)).toBe(own);
    expect(reported).toEqual([failure]);
  },
);

test("4: an async work's error comes out unchanged, and several failures go to onDisposalError as one", async () => {
  const reported: unknown[] = [];
  const container = new Container({ onDisposalError: (error) => reported.push(error) });
  const own = new Error("the work's");
  const work = container.runInScope(async (scope) => {
    scope.defer(() => Promise.reject("older"));
    scope.defer(() => Promise.reject("newer"));
    await Promise.resolve();
    throw own;
  });
  expect(await reasonOf(work)).toBe(own);
  expect(reported).toEqual([expect.objectContaining({ name: "DisposalError", errors: ["newer", "older"] })]);
});

test("4: runInScopeSync rethrows the work's error unchanged and reports the disposers'", () => {
  const reported: unknown[] = [];
  const container = new Container({ onDisposalError: (error) => reported.push(error) });
  const own = new Error("the work's");
  const work = () =>
    container.runInScopeSync((scope) => {
      scope.defer(() => {
        throw "the disposer's";
      });
      throw own;
    });
  expect(work).toThrow(own);
  expect(reported).toEqual(["the disposer's"]);
});

test("4: onDisposalError warns by default, with the failure in the text", async () => {
  const warnings = collectWarnings();
  const work = new Container().runInScope((scope) => {
    scope.defer(() => {
      throw new Error("rollback failed");
    });
    throw new Error("the work's");
  });
  await expect(work).rejects.toThrow("the work's");
  await new Promise(setImmediate);
  expect(warnings).toEqual([expect.objectContaining({ name: "AmbitDisposalWarning" })]);
  expect(warnings[0].message).toContain("rollback failed");
});

test("4: a child container reports to its parent's onDisposalError", async () => {
  const reported: unknown[] = [];
  const child = new Container({ onDisposalError: (error) => reported.push(error) }).createChildContainer();
  const work = child.runInScope((scope) => {
    scope.defer(() => Promise.reject("the disposer's"));
    throw new Error("the work's");
  });
  await expect(work).rejects.toThrow("the work's");
  expect(reported).toEqual(["the disposer's"]);
});

test("4: an onDisposalError that throws does not replace the work's error, and both failures are warned of", async () => {
  const warnings = collectWarnings();
  const container = new Container({
    onDisposalError() {
      throw new Error("the logger is down");
    },
  });
  const work = container.runInScope((scope) => {
    scope.defer(() => Promise.reject(new Error("rollback failed")));
    throw new Error("the work's");
  });
  await expect(work).rejects.toThrow("the work's");
  await new Promise(setImmediate);
  const text = warnings.map(({ message }) => message).join("\n");
  expect(text).toContain("rollback failed");
  expect(text).toContain("the logger is down");
});

test("4: the work's error stays, whatever a disposer throws: also what no text can be made of", async () => {
  const warnings = collectWarnings();
  const work = new Container().runInScope((scope) => {
    scope.defer(() => Promise.reject(Object.create(null)));
    throw new Error("the work's");
  });
  await expect(work).rejects.toThrow("the work's");
  await new Promise(setImmediate);
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("[Object: null prototype] {}")]);
});

test("4: a container keeps disposing after a disposer throws", async () => {
  const ended: string[] = [];
  const container = new Container()
    .register("older", { useFactory: () => ({ [Symbol.dispose]: () => ended.push("older") }) }, singleton)
    .register(
      "newer",
      {
        useFactory: () => ({
          [Symbol.dispose]() {
            throw "newer";
          },
        }),
      },
      singleton,
    );
  container.resolve("older");
  container.resolve("newer");
  expect(await reasonOf(container.dispose())).toBe("newer");
  expect(ended).toEqual(["older"]);
});

test("4: dispose() reports the failures of open scopes, of children and its own, in the order in which they ran", async () => {
  const failing = (name: string) => ({ useFactory: () => ({ [Symbol.asyncDispose]: () => Promise.reject(name) }) });
  const container = new Container().register("own", failing("own"), singleton);
  const child = container.createChildContainer().register("child's", failing("child's"), singleton);
  container.resolve("own");
  child.resolve("child's");
  container.createScope().defer(() => Promise.reject("scope's"));
  expect(await reasonOf(container.dispose())).toMatchObject({ errors: ["scope's", "child's", "own"] });
});

test("4: closing a scope reports the failures of nested scopes, too", async () => {
  const container = new Container();
  const outer = container.createScope();
  outer.defer(() => Promise.reject("outer"));
  container.createScope({ parent: outer }).defer(() => Promise.reject("nested"));
  expect(await reasonOf(outer.close())).toMatchObject({ errors: ["nested", "outer"] });
});

test("4: a generator that fails at its end does not stop the others", async () => {
  const ended: string[] = [];
  const container = new Container().register(
    "generated",
    {
      *useGenerator() {
        yield 1;
        throw "the generator's";
      },
    },
    { lifecycle: Lifecycle.ContextScoped },
  );
  const scope = container.createScope();
  scope.defer(() => ended.push("older"));
  scope.resolve("generated");
  expect(await reasonOf(scope.close())).toBe("the generator's");
  expect(ended).toEqual(["older"]);
});

test("4: a promise of a disposer that throws where it should wait is a failure like any other", async () => {
  const ended: string[] = [];
  const scope = new Container().createScope();
  scope.defer(() => ended.push("older"));
  class Bad extends Promise<void> {
    // oxlint-disable-next-line unicorn/no-thenable -- a disposer may return one, and this is what happens then
    override then(): never {
      throw "a bad thenable";
    }
  }
  scope.defer(() => new Bad(() => {}));
  expect(await reasonOf(scope.close())).toBe("a bad thenable");
  expect(ended).toEqual(["older"]);
});
