/** What a log shows of scopes and containers: one line, and nothing that they hold. */
import { format, inspect } from "node:util";
import { Container, Lifecycle, ScopeClosedError } from "ambit";
import { expect, test } from "vitest";

const secret = "hunter2";

function filled() {
  const container = new Container()
    .register("password", { useValue: secret })
    .register("user", { useFactory: () => ({ secret }) }, { lifecycle: Lifecycle.ContextScoped });
  const scope = container.createScope({ name: "request", seeds: [["token", secret]] });
  scope.resolve("user");
  return { container, scope };
}

test("a scope is one line: its name and its state", async () => {
  const { scope } = filled();
  expect(inspect(scope)).toBe('Scope "request" { open }');
  await scope.close();
  expect(inspect(scope)).toBe('Scope "request" { closed }');
});

test("a scope without a name is one line, too", async () => {
  const scope = new Container().createScope();
  expect(inspect(scope)).toBe("Scope { open }");
  await scope.close();
});

test("a container is one line: how many tokens it knows", () => {
  expect(inspect(filled().container)).toBe("Container { 2 tokens }");
});

test.each(["scope", "container"] as const)(
  "a %s in something else shows nothing that it holds, however deep",
  (what) => {
    const value = { log: { [what]: filled()[what] } };
    for (const text of [inspect(value, { depth: null, showHidden: true }), format("%o %O %j", value, value, value)]) {
      expect(text).not.toContain(secret);
    }
  },
);

test("a scope in JSON is its name, id and state; a container the number of its tokens", () => {
  const { scope, container } = filled();
  expect(JSON.parse(JSON.stringify({ scope, container }))).toEqual({
    scope: { name: "request", id: scope.id, state: "open" },
    container: { tokens: 2 },
  });
});

test("a token that entered a scope shows nothing of it", async () => {
  const token = new Container().enterScope({ seeds: [["password", secret]] });
  expect(inspect(token, { depth: null, showHidden: true })).not.toContain(secret);
  await token.reset();
});

test("an error of a scope shows its id, and nothing that the scope held", async () => {
  const { scope } = filled();
  await scope.close();
  const errors: unknown[] = [];
  try {
    scope.resolve("user");
  } catch (error) {
    errors.push(error);
  }
  const [error] = errors as [ScopeClosedError];
  expect(error).toBeInstanceOf(ScopeClosedError);
  expect(inspect(error, { depth: null })).toContain(
    `ScopeClosedError [ERR_AMBIT_SCOPE_CLOSED]: Cannot resolve user: scope "request" ${scope.id}`,
  );
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret);
  expect(Object.keys(error)).toEqual([]);
});
