/** enterScope, for scripts and tests: a Context's one entered scope, which ends with its token. */
import {
  Container,
  ContextStateError,
  ContextTokenError,
  copyContext,
  currentScope,
  Lifecycle,
  type Outcome,
  ScopeStateError,
  ScopeToken,
} from "ambit";
import { expect, test } from "vitest";

const context = { lifecycle: Lifecycle.ContextScoped } as const;

test("makes the scope current in this Context until the token is reset, and not after", async () => {
  const container = new Container();
  const token = container.enterScope({ name: "script" });
  expect(token).toBeInstanceOf(ScopeToken);
  expect(currentScope()).toBe(token.scope);
  await Promise.resolve();
  expect(currentScope()).toBe(token.scope);
  await token.reset();
  expect(currentScope()).toBeUndefined();
});

test("resetting the token closes the scope", async () => {
  const ended: string[] = [];
  const token = new Container().enterScope();
  token.scope.defer(async () => void ended.push("disposed"));
  await token.reset();
  expect([ended, token.scope.state]).toEqual([["disposed"], "closed"]);
});

test("a reset is an abort: a finally must never commit", async () => {
  const told: Outcome[] = [];
  const token = new Container().enterScope();
  token.scope.defer((outcome) => told.push(outcome));
  await token.reset();
  expect(told).toEqual([{ status: "aborted", reason: expect.any(DOMException) }]);
});

test("a reset after succeed() is a success", async () => {
  const told: Outcome[] = [];
  const token = new Container().enterScope();
  token.scope.defer((outcome) => told.push(outcome));
  token.scope.succeed();
  await token.reset();
  expect(told).toEqual([{ status: "success" }]);
});

test("await using resets it", async () => {
  const container = new Container();
  let state = "";
  {
    await using token = container.enterScope();
    token.scope.defer(() => {
      state = token.scope.state;
    });
  }
  expect(state).toBe("closing");
  expect(currentScope()).toBeUndefined();
});

test("disposing a used token does nothing, resetting it again throws", async () => {
  const token = new Container().enterScope();
  await token.reset();
  await token[Symbol.asyncDispose]();
  expect(() => token.reset()).toThrow(ContextStateError);
  expect(() => token.reset()).toThrow("Cannot reset this scope token: it has been used once already.");
});

test("a second entered scope in one Context is refused, and the first one goes on", async () => {
  const container = new Container();
  const token = container.enterScope();
  expect(() => container.enterScope()).toThrow(ScopeStateError);
  expect(() => new Container().enterScope()).toThrow(
    "Cannot enter a second scope in this Context: the flow that entered the first one would lose it.\n" +
      "Fix: nest with container.runInScope(...), or reset the first token before.",
  );
  expect(currentScope()).toBe(token.scope);
  await token.reset();
});

test("after a reset another one can be entered", async () => {
  const container = new Container();
  await container.enterScope().reset();
  const token = container.enterScope();
  expect(currentScope()).toBe(token.scope);
  await token.reset();
});

test("after its scope was closed by hand another one can be entered", async () => {
  const container = new Container();
  const first = container.enterScope();
  await first.scope.close();
  const second = container.enterScope();
  expect(currentScope()).toBe(second.scope);
  expect(second.scope.parent).toBeUndefined();
  await second.reset();
  await first.reset();
  expect(currentScope()).toBeUndefined();
});

test("the tokens of a scope that was closed by hand and of the one entered after it can be reset in either order", () =>
  copyContext().run(async () => {
    const container = new Container();
    const first = container.enterScope();
    await first.scope.close();
    const second = container.enterScope();
    await first.reset();
    await second.reset();
    expect(currentScope()).toBeUndefined();
  }));

test("resetting the token of a scope that was closed by hand leaves the one entered after it", () =>
  copyContext().run(async () => {
    const container = new Container();
    const first = container.enterScope();
    await first.scope.close();
    const second = container.enterScope();
    await first.reset();
    expect(currentScope()).toBe(second.scope);
    await second.reset();
  }));

test("in a fork another one can be entered, with the first as its parent", async () => {
  const container = new Container();
  const outer = container.enterScope();
  await copyContext().run(async () => {
    const inner = container.enterScope();
    expect(inner.scope.parent).toBe(outer.scope);
    await inner.reset();
    expect(currentScope()).toBe(outer.scope);
  });
  await outer.reset();
});

test("a token is refused in another Context than its own, and can still be reset there", async () => {
  const token = new Container().enterScope();
  copyContext().run(() => {
    expect(() => token.reset()).toThrow(ContextTokenError);
    expect(() => token.reset()).toThrow(
      "Cannot reset this scope token: its scope was entered in another Context.\n" +
        "Fix: reset it in the flow that called enterScope, or call scope.close().",
    );
  });
  expect(token.scope.state).toBe("open");
  await token.reset();
});

test("inside of runInScope it stands in front of that scope until it is reset", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    const token = container.enterScope();
    expect(token.scope.parent).toBe(outer);
    expect(currentScope()).toBe(token.scope);
    await token.reset();
    expect(currentScope()).toBe(outer);
  });
});

test("scope.run of the scope around it is in that scope all the same", async () => {
  const container = new Container();
  await container.runInScope(async (outer) => {
    const token = container.enterScope();
    expect(outer.run(() => currentScope())).toBe(outer);
    await token.reset();
  });
});

test("a generator of the scope around it runs in that scope all the same", async () => {
  const seen: unknown[] = [];
  const container = new Container().register(
    "connection",
    {
      *useGenerator() {
        seen.push(currentScope()?.name);
        yield 1;
        seen.push(currentScope()?.name);
      },
    },
    { ...context, scopeName: "connection" },
  );
  await container.runInScope({ name: "connection" }, async () => {
    const token = container.enterScope({ name: "message" });
    container.resolve("connection");
    await token.reset();
  });
  expect(seen).toEqual(["connection", "connection"]);
});

test.each<[left: string, leave: (token: ScopeToken) => unknown]>([
  ["nobody has reset", () => {}],
  ["was closed by hand", (token) => token.scope.close()],
])("the disposers of the scope around one that %s find their own scope", async (_, leave) => {
  const seen: unknown[] = [];
  const container = new Container().register("user", { useFactory: () => ({}) }, context);
  await container.runInScope(async (outer) => {
    const user = container.resolve("user");
    outer.defer(() => seen.push(currentScope() === outer, container.resolve("user") === user));
    await leave(container.enterScope());
  });
  expect(seen).toEqual([true, true]);
});

test("its own disposers find it, when the scope around it ends it", async () => {
  const seen: boolean[] = [];
  const container = new Container();
  await container.runInScope(() => {
    const { scope } = container.enterScope();
    scope.defer(() => seen.push(currentScope() === scope));
  });
  expect(seen).toEqual([true]);
});

test("one that is not inside the scope around it goes on, and stays current, when that has ended", async () => {
  const container = new Container();
  const current = await container.runInScope(() => {
    const token = container.enterScope({ parent: null });
    return { token, later: Promise.resolve().then(() => currentScope()) };
  });
  expect(await current.later).toBe(current.token.scope);
  expect(current.token.scope.state).toBe("open");
  await current.token.scope.close();
});

test("what is forked while it is entered has it as the current scope, as everything in that Context", async () => {
  const container = new Container().register("user", { useFactory: () => ({}) }, context);
  const token = container.enterScope();
  const user = container.resolve("user");
  expect(await Promise.resolve().then(() => container.resolve("user"))).toBe(user);
  expect(copyContext().run(() => container.resolve("user"))).toBe(user);
  await token.reset();
});

test("closed by its container, the scope is gone, and the token can still be reset", async () => {
  const container = new Container();
  const token = container.enterScope();
  await container.dispose();
  expect(token.scope.state).toBe("closed");
  await token.reset();
  expect(currentScope()).toBeUndefined();
});

test("a failing disposer comes out of reset, and the scope is no longer current", async () => {
  const token = new Container().enterScope();
  token.scope.defer(() => Promise.reject("rollback failed"));
  await expect(token.reset()).rejects.toBe("rollback failed");
  expect(currentScope()).toBeUndefined();
});

test("a scope that cannot be opened leaves the Context as it was", () => {
  expect(() => new Container().enterScope({ disposeTimeout: -1 })).toThrow(ScopeStateError);
  expect(currentScope()).toBeUndefined();
});
