/** The section "Circular dependencies" of tsyringe's README, and what its tests promise of it. */
import { beforeEach, describe, expect, test } from "vitest";
import { libraries, resetBoth, says } from "./libraries.js";

describe.each(libraries)("%s", (name, lib) => {
  const { container, delay, inject, injectable, Lifecycle, registry } = lib;

  beforeEach(resetBoth);

  describe("Circular dependencies", () => {
    test("a class that is not there yet when it is needed: the sentence of the README", () => {
      class Foo {
        constructor(readonly bar: unknown) {}
      }
      // What the compiler emits for classes of two modules that import each other.
      Reflect.defineMetadata("design:paramtypes", [undefined], Foo);
      injectable()(Foo);
      expect(() => container.resolve(Foo)).toThrow(
        says(name, [
          'Cannot inject the dependency "bar" at position #0 of "Foo" constructor. Reason:',
          "    Attempted to construct an undefined constructor. Could mean a circular dependency problem. Try using `delay` function.",
        ]),
      );
    });

    test("at the end of a chain", () => {
      class Foo {
        constructor(readonly bar: unknown) {}
      }
      class Bar {
        constructor(readonly foo: Foo) {}
      }
      Reflect.defineMetadata("design:paramtypes", [undefined], Foo);
      Reflect.defineMetadata("design:paramtypes", [Foo], Bar);
      for (const target of [Foo, Bar]) injectable()(target);
      expect(() => container.resolve(Bar)).toThrow(
        says(name, [
          'Cannot inject the dependency "foo" at position #0 of "Bar" constructor. Reason:',
          '    Cannot inject the dependency "bar" at position #0 of "Foo" constructor. Reason:',
          "        Attempted to construct an undefined constructor. Could mean a circular dependency problem. Try using `delay` function.",
        ]),
      );
    });
  });

  describe("The `delay` helper function", () => {
    test("two classes may need each other: each gets a stand-in that looks and acts as the other", () => {
      @injectable()
      class Foo {
        constructor(@inject(delay(() => Bar)) readonly bar: { readonly name: string; readonly foo: Foo }) {}
      }
      @injectable()
      class Bar {
        readonly name = "bar";
        constructor(@inject(delay(() => Foo)) readonly foo: Foo) {}
      }
      const foo = container.resolve(Foo);
      expect(foo.bar).toBeInstanceOf(Bar);
      expect(foo.bar.name).toBe("bar");
      expect(foo.bar.foo).toBeInstanceOf(Foo);
    });

    test("what is behind it is built when it is first used, once", () => {
      let built = 0;
      class Late {
        readonly number = ++built;
      }
      @injectable()
      class Foo {
        constructor(@inject(delay(() => Late)) readonly late: Late) {}
      }
      const { late } = container.resolve(Foo);
      expect(built).toBe(0);
      expect([late.number, late.number, built]).toEqual([1, 1, 1]);
    });

    test("writing, deleting and looking at keys go to what is behind it", () => {
      class Late {
        name = "late";
        prop: Record<string, unknown> = {};
      }
      @injectable()
      class Foo {
        constructor(@inject(delay(() => Late)) readonly late: Late & { extra?: number }) {}
      }
      const { late } = container.resolve(Foo);
      late.extra = 1;
      late.prop.defined = true;
      expect(Object.keys(late)).toEqual(["name", "prop", "extra"]);
      expect("extra" in late).toBe(true);
      delete late.extra;
      expect(Object.getOwnPropertyNames(late)).toEqual(["name", "prop"]);
      expect(late.prop).toEqual({ defined: true });
    });

    test("finds what is registered for the class, a singleton too", () => {
      class Late {}
      container.registerSingleton(Late);
      @injectable()
      class Foo {
        constructor(@inject(delay(() => Late)) readonly late: Late & { mark?: number }) {}
      }
      container.resolve(Foo).late.mark = 1;
      expect(container.resolve<{ mark?: number }>(Late).mark).toBe(1);
    });

    test("can be resolved itself, and be what a name stands for", () => {
      class Late {
        readonly name = "late";
      }
      container.register("late", { useToken: delay(() => Late) });
      expect(container.resolve<Late>("late").name).toBe("late");
      expect(container.resolve(delay(() => Late)).name).toBe("late");
    });

    test("works with every parameter decorator", () => {
      class Late {
        readonly name = "late";
      }
      class Loud {
        transform(late: Late): string {
          return late.name.toUpperCase();
        }
      }
      class Count {
        transform(all: Late[]): number {
          return all.length;
        }
      }
      const [late, loud] = [delay(() => Late), delay(() => Loud)];
      @injectable()
      class Foo {
        constructor(
          @inject(late, { isOptional: true }) readonly late: Late,
          @lib.injectAll(late) readonly all: Late[],
          @lib.injectWithTransform(late, Loud) readonly loud: string,
          @lib.injectWithTransform(Late, loud) readonly asLoud: string,
          @lib.injectAllWithTransform(late, Count) readonly count: number,
        ) {}
      }
      const foo = container.resolve(Foo);
      expect([foo.late.name, foo.all.map((each) => each.name), foo.loud, foo.asLoud, foo.count]).toEqual([
        "late",
        ["late"],
        "LATE",
        "LATE",
        1,
      ]);
      expect(container.resolveAll(late).map((each) => each.name)).toEqual(["late"]);
    });

    test("is a token that can be registered", () => {
      class Late {}
      const later = delay(() => Late);
      const [one, two] = [new Late(), new Late()];
      container.registerInstance(later, one).registerInstance(later, two).register("alias", { useToken: later });
      @injectable()
      class Foo {
        constructor(
          @inject(later) readonly late: Late,
          @lib.injectAll(later) readonly all: Late[],
        ) {}
      }
      const { late, all } = container.resolve(Foo);
      expect([late, container.resolve(later), container.resolve("alias")].every((each) => each === two)).toBe(true);
      expect(all[0] === one && all[1] === two).toBe(true);
      expect(container.isRegistered(later)).toBe(true);
    });

    test("of nothing is refused", () => {
      expect(() => delay(undefined as never)).toThrow(
        "Attempt to `delay` undefined. Constructor must be wrapped in a callback",
      );
    });
  });

  describe("Interfaces and circular dependencies", () => {
    interface IFoo {
      readonly name: string;
      readonly bar: IBar;
    }
    interface IBar {
      readonly name: string;
      readonly foo: IFoo;
    }

    /** The README's example; classes in a test of their own, because `@registry` registers where they are defined. */
    function define() {
      @injectable()
      @registry([{ token: "IBar", useToken: delay(() => Bar) }])
      class Foo implements IFoo {
        readonly name = "foo";
        constructor(@inject("IBar") readonly bar: IBar) {}
      }
      @injectable()
      @registry([{ token: "IFoo", useToken: delay(() => Foo) }])
      class Bar implements IBar {
        readonly name = "bar";
        constructor(@inject("IFoo") readonly foo: IFoo) {}
      }
      return { Foo, Bar };
    }

    test("a DelayedConstructor may be the token that a name stands for", () => {
      const { Foo, Bar } = define();
      const foo = container.resolve<IFoo>("IFoo");
      expect(foo).toBeInstanceOf(Foo);
      expect(foo.bar).toBeInstanceOf(Bar);
      expect([foo.name, foo.bar.name, foo.bar.foo.name]).toEqual(["foo", "bar", "foo"]);
    });

    test("singletons that need each other are the same ones from both sides", () => {
      const { Foo, Bar } = define();
      container.register<IFoo>(Foo, Foo, { lifecycle: Lifecycle.Singleton });
      container.register<IBar>(Bar, Bar, { lifecycle: Lifecycle.Singleton });
      const foo = container.resolve(Foo);
      (foo.bar as unknown as { mark: string }).mark = "seen";
      expect((container.resolve(Bar) as unknown as { mark: string }).mark).toBe("seen");
    });
  });
});
