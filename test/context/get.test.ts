/** What a context variable gives: presence is presence. */
import { ContextLookupError, ContextVar, copyContext } from "ambit/context";
import { describe, expect, test } from "vitest";
import { everywhere } from "./states.js";

describe.each(everywhere)("$name", ({ run }) => {
  test("get gives what set put", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.set("ada");
      expect(user.get()).toBe("ada");
    }));

  test("get throws when there is neither a value nor a default", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      expect(() => user.get()).toThrow(ContextLookupError);
      expect(() => user.get()).toThrow(expect.objectContaining({ code: "ERR_AMBIT_CONTEXT_LOOKUP" }));
    }));

  test("get gives the default where nothing is set", () =>
    run(() => expect(new ContextVar("region", { default: "eu" }).get()).toBe("eu")));

  test("a default of undefined is a default", () =>
    run(() => expect(new ContextVar("region", { default: undefined }).get()).toBeUndefined()));

  test.each([undefined, null, 0, "", false, Number.NaN])("a stored %s beats the default", (value) =>
    run(() => {
      const region = new ContextVar<unknown>("region", { default: "eu" });
      region.set(value);
      expect(region.get()).toBe(value);
    }),
  );

  test("an explicit fallback beats the default", () =>
    run(() => expect(new ContextVar("region", { default: "eu" }).get("us")).toBe("us")));

  test("an explicit undefined is a fallback, and beats the default", () =>
    run(() => {
      expect(new ContextVar("user").get(undefined)).toBeUndefined();
      expect(new ContextVar("region", { default: "eu" }).get(undefined)).toBeUndefined();
    }));

  test("a value beats the fallback, a stored undefined too", () =>
    run(() => {
      const user = new ContextVar<string | undefined>("user");
      user.set(undefined);
      expect(user.get("nobody")).toBeUndefined();
    }));

  test("reading a default or a fallback stores nothing", () =>
    run(() => {
      const region = new ContextVar("region", { default: "eu" });
      region.get();
      region.get("us");
      expect(copyContext().has(region)).toBe(false);
    }));

  test("variables of one name are different variables", () =>
    run(() => {
      const [one, two] = [new ContextVar<number>("same"), new ContextVar<number>("same")];
      one.set(1);
      two.set(2);
      expect([one.get(), two.get()]).toEqual([1, 2]);
    }));

  test("a variable that is the value of another one is not taken for a key", () =>
    run(() => {
      const [inner, outer] = [new ContextVar<string>("inner"), new ContextVar<unknown>("outer")];
      outer.set(inner);
      expect(inner.get("absent")).toBe("absent");
    }));

  test.each([1, 8, 9, 100])("%i variables keep their values apart", (count) =>
    run(() => {
      const variables = Array.from({ length: count }, (_, i) => new ContextVar<number>(`v${i}`));
      for (const [i, variable] of variables.entries()) variable.set(i);
      expect(variables.map((variable) => variable.get())).toEqual(variables.map((_, i) => i));
    }),
  );
});

test("a variable finds its value wherever it stands in each Context", () => {
  const [first, second] = [new ContextVar<string>("first"), new ContextVar<string>("second")];
  const oneOrder = copyContext();
  const otherOrder = copyContext();
  oneOrder.run(() => [first.set("1a"), second.set("2a")]);
  otherOrder.run(() => [second.set("2b"), first.set("1b")]);
  for (let i = 0; i < 3; i++) {
    expect(oneOrder.run(() => [first.get(), second.get()])).toEqual(["1a", "2a"]);
    expect(otherOrder.run(() => [first.get(), second.get()])).toEqual(["1b", "2b"]);
  }
});
