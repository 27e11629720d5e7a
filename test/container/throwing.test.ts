/** What constructors and factories throw reaches whoever asked, as the very same thing, and leaves nothing broken. */
import { Container, inject, Lifecycle, UnregisteredTokenError } from "ambit";
import { describe, expect, test } from "vitest";

class HttpError extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** What `fn` throws, whatever it is. */
function thrownBy(fn: () => unknown): { readonly thrown: unknown } {
  try {
    fn();
  } catch (thrown) {
    return { thrown };
  }
  throw new Error("it threw nothing");
}

const lifetimes = [
  { lifecycle: Lifecycle.Transient },
  { lifecycle: Lifecycle.Singleton },
  { lifecycle: Lifecycle.ResolutionScoped },
  { lifecycle: Lifecycle.ContainerScoped },
  { lifecycle: Lifecycle.ContextScoped },
  { lifecycle: Lifecycle.ContextScoped, scopeName: "job" },
  { lifecycle: Lifecycle.ThreadScoped },
];

describe.each(lifetimes)("with $lifecycle $scopeName", (options) => {
  test("what a constructor deep in a graph throws arrives as the very same object, unchanged", () => {
    const failure = new HttpError(401);
    class User {
      constructor() {
        throw failure;
      }
    }
    class Service {
      constructor(@inject(User) readonly user: User) {}
    }
    const container = new Container().register(User, User, options);
    container.register("page", { deps: [Service], useFactory: (service) => service });
    container.runInScopeSync({ name: "job" }, (scope) => {
      expect(thrownBy(() => scope.resolve("page")).thrown).toBe(failure);
      expect([failure instanceof HttpError, failure.message]).toEqual([true, "HTTP 401"]);
    });
  });

  test.each([undefined, null, "a string", 0, Object.freeze({ frozen: true }), Object.freeze(new HttpError(500))])(
    "%o can be thrown",
    (failure) => {
      const fail = () => {
        throw failure;
      };
      const container = new Container().register("failing", { useFactory: fail }, options);
      container.runInScopeSync({ name: "job" }, (scope) =>
        expect(thrownBy(() => scope.resolve("failing")).thrown).toBe(failure),
      );
    },
  );

  test("what threw is built by the next resolve, and what was built for it before is shared with it", () => {
    let fail = true;
    let parts = 0;
    class Part {
      readonly number = ++parts;
    }
    class Whole {
      constructor(readonly part: Part) {
        if (fail) throw new HttpError(503);
      }
    }
    const container = new Container()
      .register(Part, Part, options)
      .register(Whole, { useClass: Whole, deps: [Part] }, options);
    container.runInScopeSync({ name: "job" }, (scope) => {
      expect(() => scope.resolve(Whole)).toThrow(HttpError);
      fail = false;
      const isKept = options.lifecycle !== Lifecycle.Transient && options.lifecycle !== Lifecycle.ResolutionScoped;
      expect([scope.resolve(Whole).part.number, parts]).toEqual(isKept ? [1, 1] : [2, 2]);
    });
  });

  test("a constructor may live without what it asked for in vain", () => {
    const container = new Container();
    class Careful {
      readonly failed = thrownBy(() => container.resolve("missing")).thrown;
      readonly there = container.resolve("there");
    }
    container.register(Careful, Careful, options).register("there", { useValue: 1 });
    container.runInScopeSync({ name: "job" }, (scope) => {
      const { failed, there } = scope.resolve(Careful);
      expect([failed instanceof UnregisteredTokenError, there]).toEqual([true, 1]);
    });
  });
});

test("an error of ambit's that is frozen arrives as it is", () => {
  const frozen = Object.freeze(thrownBy(() => new Container().resolve("missing")).thrown);
  const container = new Container();
  class Failing {
    constructor() {
      throw frozen;
    }
  }
  container.register("page", { deps: [Failing], useFactory: (failing) => failing });
  expect(thrownBy(() => container.resolve("page")).thrown).toBe(frozen);
});

test("an error of ambit's that was frozen on its way up arrives without a longer path", () => {
  const container = new Container();
  class Freezing {
    constructor() {
      throw Object.freeze(thrownBy(() => container.resolve("missing")).thrown);
    }
  }
  const { thrown } = thrownBy(() => container.resolve(Freezing));
  expect(thrown).toBeInstanceOf(UnregisteredTokenError);
});

test("a getter of a token's class is not called, whatever it throws", () => {
  class Loud {
    static get deps(): never {
      throw new Error("called");
    }
  }
  expect(new Container().resolve(Loud)).toBeInstanceOf(Loud);
});
