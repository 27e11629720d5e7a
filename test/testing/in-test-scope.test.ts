/** A scope for each test, in vitest. */
import { Container, currentScope, Lifecycle, type Scope } from "ambit";
import { aroundTest, inTestScope, scopeFixture } from "ambit/testing";
import { aroundEach, describe, expect, test } from "vitest";

import { deferred } from "../support/deferred.js";

const base = test;
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
    inTestScope(container, at(`${number}`), async (_, { task }: { task: { name: string } }) => {
      await meet(number);
      expect(container.resolve(Greeter).greet()).toBe(task.name);
    });
  // oxlint-disable-next-line vitest/expect-expect -- they are in the function that is wrapped
  test.concurrent("hello at 0", greetAt(0));
  // oxlint-disable-next-line vitest/expect-expect
  test.concurrent("hello at 1", greetAt(1));
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
  const test = base.extend<{ scope: Scope }>({ scope: scopeFixture(container, at("noon")) });
  // oxlint-disable vitest/no-standalone-expect -- it does not know this test for one
  test("a test is given its scope", ({ scope }) => {
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

test("needs no options", async () => {
  await inTestScope(container, (scope, given: string) => {
    expect([given, currentScope()]).toEqual(["a", scope]);
  })("a");
  expect.assertions(1);
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
