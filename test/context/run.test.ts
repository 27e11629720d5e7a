/** `ContextVar.run`, rootless variables, and what the constructor accepts. */
import { inspect } from "node:util";
import { Context, ContextStateError, ContextVar, copyContext } from "ambit/context";
import { describe, expect, test } from "vitest";
import { everywhere, inAContext, inTheRoot } from "./states.js";

describe.each(everywhere)("$name", ({ run }) => {
  test("run gives its function the value, and the caller what the function gives", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      expect(user.run("ada", () => `hello ${user.get()}`)).toBe("hello ada");
    }));

  test("after run the variable is what it was", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.set("ada");
      user.run("bob", () => {});
      expect(user.get()).toBe("ada");
    }));

  test("run keeps the other variables, and keeps what is set in it to itself", () =>
    run(() => {
      const [user, tenant] = [new ContextVar<string>("user"), new ContextVar<string>("tenant")];
      tenant.set("acme");
      const seen = user.run("ada", () => {
        const before = tenant.get();
        tenant.set("other");
        return before;
      });
      expect([seen, tenant.get()]).toEqual(["acme", "acme"]);
    }));

  test("run passes on what its function throws, and ends all the same", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const failure = new Error("no");
      const fail = () => {
        throw failure;
      };
      expect(() => user.run("ada", fail)).toThrow(failure);
      expect(user.get("nobody")).toBe("nobody");
    }));

  test("run follows its function through every await, and does not reach the caller", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const work = user.run("ada", async () => {
        await Promise.resolve();
        return user.get();
      });
      expect(user.get("nobody")).toBe("nobody");
      expect(await work).toBe("ada");
    });
  });

  test("run inside run of the same variable works", () =>
    run(() => {
      const depth = new ContextVar("depth", { default: 0 });
      const down = (): number => (depth.get() === 50 ? depth.get() : depth.run(depth.get() + 1, down));
      expect([down(), depth.get()]).toEqual([50, 0]);
    }));

  test("a rootless variable can be given a value by run", () =>
    run(() => {
      const user = new ContextVar<string>("user", { rootless: true });
      expect(user.run("ada", () => user.get())).toBe("ada");
    }));
});

describe.each(inTheRoot)("$name", ({ run }) => {
  test("a rootless variable refuses set, and stays unset", () =>
    run(() => {
      const user = new ContextVar<string>("user", { rootless: true });
      expect(() => user.set("ada")).toThrow(ContextStateError);
      expect(() => user.set("ada")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_CONTEXT_STATE" }));
      expect(user.get("nobody")).toBe("nobody");
    }));

  test("a rootless variable can be read", () =>
    run(() => expect(new ContextVar("user", { rootless: true, default: "nobody" }).get()).toBe("nobody")));
});

describe.each(inAContext)("$name", ({ run }) => {
  test("a rootless variable can be set", () =>
    run(() => {
      const user = new ContextVar<string>("user", { rootless: true });
      user.set("ada");
      expect(user.get()).toBe("ada");
    }));
});

describe.each([undefined, null, 1, Symbol("name"), {}])("%o instead of a name", (name) => {
  test("is a TypeError", () => expect(() => new ContextVar(name as never)).toThrow(TypeError));
});

describe.each([
  null,
  "options",
  { onReset: 1 },
  { onReset: null },
  { onResetAsync: {} },
  { rootless: 1 },
  { secret: "yes" },
  { travels: false },
  { travels: null },
  { travels: {} },
  { travels: { encode: String } },
  { travels: { decode: String } },
])("%o instead of options", (options) => {
  test("is a TypeError", () => expect(() => new ContextVar("user", options as never)).toThrow(TypeError));
});

test("options that are undefined are options that are not given", () => {
  const options = {
    onReset: undefined,
    onResetAsync: undefined,
    travels: undefined,
    rootless: undefined,
    secret: undefined,
  };
  expect(() => new ContextVar("user", options as never)).not.toThrow();
});

test.each([true as const, { encode: (date: Date) => date.toISOString(), decode: (text: string) => new Date(text) }])(
  "travels: %o is accepted",
  (travels) => {
    expect(() => new ContextVar<Date>(`since ${inspect(travels)}`, { travels })).not.toThrow();
  },
);

test.each([undefined, null, {}, "fn"])("%o instead of a function is a TypeError of run", (fn) => {
  const user = new ContextVar<string>("user");
  const runs = [
    () => user.run("ada", fn as never),
    () => new Context().run(fn as never),
    () => copyContext().run(fn as never),
  ];
  for (const run of runs) {
    expect(run).toThrow(TypeError);
    expect(run).toThrow("must be a function");
  }
});
