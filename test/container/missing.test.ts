/** Missing registrations and missing type information: the error, its path, tsyringe's sentences and a fix. */
import { Container, inject, injectable, Lifecycle, MissingTypeInfoError, UnregisteredTokenError } from "ambit";
import { describe, expect, test } from "vitest";

/** What `fn` throws. */
function thrownBy(fn: () => unknown): Error & { code: string; path: readonly { name: string; lifetime: string }[] } {
  try {
    fn();
  } catch (error) {
    return error as never;
  }
  throw new Error("it threw nothing");
}

describe("a token that nobody registered", () => {
  test("says so in tsyringe's words, with a fix", () => {
    const error = thrownBy(() => new Container().resolve("mailer"));
    expect(error).toBeInstanceOf(UnregisteredTokenError);
    expect(error.message).toBe(
      'Attempted to resolve unregistered dependency token: "mailer"\n' +
        'Fix: container.register("mailer", { useClass: ... }), or give it as a seed when the scope opens.',
    );
  });

  test("deep in a graph, the whole text", () => {
    class Mailer {
      constructor(@inject("smtp") readonly smtp: unknown) {}
    }
    @injectable()
    class Signup {
      constructor(
        readonly mailer: Mailer,
        @inject("name") readonly name: string,
      ) {}
    }
    const container = new Container().register(Signup, Signup, { lifecycle: Lifecycle.Singleton });
    expect(thrownBy(() => container.resolve(Signup)).message).toBe(
      [
        'Cannot inject the dependency "mailer" at position #0 of "Signup" constructor. Reason:',
        '    Cannot inject the dependency "smtp" at position #0 of "Mailer" constructor. Reason:',
        '        Attempted to resolve unregistered dependency token: "smtp"',
        "  Signup   singleton",
        "  Mailer   transient        parameter #0 (mailer)",
        "  smtp     not registered   parameter #0 (smtp)",
        'Fix: container.register("smtp", { useClass: ... }), or give it as a seed when the scope opens.',
      ].join("\n"),
    );
  });

  test("the path is data too", () => {
    const container = new Container()
      .register("a", { useToken: "b" })
      .register("b", { deps: ["c"], useFactory: () => 1 }, { lifecycle: Lifecycle.ContextScoped });
    const { path } = thrownBy(() => container.runInScopeSync(() => container.resolve("a")));
    expect(path.map(({ name, lifetime }) => [name, lifetime])).toEqual([
      ["a", "transient"],
      ["b", "context-scoped"],
      ["c", "not registered"],
    ]);
  });

  test("is found before anything is constructed", () => {
    const built: string[] = [];
    const container = new Container();
    for (const name of ["first", "second"]) container.register(name, { useFactory: () => built.push(name) });
    container.register("all", { deps: ["first", "second", "missing"], useFactory: () => built.push("all") });
    expect(() => container.resolve("all")).toThrow(UnregisteredTokenError);
    expect(built).toEqual([]);
  });

  test("asked for in a constructor, has the path down to it, and what was being built on it", () => {
    const container = new Container();
    class Mailer {
      readonly smtp = container.resolve("smtp");
    }
    @injectable()
    class Signup {
      constructor(readonly mailer: Mailer) {}
    }
    const error = thrownBy(() => container.resolve(Signup));
    expect(error.path.map(({ name }) => name)).toEqual(["Signup", "Mailer", "smtp"]);
    expect(error.message).toContain('Attempted to resolve unregistered dependency token: "smtp"');
  });

  test("asked for in a factory, for a class with a missing dependency, has the whole path", () => {
    class Mailer {
      constructor(@inject("smtp") readonly smtp: unknown) {}
    }
    const container = new Container()
      .register("signup", { useFactory: (inner) => inner.resolve(Mailer) })
      .register("page", { deps: ["signup"], useFactory: (signup) => signup });
    const error = thrownBy(() => container.resolve("page"));
    expect(error.path.map(({ name }) => name)).toEqual(["page", "signup", "Mailer", "smtp"]);
  });

  test("registered afterwards, is found", () => {
    const container = new Container().register("page", { deps: ["mailer"], useFactory: (mailer) => mailer });
    expect(() => container.resolve("page")).toThrow(UnregisteredTokenError);
    container.register("mailer", { useValue: "there" });
    expect(container.resolve("page")).toBe("there");
  });

  test.each([
    ["before anything is built", (container: Container) => container.resolve("smtp")],
    ["while something is built", (container: Container) => container.resolve("asking")],
    ["for want of a scope", (container: Container) => container.resolve("scoped")],
  ])("an error that arose %s, is kept and thrown again by a constructor, has no second path", (_, ask) => {
    const container = new Container()
      .register("scoped", { useFactory: () => 1 }, { lifecycle: Lifecycle.ContextScoped })
      .register("asking", { useFactory: (inner) => inner.resolve("smtp") });
    const kept = thrownBy(() => ask(container));
    const before = kept.message;
    class Failing {
      constructor() {
        throw kept;
      }
    }
    expect(thrownBy(() => container.resolve(Failing))).toBe(kept);
    expect(kept.message).toBe(before);
  });
});

describe("a class whose parameters nothing describes", () => {
  test("undecorated: says so in tsyringe's words, with all ways to fix it", () => {
    class Mailer {
      constructor(readonly smtp: string) {}
    }
    const error = thrownBy(() => new Container().resolve(Mailer));
    expect(error).toBeInstanceOf(MissingTypeInfoError);
    expect(error.message).toBe(
      'TypeInfo not known for "Mailer"\n' +
        "Fix: put @inject(Token) before each constructor parameter of Mailer, or register it with { useClass: Mailer, deps: [...] }. With emitDecoratorMetadata, @injectable() on Mailer does it, too.",
    );
  });

  test("an interface type: says which parameter, in tsyringe's words", () => {
    interface Smtp {
      send(): void;
    }
    class Clock {}
    @injectable()
    class Mailer {
      constructor(
        readonly clock: Clock,
        readonly smtp: Smtp,
      ) {}
    }
    const error = thrownBy(() => new Container().resolve(Mailer));
    expect(error).toBeInstanceOf(MissingTypeInfoError);
    expect(error.message).toBe(
      'Cannot inject the dependency "smtp" at position #1 of "Mailer" constructor. Reason:\n' +
        '    TypeInfo not known for "Object": it does not say what to inject as parameter #1 of Mailer.\n' +
        "Fix: put @inject(Token) before each constructor parameter of Mailer, or register it with { useClass: Mailer, deps: [...] }.",
    );
  });

  test.each([
    ["string", String],
    ["number", Number],
    ["boolean", Boolean],
    ["an array", Array],
    ["a function", Function],
    ["a promise", Promise],
    ["bigint", BigInt],
    ["symbol", Symbol],
  ])("%s: an error, never an empty one of them", (_, type) => {
    class Mailer {
      constructor(readonly given: unknown) {}
    }
    Reflect.defineMetadata("design:paramtypes", [type], Mailer);
    expect(() => new Container().resolve(Mailer)).toThrow(MissingTypeInfoError);
  });

  test("some decorated, without emitted types: says which one is missing", () => {
    class Mailer {
      constructor(
        readonly a: unknown,
        readonly b: unknown,
        readonly c: unknown,
      ) {}
    }
    inject("a")(Mailer, undefined, 0);
    inject("c")(Mailer, undefined, 2);
    expect(thrownBy(() => new Container().resolve(Mailer)).message).toContain("parameter #1");
  });

  test("in a graph: the path leads to it", () => {
    class Mailer {
      constructor(readonly smtp: string) {}
    }
    @injectable()
    class Signup {
      constructor(readonly mailer: Mailer) {}
    }
    const error = thrownBy(() => new Container().resolve(Signup));
    expect(error.path.map(({ name }) => name)).toEqual(["Signup", "Mailer"]);
    expect(error.message).toMatch(
      /^Cannot inject the dependency "mailer" at position #0 of "Signup" constructor. Reason:\n/,
    );
  });

  test("its class is undefined, as modules that import each other have it: tsyringe's words, the path, a fix", () => {
    class Signup {
      constructor(readonly mailer: unknown) {}
    }
    inject(undefined as never)(Signup, undefined, 0);
    const error = thrownBy(() => new Container().resolve(Signup));
    expect(error).toBeInstanceOf(MissingTypeInfoError);
    expect(error.message).toContain(
      "Attempted to construct an undefined constructor. Could mean a circular dependency problem. Try using `delay` function.",
    );
    expect(error.message).toContain('"mailer" at position #0 of "Signup"');
    expect(error.message).toContain("Fix: import the class directly");
  });
});

test("a class without a name has one in errors", () => {
  const [anonymous, undescribed] = [
    class {
      constructor(readonly smtp: unknown) {}
    },
    (() =>
      class {
        constructor(readonly smtp: unknown) {}
      })(),
  ];
  Object.defineProperty(anonymous, "name", { value: "" });
  inject("smtp")(anonymous, undefined, 0);
  expect(thrownBy(() => new Container().resolve(anonymous)).message).toContain('of "(anonymous class)" constructor');
  expect(thrownBy(() => new Container().resolve(undescribed)).message).toContain('not known for "(anonymous class)"');
});

test("a parameter over several lines, with defaults elsewhere, is named as far as the source shows it", () => {
  class Mailer {
    constructor(
      @inject("first") readonly first: unknown,
      @inject("second") readonly second: unknown,
    ) {}
  }
  const container = new Container().register("first", { useValue: 1 });
  expect(thrownBy(() => container.resolve(Mailer)).message).toContain('"second" at position #1 of "Mailer"');
});

test("a parameter of an inherited constructor is named as its class names it", () => {
  class Base {
    constructor(@inject("smtp") readonly smtp: unknown) {}
  }
  class Derived extends Base {}
  expect(thrownBy(() => new Container().resolve(Derived)).message).toContain('"smtp" at position #0 of "Derived"');
});
