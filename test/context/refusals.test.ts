/** What context variables refuse: the whole text of each error, with what it names and the way out. */
import {
  bindContext,
  Context,
  ContextKeyError,
  ContextLookupError,
  ContextStateError,
  ContextTokenError,
  ContextVar,
  copyContext,
} from "ambit/context";
import { describe, expect, test } from "vitest";

const user = new ContextVar<string>("user");
const connection = new ContextVar<string>("connection", { onResetAsync: async () => {} });
const perRequest = new ContextVar<string>("perRequest", { rootless: true });

const refusals: [what: string, error: Error, refused: () => unknown][] = [
  [
    "get of what has no value",
    new ContextLookupError(
      'Cannot get context variable "user": it has no value in this Context, and no default.',
      "call user.set(value) earlier in this flow, or read it with user.get(fallback).",
    ),
    () => new Context().run(() => user.get()),
  ],
  [
    "at of what is not set",
    new ContextKeyError(
      'Context variable "user" is not set in this Context.',
      "use get(variable, fallback), which does not throw; a Context knows no defaults.",
    ),
    () => new Context().at(user),
  ],
  [
    "set of a rootless variable in the root",
    new ContextStateError(
      'Cannot set context variable "perRequest" in the root Context: every flow that did not fork would see its value.',
      "set it inside copyContext().run(() => ...), or use perRequest.run(value, () => ...).",
    ),
    () => perRequest.set("ada"),
  ],
  [
    "reset of a variable with an async cleanup",
    new ContextStateError(
      'Cannot reset context variable "connection" synchronously: its cleanup has to be awaited.',
      'await connection.resetAsync(token), or declare the token with "await using".',
    ),
    () => connection.reset(connection.set("a")),
  ],
  [
    "a token that has been used",
    new ContextStateError('Cannot reset context variable "user": this token has been used once already.'),
    () => {
      const token = user.set("ada");
      user.reset(token);
      user.reset(token);
    },
  ],
  [
    "a token of another variable",
    new ContextTokenError(
      'Cannot reset context variable "user" with a token of another variable, "connection".',
      "give each variable the token that its own set returned.",
    ),
    () => user.reset(connection.set("a")),
  ],
  [
    "a token of another Context",
    new ContextTokenError(
      'Cannot reset context variable "user": this token was made in another Context.',
      "reset it in the flow that called set; what runs in a copy has a Context of its own.",
    ),
    () => user.reset(copyContext().run(() => user.set("ada"))),
  ],
  [
    "entering a Context twice",
    new ContextStateError(
      "Cannot enter this Context: its caller, or code further down the call stack, runs in it already.",
      "run the work in a copy: context.copy().run(fn).",
    ),
    () => {
      const context = new Context();
      context.run(() => context.run(() => {}));
    },
  ],
];

test.each(refusals)("the error of %s says what is wrong, and what to do", (_, error, refused) => {
  const thrown = errorOf(refused);
  expect(thrown).toEqual(error);
  expect(thrown.constructor).toBe(error.constructor);
});

const call = (fn: (arg: never) => unknown) => (arg: unknown) => fn(arg as never);
const option = (name: string) => (value: unknown) => new ContextVar("user", { [name]: value });

describe.each<[place: string, expected: string, use: (arg: unknown) => unknown]>([
  ["The first argument of Context.run", "a function", call((fn) => new Context().run(fn))],
  ["The second argument of ContextVar.run", "a function", call((fn) => user.run("ada", fn))],
  ["The argument of bindContext", "a function", call((fn) => bindContext(fn))],
  ["The argument of reset", "a ContextToken", call((token) => user.reset(token))],
  ["The argument of Context.equals", "a Context", call((other) => new Context().equals(other))],
  ["The key of a Context", "a ContextVar", call((key) => new Context().has(key))],
  ["The name of a ContextVar", "a string", call((name) => new ContextVar(name))],
  ["ContextVar's onReset", "a function", option("onReset")],
  ["ContextVar's onResetAsync", "a function", option("onResetAsync")],
  ["ContextVar's rootless", "a boolean", option("rootless")],
  ["ContextVar's secret", "a boolean", option("secret")],
])("%s", (place, expected, use) => {
  test.each([
    [null, "null"],
    [12, "a number"],
    [new Date(), "an instance of Date"],
  ])("refuses %o, and tells its kind", (value, kind) => {
    expect(() => use(value)).toThrow(new TypeError(`${place} must be ${expected}, not ${kind}.`));
  });
});

test.each([
  [undefined, "undefined"],
  [Object.create(null), "an instance of nothing"],
  [new (class {})(), "an instance of nothing"],
  [Symbol("secret"), "a symbol"],
  ["secret", "a string"],
])("the kind of an argument is told, never the argument: %#", (value, kind) => {
  expect(() => bindContext(value as never)).toThrow(
    new TypeError(`The argument of bindContext must be a function, not ${kind}.`),
  );
});

test.each([
  [null, "null"],
  ["options", "a string"],
])("%o instead of options is told by its kind", (options, kind) => {
  const expected = new TypeError(`ContextVar's options must be an object, not ${kind}.`);
  expect(() => new ContextVar("user", options as never)).toThrow(expected);
});

describe("a codec", () => {
  test.each([
    [null, "null"],
    [false, "a boolean"],
    ["json", "a string"],
  ])("that is %o is refused as a whole", (travels, kind) => {
    const message = `ContextVar's travels must be true or a codec with encode and decode, not ${kind}.`;
    expect(() => option("travels")(travels)).toThrow(new TypeError(message));
  });

  test("is refused for the half that it lacks", () => {
    const message = (half: string) => `The ${half} of ContextVar's travels must be a function, not undefined.`;
    expect(() => option("travels")({ decode: String })).toThrow(new TypeError(message("encode")));
    expect(() => option("travels")({ encode: String })).toThrow(new TypeError(message("decode")));
  });
});

function errorOf(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
