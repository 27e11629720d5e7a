/** Tests for vitest, of which some must fail: each in a scope of its own, which is opened in one of three ways. */
import { Container, currentScope, Lifecycle, type Scope } from "ambit";
import { aroundTest, inTestScope, scopeFixture } from "ambit/testing";
import { aroundEach, describe, expect, test } from "vitest";

class Connection {
  readonly name: string = "real";
}

const ends: string[] = [];

/** Says how its test ended. */
async function* connect(): AsyncGenerator<Connection, void, { status: string }> {
  const { status } = yield new Connection();
  ends.push(status);
  if (status === "success") throw new Error("cannot commit");
}

const container = new Container().register(
  Connection,
  { useGenerator: connect },
  { lifecycle: Lifecycle.ContextScoped },
);
const overrides = [[Connection, { useValue: { name: "fake" } }]] as const;

test(
  "in its scope, with a fake",
  inTestScope(container, { overrides }, (scope) => expect(scope.resolve(Connection).name).toBe("fake")),
);
test(
  "in its scope, and cannot commit",
  inTestScope(container, {}, async (scope) => expect(await scope.resolveAsync(Connection)).toBeDefined()),
);
test(
  "in its scope, and fails",
  inTestScope(container, {}, async (scope) => expect(await scope.resolveAsync(Connection)).toBe("fake")),
);

describe("around", () => {
  aroundEach(aroundTest(container));
  test("around it, and cannot commit", async () =>
    expect(await currentScope()?.resolveAsync(Connection)).toBeDefined());
  test("around it, and fails", async () => expect(await currentScope()?.resolveAsync(Connection)).toBe("fake"));
});

const it = test.extend<{ scope: Scope }>({ scope: scopeFixture(container) });
it("with the fixture, and cannot commit", ({ scope }) => isConnected(scope));
it("with the fixture, and fails", async ({ scope }) => {
  await isConnected(scope);
  throw new Error("it fails");
});

async function isConnected(scope: Scope): Promise<void> {
  if (!(await scope.resolveAsync(Connection))) throw new Error("there is no connection");
}

test("tells how those before it have ended", () =>
  expect(ends.join()).toBe("success,error,success,error,success,error"));
