/** A scope for each test, in vitest and in node:test. The last test needs a build. */
import { spawnSync } from "node:child_process";
import { Container, currentScope, Lifecycle, type Scope } from "ambit";
import { aroundTest, inTestScope, scopeFixture } from "ambit/testing";
import { aroundEach, describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { ROOT } from "../support/repository.js";

const { ContextScoped, Singleton } = Lifecycle;

class Clock {
  now(): string {
    return "the real time";
  }
}
class Greeter {
  constructor(readonly clock: Clock) {}
  greet(): string {
    return `hello at ${this.clock.now()}`;
  }
}
const at = (now: string) => ({ overrides: [[Clock, { useValue: { now: () => now } }]] as const });

const container = new Container()
  .register(Clock, Clock, { lifecycle: Singleton })
  .register(Greeter, { useClass: Greeter, deps: [Clock] }, { lifecycle: ContextScoped });

describe("tests over one container run side by side, each with what it replaces", () => {
  const both = [deferred(), deferred()];
  const meet = async (number: number) => {
    both[number].resolve();
    await Promise.all(both.map(({ promise }) => promise));
  };
  const greetAt = (number: number) =>
    inTestScope(container, at(`${number}`), async () => {
      await meet(number);
      expect(container.resolve(Greeter).greet()).toBe(`hello at ${number}`);
    });
  test.concurrent("the one", greetAt(0));
  test.concurrent("the other", greetAt(1));
});

describe("around each test of vitest", () => {
  let made = 0;
  aroundEach(aroundTest(container, () => at(`${++made}`)));
  test("what is replaced is there in the first", () => {
    expect(container.resolve(Greeter).greet()).toBe("hello at 1");
  });
  test("and made anew for the second", () => {
    expect(container.resolve(Greeter).greet()).toBe("hello at 2");
  });
});

describe("as a fixture of vitest", () => {
  const it = test.extend<{ scope: Scope }>({ scope: scopeFixture(container, at("noon")) });
  it("a test is given its scope", ({ scope }) => {
    expect(scope.resolve(Greeter).greet()).toBe("hello at noon");
    expect(scope.state).toBe("open");
  });
});

test("passes on what the runner gives, and has no parent", async () => {
  const given = await container.runInScope(async () => {
    const seen: unknown[] = [];
    await inTestScope(container, {}, (scope, ...rest: string[]) => {
      seen.push(rest, scope.parent, currentScope() === scope);
    })("a", "b");
    return seen;
  });
  expect(given).toEqual([["a", "b"], undefined, true]);
});

test("has looks that runners take for no callback and no fixtures", () => {
  expect(inTestScope(container, {}, () => {})).toHaveLength(0);
  expect(scopeFixture(container)).toHaveLength(0);
});

test("a disposer that fails makes the test fail, after it was awaited", async () => {
  const broken = new Container().register(
    "broken",
    { useFactory: () => ({ [Symbol.asyncDispose]: () => Promise.reject(new Error("still locked")) }) },
    { lifecycle: ContextScoped },
  );
  const run = inTestScope(broken, {}, (scope) => void scope.resolve("broken"));
  await expect(run()).rejects.toThrow("still locked");
});

test("runs in node:test, and fails there by what its disposers throw", () => {
  const program = `
    import assert from "node:assert";
    import { test } from "node:test";
    import { Container, Lifecycle } from "ambit";
    import { inTestScope } from "ambit/testing";
    const container = new Container()
      .register("real", { useFactory: () => "real" }, { lifecycle: Lifecycle.ContextScoped })
      .register("broken", { useFactory: () => ({ dispose() { throw new Error("still locked"); } }) }, { lifecycle: Lifecycle.ContextScoped });
    const fake = (value) => ({ overrides: [["real", { useValue: value }]] });
    test("side by side", { concurrency: true }, async (t) => {
      for (const value of ["a", "b"]) void t.test(value, inTestScope(container, fake(value), async (scope, own) => {
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(container.resolve("real"), own.name);
      }));
    });
    test("ends badly", inTestScope(container, {}, (scope) => void scope.resolve("broken")));`;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-"], {
    cwd: ROOT,
    encoding: "utf8",
    input: program,
    env: { ...env, NODE_OPTIONS: "--test-reporter=tap" },
  });
  expect(stdout).toContain("ok 1 - side by side");
  expect(stdout).toContain("not ok 2 - ends badly");
  expect(stdout).toContain("still locked");
});
