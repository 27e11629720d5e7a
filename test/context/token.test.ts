/** Setting and taking back: tokens, in any order, once, in their own Context. */
import { Context, ContextStateError, ContextToken, ContextTokenError, ContextVar, copyContext } from "ambit/context";
import { describe, expect, test } from "vitest";
import { everywhere } from "./states.js";

const stateError = expect.objectContaining({ code: "ERR_AMBIT_CONTEXT_STATE" });
const tokenError = expect.objectContaining({ code: "ERR_AMBIT_CONTEXT_TOKEN" });

describe.each(everywhere)("$name", ({ run }) => {
  test("a copy keeps what the original takes back, among other variables", () =>
    run(() => {
      const [user, tenant] = [new ContextVar<string>("user"), new ContextVar<string>("tenant")];
      tenant.set("acme");
      const token = user.set("ada");
      const copy = copyContext();
      user.reset(token);
      expect([copy.get(user), copy.get(tenant)]).toEqual(["ada", "acme"]);
      expect([user.get("nobody"), tenant.get()]).toEqual(["nobody", "acme"]);
    }));

  test("a token knows its variable, the old value, and that it was not used", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.set("ada");
      const token = user.set("bob");
      expect(token).toBeInstanceOf(ContextToken);
      expect([token.var, token.oldValue, token.used]).toEqual([user, "ada", false]);
    }));

  test("the old value is MISSING where there was none", () =>
    run(() => expect(new ContextVar("user", { default: "nobody" }).set("ada").oldValue).toBe(ContextToken.MISSING)));

  test("an old value of undefined is not MISSING", () =>
    run(() => {
      const user = new ContextVar<string | undefined>("user");
      user.set(undefined);
      expect(user.set("ada").oldValue).toBeUndefined();
    }));

  test("reset puts the old value back, and marks the token used", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.set("ada");
      const token = user.set("bob");
      user.reset(token);
      expect([user.get(), token.used, token.oldValue]).toEqual(["ada", true, "ada"]);
    }));

  test("reset puts an old undefined back", () =>
    run(() => {
      const user = new ContextVar<string | undefined>("user", { default: "nobody" });
      user.set(undefined);
      user.reset(user.set("ada"));
      expect(user.get()).toBeUndefined();
    }));

  test("reset removes the variable where it had no value", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.reset(user.set("ada"));
      expect([user.get("nobody"), copyContext().has(user)]).toEqual(["nobody", false]);
    }));

  test("MISSING can be set like any value, and comes back", () =>
    run(() => {
      const user = new ContextVar<unknown>("user");
      user.set(ContextToken.MISSING);
      user.reset(user.set("ada"));
      expect(user.get()).toBe(ContextToken.MISSING);
    }));

  test("tokens reset out of order each put back their own old value", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const [first, second, third] = [user.set("1"), user.set("2"), user.set("3")];
      user.reset(second);
      expect(user.get()).toBe("1");
      user.reset(third);
      expect(user.get()).toBe("2");
      user.reset(first);
      expect(user.get("nothing")).toBe("nothing");
    }));

  test("a reset brings a value back to where an earlier token's reset had left none", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const [first, second] = [user.set("1"), user.set("2")];
      user.reset(first);
      user.reset(second);
      expect(user.get()).toBe("1");
    }));

  test("resetting one variable leaves the others", () =>
    run(() => {
      const variables = Array.from({ length: 10 }, (_, i) => new ContextVar<number>(`v${i}`));
      const tokens = variables.map((variable, i) => variable.set(i));
      variables[4].reset(tokens[4]);
      expect(variables.map((variable) => variable.get(-1))).toEqual([0, 1, 2, 3, -1, 5, 6, 7, 8, 9]);
    }));

  test("a used token is refused, and changes nothing", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const token = user.set("ada");
      user.reset(token);
      user.set("bob");
      expect(() => user.reset(token)).toThrow(ContextStateError);
      expect(() => user.reset(token)).toThrow(stateError);
      expect(user.get()).toBe("bob");
    }));

  test("a token of another variable is refused, and stays usable", () =>
    run(() => {
      const [user, tenant] = [new ContextVar<string>("user"), new ContextVar<string>("tenant")];
      tenant.set("acme");
      const token = user.set("ada");
      expect(() => tenant.reset(token)).toThrow(ContextTokenError);
      expect(() => tenant.reset(token)).toThrow(tokenError);
      expect([user.get(), tenant.get(), token.used]).toEqual(["ada", "acme", false]);
      user.reset(token);
      expect(user.get("nobody")).toBe("nobody");
    }));

  test.each([
    ["a copy", <R>(fn: () => R) => copyContext().run(fn)],
    ["an empty Context", <R>(fn: () => R) => new Context().run(fn)],
    ["a variable's run", <R>(fn: () => R) => new ContextVar("other").run(1, fn)],
  ])("a token is refused in %s, and stays usable in its own Context", (_, elsewhere) =>
    run(() => {
      const user = new ContextVar<string>("user");
      const token = user.set("ada");
      expect(() => elsewhere(() => user.reset(token))).toThrow(ContextTokenError);
      expect(() => elsewhere(() => user.reset(token))).toThrow(tokenError);
      expect(token.used).toBe(false);
      user.reset(token);
      expect(user.get("nobody")).toBe("nobody");
    }),
  );

  test("a token made in a copy is refused outside it", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const token = copyContext().run(() => user.set("ada"));
      expect(() => user.reset(token)).toThrow(ContextTokenError);
    }));

  test("using resets at the end of its block", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      {
        using _ = user.set("ada");
        expect(user.get()).toBe("ada");
      }
      expect(user.get("nobody")).toBe("nobody");
    }));

  test("using resets when its block throws", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const fail = () => {
        using _ = user.set("ada");
        throw new Error("in the block");
      };
      expect(fail).toThrow("in the block");
      expect(user.get("nobody")).toBe("nobody");
    }));

  test("disposing a used token does nothing", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const token = user.set("ada");
      user.reset(token);
      user.set("bob");
      token[Symbol.dispose]();
      await token[Symbol.asyncDispose]();
      expect(user.get()).toBe("bob");
    });
  });

  test("disposing a token in another Context is refused like a reset", async () => {
    await run(async () => {
      const token = new ContextVar<string>("user").set("ada");
      expect(() => copyContext().run(() => token[Symbol.dispose]())).toThrow(ContextTokenError);
      await expect(copyContext().run(() => token[Symbol.asyncDispose]())).rejects.toThrow(ContextTokenError);
      expect(token.used).toBe(false);
    });
  });
});

describe.each([undefined, null, {}, "token", { var: 1, oldValue: 2, used: false }])(
  "%o instead of a token",
  (wrong) => {
    test("is a TypeError of reset", () => {
      const reset = () => new ContextVar("user").reset(wrong as never);
      expect(reset).toThrow(TypeError);
      expect(reset).toThrow("must be a ContextToken");
    });

    test("rejects resetAsync with a TypeError", async () => {
      const answer = await new ContextVar("user").resetAsync(wrong as never).catch((error: unknown) => error);
      expect(answer).toBeInstanceOf(TypeError);
      expect(answer).toHaveProperty("message", expect.stringContaining("must be a ContextToken"));
    });
  },
);

test("a token's properties cannot be changed", () => {
  const token = copyContext().run(() => new ContextVar<string>("user").set("ada"));
  expect(() => Object.assign(token, { used: true })).toThrow(TypeError);
  expect(() => Object.assign(token, { oldValue: "eve" })).toThrow(TypeError);
});
