/** What goes along to another thread: which variables, in which form, and what is refused by name. */
import { ContextStateError, ContextVar, copyContext, TravelError } from "ambit";
import { describe, expect, test } from "vitest";
import { type Luggage, pack, unpack } from "#src/context/travel.js";

let made = 0;
/** A name that no other variable of this thread has. */
const named = (name: string) => `${name} ${++made}`;

/** Packs in a Context where the variable is `value`, clones as a message port does, and reads it on the other side. */
function send<T>(variable: ContextVar<T>, value: T): T {
  const luggage = structuredClone(variable.run(value, pack));
  return unpack(luggage, () => variable.get());
}

describe("what travels", () => {
  test("is the value of a variable that says so, in a Context of its own", () => {
    const id = new ContextVar<string>(named("id"), { travels: true });
    const local = new ContextVar<string>("local");
    copyContext().run(() => {
      id.set("r1");
      local.set("stays");
      const luggage = pack();
      expect(luggage).toEqual([id.name, "r1"]);
      unpack(luggage, () => {
        expect(id.get()).toBe("r1");
        expect(local.get("none")).toBe("none");
        id.set("changed there");
      });
      expect(id.get()).toBe("r1");
    });
  });

  test("is no default: the other thread has its own", () => {
    const level = new ContextVar(named("level"), { travels: true, default: "info" });
    expect(copyContext().run(pack)).not.toContain(level.name);
  });

  test("is a value even where it is undefined", () => {
    const user = new ContextVar<string | undefined>(named("user"), { travels: true, default: "nobody" });
    expect(send(user, undefined)).toBeUndefined();
  });

  test("goes through the variable's codec, both ways", () => {
    class Money {
      constructor(readonly cents: number) {}
    }
    const codec = {
      encode: ({ cents }: Money) => ({ cents }),
      decode: ({ cents }: { cents: number }) => new Money(cents),
    };
    const price = new ContextVar<Money>(named("price"), { travels: codec });
    expect(send(price, new Money(5))).toEqual(new Money(5));
    expect(send(price, new Money(5))).toBeInstanceOf(Money);
  });

  test("is left out where no module knows the name", () => {
    const luggage: Luggage = [named("unknown there"), 1];
    expect(unpack(luggage, () => copyContext().size)).toBe(0);
  });

  test.each([
    ["plain", { a: [1, "b", null, undefined, 3n, Number.NaN], b: { c: true } }],
    ["without a prototype", Object.assign(Object.create(null), { a: 1 })],
    ["a Map", new Map<unknown, unknown>([[{ key: 1 }, new Set([1, 2])]])],
    ["a Date", new Date(0)],
    ["a RegExp", /a/g],
    ["bytes", new Uint8Array([1, 2])],
    ["an error", new RangeError("far")],
    ["an error with a cause", new Error("far", { cause: { code: "E" } })],
  ])("arrives as it was: %s", (_, value) => {
    expect(send(new ContextVar<unknown>(named("value"), { travels: true }), value)).toEqual(value);
  });

  test("may contain itself", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const arrived = send(new ContextVar<typeof circle>(named("circle"), { travels: true }), circle);
    expect(arrived.self).toBe(arrived);
  });
});

describe("what is refused", () => {
  class Region {
    readonly code = "eu";
  }
  class OddError extends Error {}
  class List extends Array {}

  test.each([
    ["an instance of a class", new Region(), "value is an instance of Region, which would not arrive as one"],
    ["one inside", { in: [{ region: new Region() }] }, "value.in[0].region is an instance of Region"],
    ["one in a Map", new Map([["eu", new Region()]]), "value<0> is an instance of Region"],
    ["one as a key", new Map([[new Region(), 1]]), "value<key 0> is an instance of Region"],
    ["one in a Set", new Set([1, new Region()]), "value<1> is an instance of Region"],
    ["a Buffer", Buffer.from("a"), "value is an instance of Buffer"],
    ["an AbortSignal", AbortSignal.abort(), "value is an instance of AbortSignal"],
    ["an error of a class of one's own", new OddError("odd"), "value is an instance of OddError"],
    ["a list of a class of one's own", new List(), "value is an instance of List"],
    ["an anonymous class's", new (class {})(), "value is an instance of a class"],
    ["a promise", Promise.resolve(), "value is an instance of Promise"],
    ["a URL", new URL("http://a.b"), "value is an instance of URL"],
    ["a function", () => {}, "value is a function, which cannot be cloned"],
    ["a symbol", { key: Symbol("s") }, "value.key is a symbol, which cannot be cloned"],
    ["a Proxy", { of: new Proxy([], {}) }, "value.of is a Proxy, which cannot be cloned"],
    ["the arguments of a function", argumentsObject(), "value is an arguments object, which cannot be cloned"],
    ["what was put on an error", Object.assign(new Error("e"), { code: "E" }), 'value has a property "code", which'],
    ["what was put on a Map", Object.assign(new Map(), { size2: 1 }), 'value has a property "size2", which'],
    ["what was put on a Date", Object.assign(new Date(), { zone: "utc" }), 'value has a property "zone", which'],
    ["one behind an error", new Error("e", { cause: new Region() }), "value.cause is an instance of Region"],
    ["what is under a symbol", { [Symbol("s")]: 1 }, "value has properties under symbols, which would not arrive"],
  ])("%s, by the name of its variable and with the remedy", (_, value, reason) => {
    const variable = new ContextVar<unknown>(named("value"), { travels: true });
    const act = () => variable.run(value, pack);
    expect(act).toThrow(TravelError);
    expect(act).toThrow(`Cannot send context variable "${variable.name}" to another thread: `);
    expect(act).toThrow(reason.replace("value", variable.name));
    expect(act).toThrow(`Fix: give ${variable.name} a codec`);
  });

  test("what cannot even be read, with the cause", () => {
    const broken = new Error("no such region");
    const variable = new ContextVar<unknown>(named("value"), { travels: true });
    const getter = {
      get region(): never {
        throw broken;
      },
    };
    const deep = Array.from({ length: 20_000 }).reduce<unknown[]>((inner) => [inner], []);
    const causes = [getter, deep].map((value) => {
      const error = caught(() => variable.run(value, pack));
      expect(error).toBeInstanceOf(TravelError);
      expect(String(error)).toContain(`"${variable.name}" cannot be read: `);
      return (error as TravelError).cause;
    });
    expect(causes).toEqual([broken, expect.any(RangeError)]);
  });

  test("what a codec gives and a clone would spoil", () => {
    const variable = new ContextVar<Region>(named("value"), {
      travels: { encode: (value) => value, decode: () => null as never },
    });
    expect(() => variable.run(new Region(), pack)).toThrow("have its encode return what a structured clone keeps");
  });

  test("what a codec throws, as the cause", () => {
    const broken = new Error("no such region");
    const fail = () => {
      throw broken;
    };
    const encoding = new ContextVar<number>(named("encoding"), { travels: { encode: fail, decode: Number } });
    const decoding = new ContextVar<number>(named("decoding"), { travels: { encode: Number, decode: fail } });
    for (const variable of [encoding, decoding]) {
      const error = caught(() => send(variable, 1));
      expect(error).toBeInstanceOf(TravelError);
      expect(error).toMatchObject({
        cause: broken,
        message: expect.stringContaining(`"${variable.name}" failed: no such region`),
      });
    }
  });

  test("a second travelling variable of a name in this thread", () => {
    const first = new ContextVar<number>(named("twice"), { travels: true });
    const second = () => new ContextVar(first.name, { travels: true });
    expect(second).toThrow(ContextStateError);
    expect(second).toThrow(
      `Cannot make a second travelling context variable "${first.name}": another thread could not tell the two apart.\n` +
        "Fix: give it another name; make each variable once, at the top of a module.",
    );
    expect(() => new ContextVar(first.name)).not.toThrow();
    expect(send(first, 1)).toBe(1);
  });

  test("no value of a secret variable is in an error", () => {
    const secret = new ContextVar<unknown>(named("secret"), { travels: true, secret: true });
    const error = caught(() => secret.run({ password: new Region() }, pack));
    expect(String(error)).not.toContain("eu");
  });
});

function argumentsObject(): unknown {
  return arguments;
}

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
