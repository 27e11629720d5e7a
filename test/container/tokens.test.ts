/** What can be asked for: classes, abstract classes, strings, symbols, typed tokens. */
import { Container, injectable, Lifecycle, token } from "ambit";
import { expect, test } from "vitest";

test("two tokens with the same description are two tokens", () => {
  const [a, b] = [token<number>("port"), token<number>("port")];
  const container = new Container().register(a, { useValue: 1 }).register(b, { useValue: 2 });
  expect([container.resolve(a), container.resolve(b)]).toEqual([1, 2]);
});

test.each([
  ["an empty string", ""],
  ["a symbol without a description", Symbol()],
  ["a symbol of the whole process", Symbol.for("ambit.test")],
  ["a typed token with an empty description", token("")],
  ["the name of something that every object has", "constructor"],
  ["__proto__", "__proto__"],
])("%s is a token like any", (_, name) => {
  const container = new Container();
  expect(container.tryResolve(name)).toBeUndefined();
  expect(() => container.resolve(name)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED" }));
  container.register(name, { useValue: 1 });
  expect([container.resolve(name), container.resolveAll(name), container.isRegistered(name)]).toEqual([1, [1], true]);
});

test("an abstract class stands for its subclass", () => {
  abstract class Clock {
    abstract now(): number;
  }
  class FakeClock extends Clock {
    now() {
      return 5;
    }
  }
  const container = new Container().register(Clock, { useClass: FakeClock }, { lifecycle: Lifecycle.Singleton });
  expect(container.resolve(Clock).now()).toBe(5);
});

test("an anonymous class is a token, and errors have a name for it", () => {
  const anonymous = (() => class {})();
  const container = new Container();
  expect(container.resolve(anonymous)).toBeInstanceOf(anonymous);
  container.register(anonymous, { useFactory: () => 1, deps: ["missing"] });
  expect(() => container.resolve(anonymous)).toThrow("(anonymous class)");
});

test("an anonymous class with dependencies gets them", () => {
  class Clock {}
  const anonymous = (() => {
    @injectable()
    class Hidden {
      static readonly name = "";
      constructor(readonly clock: Clock) {}
    }
    return Hidden;
  })();
  expect(new Container().resolve(anonymous).clock).toBeInstanceOf(Clock);
});

test("a class whose static name is no string is a token, also in errors", () => {
  class Odd {
    static readonly name = { toString: () => "odd" } as never;
  }
  const container = new Container().register(Odd, { useClass: Odd, deps: ["missing"] } as never);
  expect(() => container.resolve(Odd)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED" }));
});

test("a symbol that is not registered is named by its description", () => {
  expect(() => new Container().resolve(Symbol("port"))).toThrow(
    'Attempted to resolve unregistered dependency token: "Symbol(port)"',
  );
});

test("a class is told from another of the same name", () => {
  const [first, second] = [class Clock {}, class Clock {}];
  const container = new Container().register(first, first, { lifecycle: Lifecycle.Singleton });
  expect(container.resolve(second)).toBeInstanceOf(second);
  expect(container.resolve(second)).not.toBe(container.resolve(second));
});
