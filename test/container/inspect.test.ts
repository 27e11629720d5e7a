/** What a log shows of containers, scopes and errors: neither the registry nor a user's seeds. */
import { inspect } from "node:util";
import { Container, dep, Lifecycle } from "ambit";
import { expect, test } from "vitest";

const SECRET = "correct horse battery staple";

/** A container, a scope and an error out of them; whatever they know is secret. */
function family() {
  const container = new Container();
  container.register("config", { useValue: { password: SECRET } }).register("failing", { useToken: "missing" });
  container.register("session", { useFactory: () => ({ SECRET }) }, { lifecycle: Lifecycle.ContextScoped });
  container.register("pool", { useFactory: () => ({ SECRET }) }, { lifecycle: Lifecycle.Singleton });
  const scope = container.createScope({ name: "request", seeds: [["user", { token: SECRET }]] });
  for (const token of ["config", "session", "pool", "user"]) scope.resolve(token);
  return { container, child: container.createChildContainer(), scope, inner: container.createScope({ parent: scope }) };
}

test.each(["container", "child", "scope", "inner"] as const)("%s is one line, without what it holds", (which) => {
  const { [which]: shown } = family();
  for (const options of [{}, { depth: 20 }, { depth: 20, showHidden: true, getters: true }]) {
    const text = inspect(shown, options);
    expect(text).not.toContain(SECRET);
    expect(text.split("\n").length).toBe(1);
  }
});

test.each(["container", "child", "scope", "inner"] as const)("%s in JSON is without what it holds", (which) => {
  expect(JSON.stringify({ [which]: family()[which] })).not.toContain(SECRET);
});

test("a scope shows its name and its state", async () => {
  const { scope } = family();
  expect(inspect(scope)).toMatch(/^Scope "request" \{.*open.*\}$/);
  await scope.close();
  expect(inspect(scope)).toMatch(/^Scope "request" \{.*closed.*\}$/);
});

test("a scope's token shows the scope as the scope does", async () => {
  const { container } = family();
  const token = container.enterScope({ seeds: [["user", SECRET]] });
  expect(inspect(token, { depth: 20 })).not.toContain(SECRET);
  await token.reset();
});

test("an instance that holds its container and its scope shows no more of them", () => {
  const container = new Container().register("config", { useValue: SECRET });
  container.register("service", { useFactory: (inner, scope) => ({ inner, scope }) });
  const service = container.runInScopeSync({ seeds: [["user", SECRET]] }, (scope) => scope.resolve("service"));
  expect(inspect(service, { depth: 20, showHidden: true })).not.toContain(SECRET);
});

test("a ref shows neither its container nor what it leads to", () => {
  const { container, scope } = family();
  container.register("ref", { deps: [dep.ref("user")], useFactory: (user) => user });
  expect(inspect(scope.resolve("ref"), { depth: 20, showHidden: true })).not.toContain(SECRET);
});

test("an error shows its text, and nothing that it knows", () => {
  const { scope } = family();
  let error: unknown;
  try {
    scope.resolve("failing");
  } catch (thrown) {
    error = thrown;
  }
  for (const options of [{}, { depth: 20 }, { depth: 20, showHidden: true }]) {
    expect(inspect(error, options)).not.toContain(SECRET);
  }
  expect(JSON.stringify(error)).toBe("{}");
});
