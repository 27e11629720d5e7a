/** Contexts as objects: run, copy, and looking at what is set. */
import { Context, ContextKeyError, ContextLookupError, ContextVar, copyContext } from "ambit/context";
import { describe, expect, test } from "vitest";
import { currentCell } from "#src/context/cell.js";
import { everywhere } from "./states.js";

describe.each(everywhere)("$name", ({ run }) => {
  test("run passes its arguments on, and gives what the function gives", () =>
    run(() => {
      const sum = (...numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
      expect(new Context().run(sum)).toBe(0);
      expect(new Context().run(sum, 1, 2, 3)).toBe(6);
    }));

  test("run passes on what the function throws, and the caller is in its own Context again", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.set("ada");
      const failure = new Error("no");
      const fail = () => {
        throw failure;
      };
      expect(() => new Context().run(fail)).toThrow(failure);
      expect(user.get()).toBe("ada");
    }));

  test("what is set in a Context stays there, for the next run too", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const context = copyContext();
      context.run(() => user.set("ada"));
      expect(user.get("nobody")).toBe("nobody");
      expect(context.run(() => user.get())).toBe("ada");
    }));

  test("a new Context is empty", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.set("ada");
      const context = new Context();
      expect(context.size).toBe(0);
      expect(context.run(() => user.get("nobody"))).toBe("nobody");
    }));

  test("copyContext has what is set now, not what is set later", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      user.set("ada");
      const context = copyContext();
      user.set("bob");
      expect([context.get(user), context.run(() => user.get())]).toEqual(["ada", "ada"]);
    }));

  test("a copy and its original change apart", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const original = copyContext();
      original.run(() => user.set("ada"));
      const copy = original.copy();
      copy.run(() => user.set("bob"));
      expect([original.get(user), copy.get(user)]).toEqual(["ada", "bob"]);
      original.run(() => user.set("eve"));
      expect([original.get(user), copy.get(user)]).toEqual(["eve", "bob"]);
    }));

  test("a copy can be made of a Context that is entered", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const context = new Context();
      const copy = context.run(() => {
        user.set("ada");
        return context.copy();
      });
      expect(copy.run(() => user.get())).toBe("ada");
    }));

  test("get, at and has see what was set, and never a default", () =>
    run(() => {
      const region = new ContextVar("region", { default: "eu" });
      const context = copyContext();
      expect([context.get(region), context.get(region, "us"), context.has(region)]).toEqual([undefined, "us", false]);
      expect(() => context.at(region)).toThrow(ContextKeyError);
      context.run(() => region.set("asia"));
      expect([context.get(region), context.get(region, "us"), context.has(region)]).toEqual(["asia", "asia", true]);
      expect(context.at(region)).toBe("asia");
    }));

  test("a variable that is set to undefined is there", () =>
    run(() => {
      const user = new ContextVar<string | undefined>("user");
      const context = copyContext();
      context.run(() => user.set(undefined));
      expect([context.has(user), context.at(user), context.get(user, "nobody")]).toEqual([true, undefined, undefined]);
    }));

  test("iterating gives the entries in the order in which they were first set", () =>
    run(() => {
      const [one, two] = [new ContextVar<number>("one"), new ContextVar<number>("two")];
      const context = new Context();
      context.run(() => [one.set(0), two.set(2), one.set(1)]);
      const entries = [
        [one, 1],
        [two, 2],
      ];
      expect([...context]).toEqual(entries);
      expect([...context.entries()]).toEqual(entries);
      expect([...context.keys()]).toEqual([one, two]);
      expect([...context.values()]).toEqual([1, 2]);
      expect(context.size).toBe(2);
    }));

  test("iterating gives the entries of the moment at which it began", () =>
    run(() => {
      const [one, two] = [new ContextVar<number>("one"), new ContextVar<number>("two")];
      const context = new Context();
      context.run(() => one.set(1));
      const iterators = [context.entries(), context.keys(), context.values(), context[Symbol.iterator]()];
      context.run(() => [one.set(9), two.set(2)]);
      expect(iterators.map((iterator) => [...iterator])).toEqual([[[one, 1]], [one], [1], [[one, 1]]]);
    }));

  test("changing an entry that was given changes nothing in the Context", () =>
    run(() => {
      const one = new ContextVar<number>("one");
      const context = new Context();
      context.run(() => one.set(1));
      for (const entry of context) entry[1] = 9;
      expect(context.get(one)).toBe(1);
    }));
});

describe("equals", () => {
  const [one, two] = [new ContextVar<unknown>("one"), new ContextVar<unknown>("two")];
  const contextOf = (...entries: [ContextVar<unknown>, unknown][]): Context => {
    const context = new Context();
    context.run(() => entries.map(([variable, value]) => variable.set(value)));
    return context;
  };

  test("a Context equals itself, its copy and another empty one", () => {
    const context = contextOf([one, {}]);
    expect([context.equals(context), context.equals(context.copy())]).toEqual([true, true]);
    expect(new Context().equals(new Context())).toBe(true);
  });

  test("the order of setting does not matter", () => {
    expect(contextOf([one, 1], [two, 2]).equals(contextOf([two, 2], [one, 1]))).toBe(true);
  });

  test.each([
    [Number.NaN, Number.NaN, true],
    [0, -0, false],
    [undefined, null, false],
    [{}, {}, false],
    ["1", 1, false],
  ])("%o and %o are compared with Object.is", (left, right, same) => {
    expect(contextOf([one, left]).equals(contextOf([one, right]))).toBe(same);
  });

  test("other variables make a difference, undefined ones too", () => {
    expect(contextOf([one, 1]).equals(contextOf([two, 1]))).toBe(false);
    expect(contextOf([one, undefined]).equals(new Context())).toBe(false);
    expect(contextOf([one, undefined]).equals(contextOf([two, undefined]))).toBe(false);
    expect(contextOf([one, 1]).equals(contextOf([one, 1], [two, 2]))).toBe(false);
  });

  test("one value among others makes a difference, whichever it is", () => {
    expect(contextOf([one, 1], [two, 2]).equals(contextOf([one, 1], [two, 3]))).toBe(false);
    expect(contextOf([one, 1], [two, 2]).equals(contextOf([one, 3], [two, 2]))).toBe(false);
  });

  test("a variable that is the value of another one is not taken for a key", () => {
    expect(contextOf([one, two]).equals(contextOf([two, two]))).toBe(false);
  });

  test.each([undefined, null, {}, new Map(), []])("%o instead of a Context is a TypeError", (other) => {
    const compare = () => new Context().equals(other as never);
    expect(compare).toThrow(TypeError);
    expect(compare).toThrow("must be a Context");
  });
});

test("at throws an error that is a lookup error too, and has a code", () => {
  const user = new ContextVar<string>("user");
  const error = caught(() => new Context().at(user));
  expect(error).toBeInstanceOf(ContextLookupError);
  expect(error).toMatchObject({ name: "ContextKeyError", code: expect.stringMatching(/^ERR_AMBIT_CONTEXT_/) });
});

describe.each([undefined, null, "user", {}, { name: "user" }])("%o instead of a variable", (wrong) => {
  test("is a TypeError of get, at and has", () => {
    expect(() => new Context().get(wrong as never)).toThrow(TypeError);
    expect(() => new Context().at(wrong as never)).toThrow(TypeError);
    expect(() => new Context().has(wrong as never)).toThrow(TypeError);
  });
});

test("copy, copyContext and run keep the current scope; a new Context has none", () => {
  const scope = {};
  const context = new Context();
  context.run(() => {
    currentCell().scope = scope;
    const copies = [copyContext(), copyContext().copy(), context.copy()];
    expect(copies.map((copy) => copy.run(() => currentCell().scope))).toEqual([scope, scope, scope]);
    expect(new ContextVar("user").run(1, () => currentCell().scope)).toBe(scope);
    expect(new Context().run(() => currentCell().scope)).toBeUndefined();
  });
});

test("a copy shares the variables of its original, however many there are", () => {
  const context = new Context();
  context.run(() => Array.from({ length: 1000 }, (_, i) => new ContextVar<number>(`v${i}`).set(i)));
  expect(context.copy().vars).toBe(context.vars);
  expect(context.run(() => copyContext().vars)).toBe(context.vars);
});

function caught(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
