/** @autoInjectable: a class constructed by hand asks the default container for what it was not given. */
import {
  autoInjectable,
  CaptiveDependencyError,
  type Constructor,
  Container,
  container,
  contextScoped,
  inject,
  injectAll,
  injectAllWithTransform,
  injectable,
  injectRef,
  injectWithTransform,
  Lifecycle,
  MissingTypeInfoError,
  NoScopeError,
  type Ref,
  RegistrationError,
  scoped,
  singleton,
  threadScoped,
  token,
} from "ambit";
import { describe, expect, test } from "vitest";

class Clock {}

@contextScoped()
class User {}

describe("constructed by hand", () => {
  test("is given what its parameters ask for", () => {
    @injectable()
    class Service {
      constructor(readonly clock: Clock) {}
    }
    @autoInjectable()
    class View {
      constructor(readonly service?: Service) {}
    }
    expect(new View().service?.clock).toBeInstanceOf(Clock);
  });

  test("keeps the arguments that it is given, and asks only for the rest", () => {
    const asked: string[] = [];
    class Counted {
      constructor() {
        asked.push("counted");
      }
    }
    @autoInjectable()
    class View {
      constructor(
        readonly name: string,
        readonly counted?: Counted,
        readonly clock?: Clock,
      ) {}
    }
    const own = new Counted();
    const view = new View("first", own);
    expect([view.name, view.counted === own, view.clock instanceof Clock]).toEqual(["first", true, true]);
    expect(asked).toEqual(["counted"]);
    expect(new View("second").counted).not.toBe(own);
  });

  test("an undefined argument is an argument", () => {
    @autoInjectable()
    class View {
      constructor(
        readonly a?: Clock,
        readonly b?: Clock,
      ) {}
    }
    const view = new View(undefined);
    expect([view.a, view.b instanceof Clock]).toEqual([undefined, true]);
  });

  test("more arguments than it has parameters are handed on", () => {
    @autoInjectable()
    class View {
      readonly all: unknown[];
      constructor(readonly clock?: Clock) {
        this.all = [...arguments];
      }
    }
    expect(new (View as unknown as Constructor<View>)(1, 2, 3).all).toEqual([1, 2, 3]);
  });

  test("all parameter decorators work: optional, all, ref, transforms", () => {
    class Upper {
      transform(name: string, suffix: string): string {
        return name.toUpperCase() + suffix;
      }
    }
    class Join {
      transform(names: string[]): string {
        return names.join("+");
      }
    }
    const name = token<string>("name");
    container.register(name, { useValue: "a" }).register(name, { useValue: "b" });
    @autoInjectable()
    class View {
      constructor(
        @inject("auto.missing", { isOptional: true }) readonly none?: string,
        @injectAll("auto.missing", { isOptional: true }) readonly no?: string[],
        @injectAll(name) readonly names?: string[],
        @injectWithTransform(name, Upper, "!") readonly loud?: string,
        @injectAllWithTransform(name, Join) readonly joined?: string,
        @injectRef(User) readonly user?: Ref<User>,
      ) {}
    }
    const view = new View();
    expect([view.none, view.no, view.names, view.loud, view.joined]).toEqual([undefined, [], ["a", "b"], "B!", "a+b"]);
    container.runInScopeSync((scope) => expect(view.user?.get()).toBe(scope.resolve(User)));
  });

  test("its parameters are of one resolution", () => {
    @scoped(Lifecycle.ResolutionScoped)
    class Work {}
    @autoInjectable()
    class View {
      constructor(
        readonly a?: Work,
        readonly b?: Work,
      ) {}
    }
    const [first, second] = [new View(), new View()];
    expect([first.a === first.b, first.a === second.a]).toEqual([true, false]);
  });
});

describe("and scopes", () => {
  @autoInjectable()
  class View {
    constructor(readonly user?: User) {}
  }

  test("a context-lived parameter is the current scope's", async () => {
    const users = await Promise.all(
      [1, 2].map(() =>
        container.runInScope(async (scope) => {
          await Promise.resolve();
          expect(new View().user).toBe(scope.resolve(User));
          return new View().user;
        }),
      ),
    );
    expect(users[0]).not.toBe(users[1]);
  });

  test("outside of every scope a context-lived parameter is an error", () => {
    expect(() => new View()).toThrow(NoScopeError);
    expect(new View(new User()).user).toBeInstanceOf(User);
  });

  test("a transient with a disposer that it is given is the scope's to end", async () => {
    const calls: string[] = [];
    class Handle {
      dispose() {
        calls.push("handle");
      }
    }
    @autoInjectable()
    class Page {
      constructor(readonly handle?: Handle) {}
    }
    await container.runInScope(() => new Page().handle);
    expect(calls).toEqual(["handle"]);
  });

  test("a singleton that constructs one may not be given what lives in a scope", () => {
    @singleton()
    class Keeper {
      readonly view = new View();
    }
    expect(() => container.runInScopeSync((scope) => scope.resolve(Keeper))).toThrow(CaptiveDependencyError);
  });
});

describe("what goes wrong", () => {
  test("a dependency that cannot be resolved is named in tsyringe's words", () => {
    @autoInjectable()
    class View {
      constructor(
        readonly clock?: Clock,
        @inject("auto.missing") readonly name?: string,
      ) {}
    }
    const message =
      'Cannot inject the dependency "name" at position #1 of "View" constructor. Reason:\n' +
      '    Attempted to resolve unregistered dependency token: "auto.missing"\n';
    expect(() => new View()).toThrow(message);
    expect(() => new View(new Clock())).toThrow(message);
  });

  test("the path begins with the class", () => {
    @autoInjectable()
    class View {
      constructor(@inject("auto.missing") readonly name?: string) {}
    }
    const refused = expect.objectContaining({ name: "View" });
    expect(() => new View()).toThrow(expect.objectContaining({ path: [refused, expect.anything()] }));
  });

  test("a parameter whose type says nothing is an error when it is not given, and no matter when it is", () => {
    interface Options {
      readonly deep: boolean;
    }
    @autoInjectable()
    class View {
      constructor(
        readonly options?: Options,
        readonly clock?: Clock,
      ) {}
    }
    expect(() => new View()).toThrow(MissingTypeInfoError);
    expect(() => new View()).toThrow('TypeInfo not known for "Object"');
    expect(new View({ deep: true }).clock).toBeInstanceOf(Clock);
  });

  test("without any type information it is an error, unless all arguments are given", () => {
    class Bare {
      constructor(readonly clock?: Clock) {}
    }
    const View = autoInjectable()(Bare);
    expect(() => new View()).toThrow(MissingTypeInfoError);
    expect(new View(new Clock()).clock).toBeInstanceOf(Clock);
  });

  test("what a constructor throws arrives as it was thrown", () => {
    const thrown = new Error("no");
    class Failing {
      constructor() {
        throw thrown;
      }
    }
    @autoInjectable()
    class View {
      constructor(readonly failing?: Failing) {}
    }
    const refused = (() => {
      try {
        return new View();
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBe(thrown);
  });
});

describe("the class", () => {
  @autoInjectable()
  class Base {
    static readonly kind = "base";
    constructor(readonly clock?: Clock) {}
  }

  test("keeps its name and its static members", () => {
    expect([Base.name, Base.kind]).toEqual(["Base", "base"]);
    expect(new Base()).toBeInstanceOf(Base);
  });

  test("can be extended: the subclass's super() is given what the class asks for", () => {
    class Derived extends Base {
      readonly own = 1;
    }
    const derived = new Derived();
    expect([derived.clock instanceof Clock, derived.own]).toEqual([true, 1]);
  });

  test("built by another container, is given what that one has, and its plan shows it", () => {
    class Other extends Clock {}
    const own = new Container().register(Clock, Other);
    expect(own.resolve(Base).clock).toBeInstanceOf(Other);
    own.register(Clock, Other, { lifecycle: Lifecycle.ContextScoped });
    own.register("page", { useClass: Base }, { lifecycle: Lifecycle.Singleton });
    expect(() => own.resolve("page")).toThrow(CaptiveDependencyError);
  });

  test("@singleton over it makes one, with its dependencies", () => {
    @singleton()
    @autoInjectable()
    class View {
      constructor(readonly clock?: Clock) {}
    }
    expect(container.resolve(View)).toBe(container.resolve(View));
    expect(container.resolve(View).clock).toBeInstanceOf(Clock);
  });

  test.each([
    ["@contextScoped()", contextScoped()],
    ["@threadScoped()", threadScoped()],
  ])("%s over it holds, and under it is refused: nobody could ask for what that has registered", (name, decorate) => {
    class Connection {}
    decorate(Connection);
    expect(() => autoInjectable()(Connection)).toThrow(RegistrationError);
    expect(() => autoInjectable()(Connection)).toThrow(`write ${name} above @autoInjectable()`);
    const View = autoInjectable()(class {});
    decorate(View);
    const own = new Container();
    own.runInScopeSync(() => expect(own.resolve(View)).toBe(own.resolve(View)));
  });

  test("its parameters keep their names in errors of the container that builds it", () => {
    @autoInjectable()
    class View {
      constructor(@inject("auto.missing") readonly title?: string) {}
    }
    expect(() => new Container().resolve(View)).toThrow('"title" at position #0 of "View"');
  });
});
