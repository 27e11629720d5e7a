/** "What is set here?": what console.log shows, and what it must never show. */
import { inspect } from "node:util";
import { Context, ContextVar, copyContext } from "ambit/context";
import { expect, test } from "vitest";

test("a Context shows names and values", () => {
  const [requestId, user] = [new ContextVar<string>("requestId"), new ContextVar<object>("user")];
  const shown = new Context().run(() => {
    requestId.set("req-001");
    user.set({ id: 42, admin: true });
    return inspect(copyContext());
  });
  expect(shown).toBe("Context(2) { requestId => 'req-001', user => { id: 42, admin: true } }");
});

test("an empty Context shows that it is empty", () => {
  expect(inspect(new Context())).toBe("Context(0) {}");
});

test("variables of one name are both shown", () => {
  const context = new Context();
  context.run(() => [new ContextVar<number>("same").set(1), new ContextVar<number>("same").set(2)]);
  expect(inspect(context)).toBe("Context(2) { same => 1, same => 2 }");
});

test("a variable shows its name, its value here and its default", () => {
  const region = new ContextVar<unknown>("region", { default: "eu" });
  const shown = region.run("us", () => inspect(region));
  expect(shown).toBe("ContextVar { name: 'region', value: 'us', default: 'eu' }");
  expect(inspect(region)).toBe("ContextVar { name: 'region', default: 'eu' }");
  expect(inspect(new ContextVar("user"))).toBe("ContextVar { name: 'user' }");
});

test("a stored undefined and a default of undefined are shown", () => {
  const region = new ContextVar<unknown>("region", { default: undefined });
  const shown = region.run(undefined, () => inspect(region));
  expect(shown).toBe("ContextVar { name: 'region', value: undefined, default: undefined }");
});

test("a token shows its variable's name, the old value, and whether it was used", () => {
  const user = new ContextVar<string>("user");
  const shown = new Context().run(() => {
    const [first, second] = [user.set("ada"), user.set("bob")];
    user.reset(second);
    return [inspect(first), inspect(second)];
  });
  expect(shown).toEqual([
    "ContextToken { name: 'user', oldValue: Symbol(ContextToken.MISSING), used: false }",
    "ContextToken { name: 'user', oldValue: 'ada', used: true }",
  ]);
});

test("a secret is not shown: not by a Context, its variable, its tokens, in JSON or in an error", () => {
  const password = new ContextVar<string>("password", {
    secret: true,
    default: "swordfish-default",
    onResetAsync: async () => {},
  });
  const other = new ContextVar<string>("other");
  const shown = new Context().run(() => {
    const tokens = [password.set("swordfish-1"), password.set("swordfish-2")];
    const refusals = [() => password.reset(tokens[0]), () => other.reset(tokens[0]), () => copyContext().at(other)];
    const things = [copyContext(), password, ...tokens, ...refusals.map(caught)];
    const deep = { depth: 9, showHidden: true, colors: true };
    return things.flatMap((thing) => [
      inspect(thing, { breakLength: 120 }),
      inspect({ thing }, deep),
      JSON.stringify(thing),
    ]);
  });
  expect(shown.filter((text) => /swordfish/.test(text))).toEqual([]);
  expect(shown).toContain("Context(1) { password => [secret] }");
  expect(shown).toContain("ContextVar { name: 'password', value: [secret], default: [secret] }");
  expect(shown).toContain("ContextToken { name: 'password', oldValue: Symbol(ContextToken.MISSING), used: false }");
  expect(shown).toContain("ContextToken { name: 'password', oldValue: [secret], used: false }");
});

test("a Context in JSON is its names and values", () => {
  const [requestId, password] = [new ContextVar<string>("requestId"), new ContextVar("password", { secret: true })];
  const json = requestId.run("req-001", () => password.run("swordfish", () => JSON.stringify(copyContext())));
  expect(JSON.parse(json)).toMatchObject({ requestId: "req-001", password: "[secret]" });
});

test("a Context of ten variables or more shows how many, once", () => {
  const context = new Context();
  context.run(() => Array.from({ length: 12 }, (_, i) => new ContextVar<number>(`v${i}`).set(i)));
  expect(inspect(context, { breakLength: Infinity })).toMatch(/^Context\(12\) \{ v0 => 0, .*, v11 => 11 \}$/);
});

test("a value that is a Map is shown as one", () => {
  const roles = new ContextVar<Map<string, number>>("roles", { default: new Map([["admin", 1]]) });
  expect(inspect(roles)).toBe("ContextVar { name: 'roles', default: Map(1) { 'admin' => 1 } }");
});

test("names, secrets and what is too deep have the colour of what is no string", () => {
  const password = new ContextVar("password", { secret: true });
  const context = new Context().run(() => password.run("swordfish", copyContext));
  const special = (text: string) => `\u001b[36m${text}\u001b[39m`;
  expect(inspect(context, { colors: true })).toBe(`Context(1) { ${special("password")} => ${special("[secret]")} }`);
  expect(inspect({ context }, { colors: true, depth: 0 })).toBe(`{ context: ${special("[Context(1)]")} }`);
});

test("inspect's depth and colours reach the values", () => {
  const context = new Context();
  context.run(() => new ContextVar<object>("deep").set({ a: { b: { c: { d: 1 } } } }));
  expect(inspect(context, { depth: 1 })).toBe("Context(1) { deep => { a: [Object] } }");
  expect(inspect(context, { depth: null, breakLength: Infinity })).toContain("d: 1");
  expect(inspect({ context }, { depth: 1 })).toBe("{ context: Context(1) { deep => [Object] } }");
  expect(inspect({ a: { b: context } }, { depth: 1 })).toBe("{ a: { b: [Context(1)] } }");
  expect(inspect(context, { colors: true, depth: 9 })).toContain("\u001b[33m1\u001b[39m");
});

test("a value that holds its own Context can be shown", () => {
  const context = new Context();
  context.run(() => new ContextVar<object>("self").set({ context }));
  expect(inspect(context)).toContain("self => ");
});

function caught(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}
