/** What becomes of an error on its way to another thread. */
import { DisposalError, ScopeClosedError, UnregisteredTokenError } from "ambit";
import { describe, expect, test } from "vitest";
import { packError, unpackError } from "#src/adapters/pool/packed-error.js";
import { AmbitError } from "#src/errors.js";

/** As it arrives. */
function sent(thrown: unknown, asked?: string): any {
  return unpackError(structuredClone(packError(thrown)), asked);
}

class HttpError extends TypeError {
  readonly #secret = 1;
  status = 409;
  get secret(): number {
    return this.#secret;
  }
}

describe("an error", () => {
  test.each([new TypeError("t"), new RangeError("r"), new SyntaxError("s"), new URIError("u"), new Error("e")])(
    "keeps its built-in class: %s",
    (error) => {
      expect(Object.getPrototypeOf(sent(error))).toBe(Object.getPrototypeOf(error));
      expect(sent(error)).toMatchObject({ name: error.name, message: error.message, stack: error.stack });
    },
  );

  test("of a class of the user's is one of the built-in class below, under its own name and with its fields", () => {
    const error = sent(new HttpError("conflict"));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ name: "HttpError", message: "conflict", status: 409 });
    expect(String(error)).toBe("HttpError: conflict");
  });

  test("keeps a name that it was given", () => {
    expect(sent(Object.assign(new Error("x"), { name: "Conflict" }))).toHaveProperty("name", "Conflict");
  });

  test("leaves behind what cannot be cloned, and only that", () => {
    const error = sent(Object.assign(new Error("x"), { code: "E", socket: { end() {} }, list: [1] }));
    expect(error).toMatchObject({ code: "E", list: [1] });
    expect(error).not.toHaveProperty("socket");
  });

  test("keeps its fields as visible as they were", () => {
    const error = Object.defineProperty(new Error("x"), "code", { value: "E", enumerable: false });
    expect(Object.keys(sent(error))).toEqual([]);
    expect(sent(error)).toHaveProperty("code", "E");
  });

  test("keeps its causes, errors or not", () => {
    const error = sent(new Error("a", { cause: new RangeError("b", { cause: { why: "c" } }) }));
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause.cause).toEqual({ why: "c" });
  });

  test("that is its own cause is followed for a while", () => {
    const error = new Error("round");
    error.cause = error;
    expect(sent(error).cause).toHaveProperty("message", "round");
  });

  test("of several keeps them all", () => {
    const error = sent(new AggregateError([new TypeError("a"), "b"], "both"));
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors).toEqual([new TypeError("a"), "b"]);
  });

  test("of an abort stays one", () => {
    const error = sent(new DOMException("left", "AbortError"));
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: "AbortError", message: "left", code: 20 });
  });

  test("is followed by the stack of whoever waits for it", () => {
    const error = new Error("x");
    expect(sent(error, "\n    at waiter").stack).toBe(`${error.stack}\n    at waiter`);
  });
});

describe("an error of ambit's", () => {
  test("is one again, of its class, with its code and its hidden fields", () => {
    const error = sent(new ScopeClosedError("commit", { name: "job", id: "7", state: "closed" }));
    expect(error).toBeInstanceOf(ScopeClosedError);
    expect(error).toMatchObject({ name: "ScopeClosedError", code: "ERR_AMBIT_SCOPE_CLOSED", scopeId: "7" });
    expect(Object.keys(error)).toEqual([]);
  });

  test("is one again when it is several", () => {
    const error = sent(new DisposalError([new TypeError("a"), new RangeError("b")]));
    expect(error).toBeInstanceOf(DisposalError);
    expect(error).toBeInstanceOf(AmbitError);
    expect(error.errors[1]).toBeInstanceOf(RangeError);
  });

  test("can be thrown through a graph of this thread", async () => {
    const { Container } = await import("ambit");
    const arrived = sent(UnregisteredTokenError.of("db", "db"));
    class Holder {
      constructor() {
        throw arrived;
      }
    }
    const resolve = () => new Container().register("holder", { useClass: Holder, deps: [] }).resolve("holder");
    expect(resolve).toThrow(UnregisteredTokenError);
    expect(resolve).toThrow('"db"');
  });
});

describe("what is no error", () => {
  test.each([["text"], [0], [null], [undefined], [{ status: 409 }]])("arrives as it is: %j", (thrown) => {
    expect(sent(thrown)).toEqual(thrown);
  });

  test("and cannot be cloned arrives as its text", () => {
    expect(sent({ f() {} })).toContain("[Function: f]");
  });
});
