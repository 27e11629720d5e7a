/** Every error: its class, its code, what a log shows of it, and how the path grows. */
import { inspect } from "node:util";
import * as ambit from "ambit";
import {
  AmbitError,
  AsyncDependencyError,
  CaptiveDependencyError,
  ContainerDisposedError,
  ContextKeyError,
  ContextLookupError,
  ContextStateError,
  ContextTokenError,
  CyclicDependencyError,
  DisposalError,
  DisposeTimeoutError,
  InspectorError,
  MissingTypeInfoError,
  NoScopeError,
  RegistrationError,
  ScopeClosedError,
  ScopeLeakError,
  ScopeStateError,
  TravelError,
  UnregisteredTokenError,
  ValidationError,
} from "ambit";
import * as context from "ambit/context";
import { describe, expect, test } from "vitest";
import { addHolder, beginPath } from "#src/errors.js";

const step = { name: "Cache", lifetime: "singleton" };
const label = { name: "request", id: "1-2-3", state: "closed" };

const errors: [code: string, error: Error][] = [
  ["ERR_AMBIT_UNREGISTERED", UnregisteredTokenError.of("port", "port")],
  ["ERR_AMBIT_UNREGISTERED", UnregisteredTokenError.notSeeded("port")],
  ["ERR_AMBIT_MISSING_TYPE_INFO", MissingTypeInfoError.of("Cache", 0)],
  ["ERR_AMBIT_CYCLE", new CyclicDependencyError(["a", "a"])],
  ["ERR_AMBIT_CAPTIVE", new CaptiveDependencyError(step, { name: "User", lifetime: "context-scoped" }, [step])],
  ["ERR_AMBIT_ASYNC", new AsyncDependencyError("Db")],
  ["ERR_AMBIT_REGISTRATION", new RegistrationError("no", "yes")],
  ["ERR_AMBIT_NO_SCOPE", new NoScopeError("User", undefined)],
  ["ERR_AMBIT_SCOPE_CLOSED", new ScopeClosedError("resolve User", label)],
  ["ERR_AMBIT_SCOPE_STATE", new ScopeStateError("no")],
  ["ERR_AMBIT_SCOPE_LEAK", new ScopeLeakError("no")],
  ["ERR_AMBIT_CONTAINER_DISPOSED", new ContainerDisposedError()],
  ["ERR_AMBIT_DISPOSAL", new DisposalError([new Error("a"), "b"])],
  ["ERR_AMBIT_DISPOSE_TIMEOUT", new DisposeTimeoutError("Db", 10)],
  ["ERR_AMBIT_VALIDATION", new ValidationError([new Error("a"), new Error("b")])],
  ["ERR_AMBIT_INSPECTOR", new InspectorError("no", "yes")],
  ["ERR_AMBIT_TRAVEL", new TravelError("no", "yes", new Error("cannot be cloned"))],
  ["ERR_AMBIT_CONTEXT_LOOKUP", new ContextLookupError("no")],
  ["ERR_AMBIT_CONTEXT_KEY", new ContextKeyError("no")],
  ["ERR_AMBIT_CONTEXT_TOKEN", new ContextTokenError("no")],
  ["ERR_AMBIT_CONTEXT_STATE", new ContextStateError("no")],
];

const cases = errors.map(([code, error]) => ({ code, error, name: error.constructor.name }));

test("every error that ambit exports is in this list", () => {
  const isError = (value: unknown) =>
    typeof value === "function" && value !== AmbitError && value.prototype instanceof Error;
  const exported = Object.entries({ ...ambit, ...context }).filter(([, value]) => isError(value));
  expect(exported.map(([name]) => name).sort()).toEqual([...new Set(cases.map(({ name }) => name))].sort());
});

describe.each(cases)("$name", ({ code, error, name }) => {
  test("has its code", () => {
    expect((error as AmbitError).code).toBe(code);
  });

  test("is an AmbitError and an Error", () => {
    expect([error instanceof AmbitError, error instanceof Error]).toEqual([true, true]);
  });

  test("is of a class that is AmbitError's", () => {
    expect([error.constructor.prototype instanceof AmbitError, error instanceof AggregateError]).toEqual([
      true,
      "errors" in error,
    ]);
  });

  test("is told from the others by its class", () => {
    const isKindOf = (other: object) => Object.getPrototypeOf(error.constructor) === other.constructor;
    const others = cases.filter((other) => other.name !== name && !isKindOf(other.error));
    expect(others.filter((other) => error instanceof (other.error.constructor as never))).toEqual([]);
  });

  test("has a name, and its code in the headline of its stack", () => {
    expect(error.name).toBe(name);
    expect(error.stack?.startsWith(`${name} [${code}]: ${error.message}\n    at `)).toBe(true);
  });

  test("has no enumerable field", () => {
    expect([Object.keys(error), JSON.stringify(error)]).toEqual([[], "{}"]);
  });

  test("is shown by a log with its code, its text and its stack, and no field besides", () => {
    const shown = inspect(error);
    expect(shown).toContain(`[${code}]`);
    expect(shown).not.toMatch(/path:|code:|details|Symbol/);
  });

  test("has a path, which is empty where no graph is involved", () => {
    expect(Array.isArray((error as AmbitError).path)).toBe(true);
  });
});

test("its stack begins where it was made, not inside of ambit's constructors", () => {
  const [, first] = new RegistrationError("no").stack?.split("\n    at ") ?? [];
  expect(first).toContain("errors.test");
});

test("instanceof AmbitError is not fooled by others", () => {
  for (const other of [
    new Error("no"),
    new AggregateError([]),
    undefined,
    null,
    0,
    "",
    {},
    { code: "ERR_AMBIT_CYCLE" },
  ]) {
    expect(other instanceof AmbitError).toBe(false);
  }
});

test("instanceof of a subclass is the usual one", () => {
  expect(new ContextKeyError("no") instanceof ContextLookupError).toBe(true);
  expect(new ContextLookupError("no") instanceof ContextKeyError).toBe(false);
  expect(new DisposalError([]) instanceof ValidationError).toBe(false);
});

test.each([new DisposalError(["a", "b"]), new ValidationError(["a", "b"])])("%s is an AggregateError", (error) => {
  expect([error instanceof AggregateError, error.errors]).toEqual([true, ["a", "b"]]);
});

test("a cause is the very same object, where there is one", () => {
  const cause = new Error("cannot be cloned");
  expect(new TravelError("no", undefined, cause).cause).toBe(cause);
  expect("cause" in new TravelError("no")).toBe(false);
});

test("the scope that has ended is a field of its error", () => {
  expect(new ScopeClosedError("resolve User", label).scopeId).toBe("1-2-3");
});

describe("a path", () => {
  test("grows from the inside: the holder first, its sentence around the text", () => {
    const error = UnregisteredTokenError.of("port", "port");
    beginPath(error, { name: "port", lifetime: "not registered" });
    addHolder(error, { name: "Server", lifetime: "singleton" }, "parameter #0 (port)", "Cannot build Server. Reason:");
    addHolder(error, { name: "App", lifetime: "transient" }, "parameter #1", "Cannot build App. Reason:");
    expect(error.message).toBe(
      [
        "Cannot build App. Reason:",
        "    Cannot build Server. Reason:",
        '        Attempted to resolve unregistered dependency token: "port"',
        "  App      transient",
        "  Server   singleton        parameter #1",
        "  port     not registered   parameter #0 (port)",
        "Fix: container.register(port, { useClass: ... }), or give it as a seed when the scope opens.",
      ].join("\n"),
    );
    expect(error.path).toEqual([
      { name: "App", lifetime: "transient" },
      { name: "Server", lifetime: "singleton", via: "parameter #1" },
      { name: "port", lifetime: "not registered", via: "parameter #0 (port)" },
    ]);
  });

  test("grows by a holder of which nothing is said: a step, and no sentence", () => {
    const error = UnregisteredTokenError.of("port", "port");
    beginPath(error, { name: "port", lifetime: "not registered" });
    addHolder(error, step, "alias");
    expect(error.message.split("\n").slice(0, 3)).toEqual([
      'Attempted to resolve unregistered dependency token: "port"',
      "  Cache   singleton",
      "  port    not registered   alias",
    ]);
  });

  test("grows in the stack too, which keeps its headline, its code and its frames", () => {
    const error = UnregisteredTokenError.of("port", "port");
    const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at "));
    addHolder(error, step, undefined, "Cannot build Cache. Reason:");
    expect(error.stack).toBe(
      [`UnregisteredTokenError [ERR_AMBIT_UNREGISTERED]: ${error.message}`, ...(frames ?? [])].join("\n"),
    );
  });

  test("begins once", () => {
    const error = new RegistrationError("no");
    beginPath(error, step);
    beginPath(error, { name: "Other", lifetime: "transient" });
    expect(error.path).toEqual([step]);
  });

  test("of one step is no table: it says no more than the text", () => {
    const error = new RegistrationError("no");
    beginPath(error, step);
    expect(error.message).toBe("no");
  });

  test("with $& in a name leaves the stack readable", () => {
    const error = new RegistrationError("no");
    addHolder(error, { name: "$&$1", lifetime: "transient" }, undefined, "Cannot build $&$1. Reason:");
    expect(error.stack).toContain("Cannot build $&$1. Reason:\n    no");
  });

  test("stays not enumerable as it grows", () => {
    const error = new RegistrationError("no");
    addHolder(error, step, undefined, "Cannot build Cache. Reason:");
    expect(Object.keys(error)).toEqual([]);
  });

  test("of a circle that was gone round many times is told once, from where it was entered", () => {
    const error = new CyclicDependencyError(["c", "...", "c"]);
    const transient = (name: string) => ({ name, lifetime: "transient" });
    beginPath(error, transient("c"));
    for (const name of ["b", "a", "c", "b", "a", "c", "b", "a", "outside"]) {
      addHolder(error, transient(name), "asked for", `Cannot build ${name}. Reason:`);
    }
    expect(error.path.map(({ name }) => name)).toEqual(["outside", "a", "b", "c", "a"]);
    expect(error.message).toContain("Cannot build a: it needs itself (a -> b -> c -> a).");
    expect(error.message.match(/Reason:/g)?.length).toBe(4);
  });
});

test("every code appears once among the classes, but for the aggregates of one", () => {
  const classOf = new Map<string, string>();
  for (const { code, name } of cases) {
    expect(classOf.get(code) ?? name).toBe(name);
    classOf.set(code, name);
  }
  expect(classOf.size).toBe(new Set(cases.map(({ name }) => name)).size);
});
