/** The section "Container" of tsyringe's README, and what its tests promise of it. */
import type { DependencyContainer } from "tsyringe";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { libraries, resetBoth, says } from "./libraries.js";

class Foo {}
class Bar {}

describe.each(libraries)("%s", (name, lib) => {
  const { delay, inject, injectable, Lifecycle, registry } = lib;
  // A fresh one for each test; the decorators write into the one around it.
  let container: DependencyContainer;

  beforeEach(() => {
    resetBoth();
    container = lib.container.createChildContainer();
  });

  describe("Injection Token", () => {
    test("may be a string, a symbol, a class, or a DelayedConstructor", () => {
      const symbol = Symbol("foo");
      container.register("foo", { useClass: Foo }).register(symbol, { useClass: Foo }).register(Bar, { useClass: Foo });
      const tokens = ["foo", symbol, Bar, Foo, delay(() => Foo)];
      expect(tokens.map((token) => container.resolve<Foo>(token) instanceof Foo)).toEqual(tokens.map(() => true));
    });

    test("two symbols of one description are two tokens", () => {
      const [a, b] = [Symbol("same"), Symbol("same")];
      container.register(a, { useValue: 1 }).register(b, { useValue: 2 });
      expect([container.resolve(a), container.resolve(b)]).toEqual([1, 2]);
    });

    test("anonymous classes are told apart", () => {
      const [A, B] = [1, 2].map(() => class {});
      container.registerInstance(A, new A()).registerInstance(B, new B());
      expect(container.resolve(A)).toBeInstanceOf(A);
      expect(container.resolve(B)).toBeInstanceOf(B);
    });
  });

  describe("Providers", () => {
    test("Class Provider: resolves a class by its constructor", () => {
      container.register("Foo", { useClass: Foo });
      expect(container.resolve("Foo")).toBeInstanceOf(Foo);
      expect(container.resolve("Foo")).not.toBe(container.resolve("Foo"));
    });

    test("Class Provider: the constructor itself will do", () => {
      class Alias {}
      container.register<Foo>(Alias, Foo);
      expect(container.resolve(Alias)).toBeInstanceOf(Foo);
    });

    test("Class Provider: a DelayedConstructor will do", () => {
      container.register<Foo>("Foo", { useClass: delay(() => Foo) });
      expect(container.resolve("Foo")).toBeInstanceOf(Foo);
    });

    test("Value Provider: resolves to the value", () => {
      const [value, list] = [new Bar(), [new Bar()]];
      container.register("Bar", { useValue: value }).register("Bars", { useValue: list });
      expect(container.resolve("Bar")).toBe(value);
      expect(container.resolve("Bars")).toBe(list);
    });

    test.each([[0], [""], [false]])("Value Provider: %j is a value", (value) => {
      container.register<unknown>("value", { useValue: value });
      expect(container.resolve("value")).toBe(value);
    });

    test("Factory provider: is called each time, with the dependency container", () => {
      const factory = vi.fn<(c: DependencyContainer) => Bar[]>((c) => [c.resolve(Bar)]);
      container.register<Bar[]>("Bars", { useFactory: factory });
      expect(container.resolve<Bar[]>("Bars")).toEqual([expect.any(Bar)]);
      container.resolve("Bars");
      expect(factory).toHaveBeenCalledTimes(2);
      expect(factory.mock.calls[0][0]).toBe(container);
    });

    test("Factory provider: what it returns each time is what is given", () => {
      let number = 0;
      container.register("number", { useFactory: () => ++number });
      expect([container.resolve("number"), container.resolve("number")]).toEqual([1, 2]);
    });

    test("Factory provider: of a parent, gets the container that is asked", () => {
      container.register("asked", { useFactory: (c) => c });
      const child = container.createChildContainer();
      expect(child.resolve("asked")).toBe(child);
    });

    test("instanceCachingFactory: calls the factory once", () => {
      const factory = vi.fn<(c: DependencyContainer) => Foo>((c) => c.resolve(Foo));
      container.register("SingletonFoo", { useFactory: lib.instanceCachingFactory<Foo>(factory) });
      expect(factory).not.toHaveBeenCalled();
      expect(container.resolve("SingletonFoo")).toBe(container.resolve("SingletonFoo"));
      expect(container.createChildContainer().resolve("SingletonFoo")).toBe(container.resolve("SingletonFoo"));
      expect(factory).toHaveBeenCalledTimes(1);
    });

    test("instancePerContainerCachingFactory: once for each container", () => {
      const factory = vi.fn<(c: DependencyContainer) => Foo>((c) => c.resolve(Foo));
      container.register("Foo", { useFactory: lib.instancePerContainerCachingFactory<Foo>(factory) });
      const child = container.createChildContainer();
      expect(container.resolve("Foo")).toBe(container.resolve("Foo"));
      expect(child.resolve("Foo")).toBe(child.resolve("Foo"));
      expect(child.resolve("Foo")).not.toBe(container.resolve("Foo"));
      expect(factory).toHaveBeenCalledTimes(2);
    });

    test("a caching factory can be called by hand", () => {
      const kept = lib.instanceCachingFactory(() => new Foo());
      const each = lib.instancePerContainerCachingFactory(() => new Foo());
      expect([kept(container) === kept(container), each(container) === each(container)]).toEqual([true, true]);
    });

    test("predicateAwareClassFactory: the one class or the other, cached until the predicate changes", () => {
      let https = true;
      container.register("Http", { useFactory: lib.predicateAwareClassFactory<object>(() => https, Foo, Bar) });
      const first = container.resolve("Http");
      expect(first).toBeInstanceOf(Foo);
      expect(container.resolve("Http")).toBe(first);
      https = false;
      expect(container.resolve("Http")).toBeInstanceOf(Bar);
      https = true;
      expect(container.resolve("Http")).not.toBe(first);
    });

    test("predicateAwareClassFactory: resolves fresh each time where it is told so", () => {
      const factory = lib.predicateAwareClassFactory<object>(() => true, Foo, Bar, false);
      container.register("Http", { useFactory: factory });
      expect(container.resolve("Http")).not.toBe(container.resolve("Http"));
    });

    test("predicateAwareClassFactory: the predicate may ask the container", () => {
      class Settings {
        readonly https = true;
      }
      const factory = lib.predicateAwareClassFactory<object>((c) => c.resolve(Settings).https, Foo, Bar);
      container.register("Http", { useFactory: factory });
      expect(container.resolve("Http")).toBeInstanceOf(Foo);
    });

    test("Token Provider: given token x, resolves using token y", () => {
      container.register("y", { useClass: Foo }).register("x", { useToken: "y" });
      expect(container.resolve("x")).toBeInstanceOf(Foo);
      expect(container.resolve("x")).not.toBe(container.resolve("x"));
    });

    test("Token Provider: a singleton keeps what it was first given", () => {
      container.register("y", { useClass: Foo }).register("x", { useToken: "y" }, { lifecycle: Lifecycle.Singleton });
      expect(container.resolve("x")).toBe(container.resolve("x"));
      expect(container.resolve("y")).not.toBe(container.resolve("y"));
    });

    test("Token Provider: a cycle is refused when it is registered", () => {
      container.register("a", { useToken: "b" }).register("b", { useToken: "c" });
      expect(() => container.register("c", { useToken: "a" })).toThrow(
        says(name, ["Token registration cycle detected! c -> a -> b -> c"]),
      );
      expect(() => container.register("d", { useToken: "d" })).toThrow(
        says(name, ["Token registration cycle detected! d -> d"]),
      );
    });
  });

  describe("Register", () => {
    test("returns the container, so that registrations can be chained", () => {
      expect(container.register(Foo, Foo)).toBe(container);
      expect(container.registerType("a", Foo)).toBe(container);
      expect(container.registerInstance("b", new Foo())).toBe(container);
      expect(container.registerSingleton(Bar)).toBe(container);
    });

    test("the last registration answers resolve", () => {
      container.register("a", { useValue: 1 }).register("a", { useValue: 2 });
      expect(container.resolve("a")).toBe(2);
    });

    test("a registration counts from then on, also for what was resolved before", () => {
      @injectable()
      class Holder {
        constructor(readonly foo: Foo) {}
      }
      class Fake extends Foo {}
      expect(container.resolve(Holder).foo).not.toBeInstanceOf(Fake);
      container.register(Foo, Fake);
      expect(container.resolve(Holder).foo).toBeInstanceOf(Fake);
    });

    test("registerType: a class for a class, a class for a name, a name for a name", () => {
      container.registerType(Bar, Foo).registerType("Foo", Foo).registerType("Alias", "Foo");
      expect([Bar, "Foo", "Alias"].map((token) => container.resolve<Foo>(token) instanceof Foo)).toEqual([
        true,
        true,
        true,
      ]);
    });

    test("registerInstance: that instance, for a class and for a name", () => {
      const foo = new Foo();
      container.registerInstance(Foo, foo).registerInstance("Foo", foo);
      expect([container.resolve(Foo), container.resolve("Foo")]).toEqual([foo, foo]);
      expect(container.resolve(Foo)).toBe(foo);
    });

    test("registerSingleton: a class, a class for a class, a class for a name, a name for a name", () => {
      class Base {}
      container.registerSingleton(Foo).registerSingleton<object>(Base, Bar).registerSingleton("Name", Bar);
      container.registerSingleton("Other", "Name");
      for (const token of [Foo, Base, "Name", "Other"]) {
        expect(container.resolve<object>(token)).toBe(container.resolve<object>(token));
      }
      expect(container.resolve(Base)).toBeInstanceOf(Bar);
      expect(container.resolve("Other")).toBe(container.resolve("Name"));
    });

    test("registerSingleton: a name alone is refused", () => {
      expect(() => container.registerSingleton("Foo" as never)).toThrow(
        says(name, ['Cannot register a type name as a singleton without a "to" token']),
      );
    });

    describe("Registration options", () => {
      test("a lifecycle for a class", () => {
        container.register("Foo", { useClass: Foo }, { lifecycle: Lifecycle.Singleton });
        expect(container.resolve("Foo")).toBe(container.resolve("Foo"));
      });

      test.each(["Singleton", "ContainerScoped", "ResolutionScoped"] as const)(
        "%s is refused for a value",
        (lifecycle) => {
          const refused = () => container.register("a", { useValue: 1 } as never, { lifecycle: Lifecycle[lifecycle] });
          expect(refused).toThrow(
            says(name, [`Cannot use lifecycle "${lifecycle}" with ValueProviders or FactoryProviders`]),
          );
        },
      );

      test("Transient may be said for a value", () => {
        container.register("a", { useValue: 1 } as never, { lifecycle: Lifecycle.Transient });
        expect(container.resolve("a")).toBe(1);
      });
    });
  });

  describe("Registry", () => {
    test("registers the given providers where the class is defined", () => {
      @registry([
        { token: Bar, useClass: Foo },
        { token: "theirs", useFactory: (c) => [c.resolve(Foo)] },
        { token: "value", useValue: 1 },
        { token: "alias", useToken: "value" },
        { token: Symbol.for("one"), useClass: Foo, options: { lifecycle: Lifecycle.Singleton } },
      ])
      class MyRegistry {}
      expect(new MyRegistry()).toBeInstanceOf(MyRegistry);
      expect(container.resolve(Bar)).toBeInstanceOf(Foo);
      expect(container.resolve("theirs")).toEqual([expect.any(Foo)]);
      expect(container.resolve("alias")).toBe(1);
      expect(container.resolve(Symbol.for("one"))).toBe(container.resolve(Symbol.for("one")));
    });

    test("may be empty", () => {
      @registry()
      class MyRegistry {}
      expect(new MyRegistry()).toBeInstanceOf(MyRegistry);
    });

    test("goes with @injectable before it", () => {
      @injectable()
      @registry([{ token: "IFoo", useClass: Foo }])
      class Holder {
        constructor(@inject("IFoo") readonly foo: Foo) {}
      }
      expect(container.resolve(Holder).foo).toBeInstanceOf(Foo);
    });
  });

  describe("Resolution", () => {
    test("resolve: a class, and a name", () => {
      container.register("Bar", { useClass: Bar });
      expect(container.resolve(Foo)).toBeInstanceOf(Foo);
      expect(container.resolve<Bar>("Bar")).toBeInstanceOf(Bar);
    });

    test("resolve: a name that nobody registered", () => {
      expect(() => container.resolve("Bar")).toThrow(
        says(name, ['Attempted to resolve unregistered dependency token: "Bar"']),
      );
    });

    test("resolveAll: everything that was registered for a token, by whatever provider, in order", () => {
      @registry([
        { token: "Bar", useToken: Foo },
        { token: "Bar", useClass: Bar },
        { token: "Bar", useValue: 3 },
        { token: "Bar", useFactory: () => 4 },
      ])
      class MyRegistry {}
      expect(container.resolveAll("Bar")).toEqual([expect.any(Foo), expect.any(Bar), 3, 4]);
      expect(MyRegistry).toBeDefined();
    });

    test("resolveAll: a class that nobody registered is one, new each time", () => {
      const [[first], [second]] = [container.resolveAll(Foo), container.resolveAll(Foo)];
      expect([first, second]).toEqual([expect.any(Foo), expect.any(Foo)]);
      expect(first).not.toBe(second);
    });

    test("resolveAll: a name that nobody registered", () => {
      expect(() => container.resolveAll("Bar")).toThrow(
        says(name, ['Attempted to resolve unregistered dependency token: "Bar"']),
      );
    });

    test("tokens in @injectable(): one, or several", () => {
      @injectable({ token: "Bar" })
      class One {}
      @injectable({ token: ["Bar", "Bar2"] })
      class Two {}
      expect(container.resolveAll("Bar")).toEqual([expect.any(One), expect.any(Two)]);
      expect(container.resolveAll("Bar2")).toEqual([expect.any(Two)]);
    });
  });

  describe("IsRegistered", () => {
    test("whether a token is registered, by each kind of provider", () => {
      container.register("class", { useClass: Foo }).register("value", { useValue: 1 });
      container.register("factory", { useFactory: () => 1 }).register("token", { useToken: "value" });
      container.registerSingleton(Bar);
      const tokens = ["class", "value", "factory", "token", Bar, "none", Foo];
      expect(tokens.map((token) => container.isRegistered(token))).toEqual([
        true,
        true,
        true,
        true,
        true,
        false,
        false,
      ]);
    });

    test("asking does not register", () => {
      container.isRegistered("Bar");
      expect(container.isRegistered("Bar")).toBe(false);
      expect(() => container.resolve("Bar")).toThrow("unregistered");
    });

    test("a child is asked for its own, and for its parents' where it is told so", () => {
      container.register(Bar, { useClass: Bar });
      const child = container.createChildContainer();
      const grandchild = child.createChildContainer();
      expect([child.isRegistered(Bar), child.isRegistered(Bar, true), grandchild.isRegistered(Bar, true)]).toEqual([
        false,
        true,
        true,
      ]);
      expect([child.isRegistered(Foo, true), container.isRegistered(Foo, true)]).toEqual([false, false]);
    });
  });

  describe("Interception", () => {
    test("beforeResolution: is called before, with token and kind of resolution", () => {
      const calls: unknown[] = [];
      class Built {
        constructor() {
          calls.push("built");
        }
      }
      container.beforeResolution(Built, (...args) => calls.push(args), { frequency: "Always" });
      container.resolve(Built);
      expect(calls).toEqual([[Built, "Single"], "built"]);
    });

    test("afterResolution: is called after, with token, result and kind of resolution", () => {
      const calls: unknown[][] = [];
      container.afterResolution(Bar, (...args) => calls.push(args), { frequency: "Always" });
      const bar = container.resolve(Bar);
      expect(calls).toEqual([[Bar, bar, "Single"]]);
      expect(calls[0][1]).toBe(bar);
    });

    test("resolveAll: is called once for all", () => {
      const calls: unknown[][] = [];
      container.register("a", { useValue: 1 }).register("a", { useValue: 2 });
      container.beforeResolution("a", (...args) => calls.push(args), { frequency: "Always" });
      container.afterResolution("a", (...args) => calls.push(args), { frequency: "Always" });
      container.resolveAll("a");
      expect(calls).toEqual([
        ["a", "All"],
        ["a", [1, 2], "All"],
      ]);
    });

    test.each(["beforeResolution", "afterResolution"] as const)("%s: Once is once, Always is each time", (when) => {
      const calls: string[] = [];
      container[when](Bar, () => void calls.push("once"), { frequency: "Once" });
      container[when](Bar, () => void calls.push("always"), { frequency: "Always" });
      container[when](Bar, () => void calls.push("default"));
      container.resolve(Bar);
      container.resolve(Bar);
      expect(calls).toEqual(["once", "always", "default", "always", "default"]);
    });

    test("is called for what is injected, too, and for a singleton each time it is asked for", () => {
      const calls: string[] = [];
      container.registerSingleton(Foo);
      @injectable()
      class Holder {
        constructor(
          readonly foo: Foo,
          @lib.injectAll(Foo) readonly foos: Foo[],
        ) {}
      }
      container.afterResolution(Foo, (_token, _result, type) => void calls.push(type), { frequency: "Always" });
      container.resolve(Holder);
      container.resolve(Foo);
      expect(calls).toEqual(["Single", "All", "Single"]);
    });

    test("of a token and of what it stands for, both", () => {
      const calls: string[] = [];
      container.register("alias", { useToken: "value" }).register("value", { useValue: 1 });
      container.beforeResolution("alias", () => void calls.push("alias"));
      container.beforeResolution("value", () => void calls.push("value"));
      container.resolve("alias");
      expect(calls).toEqual(["alias", "value"]);
    });

    test("a parent's is not called for what a child is asked", () => {
      const calls: string[] = [];
      container.beforeResolution(Bar, () => void calls.push("parent"));
      container.createChildContainer().resolve(Bar);
      expect(calls).toEqual([]);
    });

    test("is not called for what cannot be resolved, and afterResolution not for what fails", () => {
      const calls: string[] = [];
      container.beforeResolution("missing", () => void calls.push("before missing"));
      container.register("failing", {
        useFactory: () => {
          throw new Error("no");
        },
      });
      container.beforeResolution("failing", () => void calls.push("before failing"));
      container.afterResolution("failing", () => void calls.push("after failing"));
      expect(() => container.resolve("missing")).toThrow("unregistered");
      expect(() => container.resolve("failing")).toThrow("no");
      expect(calls).toEqual(["before failing"]);
    });

    test("an init method can be called on what was resolved", () => {
      class Service {
        ready = false;
        init(): void {
          this.ready = true;
        }
      }
      container.registerSingleton(Service);
      container.afterResolution(Service, (_token, service) => (service as Service).init(), { frequency: "Once" });
      expect(container.resolve(Service).ready).toBe(true);
    });
  });

  describe("Child Containers", () => {
    test("have independent registrations", () => {
      const [one, two] = [container.createChildContainer(), container.createChildContainer()];
      one.register("a", { useValue: "one" });
      two.register("a", { useValue: "two" });
      expect([one.resolve("a"), two.resolve("a"), one.createChildContainer().resolve("a")]).toEqual([
        "one",
        "two",
        "one",
      ]);
      expect(() => container.resolve("a")).toThrow("unregistered");
    });

    test("resolve from the parent what they do not have, one and all", () => {
      container.register("a", { useValue: 1 }).register("a", { useValue: 2 });
      const child = container.createChildContainer();
      expect([child.resolve("a"), child.resolveAll("a")]).toEqual([2, [1, 2]]);
    });

    test("their own registrations replace the parent's, for all too", () => {
      container.register("a", { useValue: 1 });
      const child = container.createChildContainer().register("a", { useValue: 2 });
      expect([child.resolve("a"), child.resolveAll("a")]).toEqual([2, [2]]);
      expect(container.resolveAll("a")).toEqual([1]);
    });

    test("a parent's class is given what the child registered", () => {
      @injectable()
      class Holder {
        constructor(@inject("name") readonly name: string) {}
      }
      container.register("name", { useValue: "parent" }).register(Holder, { useClass: Holder });
      const child = container.createChildContainer().register("name", { useValue: "child" });
      expect([child.resolve(Holder).name, container.resolve(Holder).name]).toEqual(["child", "parent"]);
    });

    test("see what a parent registers later", () => {
      const child = container.createChildContainer();
      container.register("late", { useValue: 1 });
      expect(child.resolve("late")).toBe(1);
    });

    test("resetting one leaves the parent as it is", () => {
      container.register("a", { useValue: 1 });
      const child = container.createChildContainer().register("a", { useValue: 2 });
      child.reset();
      expect(child.resolve("a")).toBe(1);
    });
  });

  describe("Clearing Instances", () => {
    test("clears created instances, and instances that were registered", () => {
      container.registerInstance("Test", new Foo());
      container.registerSingleton(Bar);
      const bar = container.resolve(Bar);
      container.clearInstances();
      expect(() => container.resolve("Test")).toThrow("unregistered");
      expect(container.isRegistered("Test")).toBe(false);
      expect(container.resolve(Bar)).not.toBe(bar);
      expect(container.resolve(Bar)).toBe(container.resolve(Bar));
    });

    test("leaves the other registrations", () => {
      container.register("factory", { useFactory: () => 1 }).register("alias", { useToken: "factory" });
      container.clearInstances();
      expect([container.resolve("factory"), container.resolve("alias")]).toEqual([1, 1]);
    });

    test("reset() clears registrations and interceptors", () => {
      const calls: string[] = [];
      container.register("a", { useValue: 1 }).registerSingleton(Foo);
      container.beforeResolution(Foo, () => void calls.push("before"));
      container.reset();
      expect(() => container.resolve("a")).toThrow('unregistered dependency token: "a"');
      expect(container.isRegistered(Foo)).toBe(false);
      expect(container.resolve(Foo)).not.toBe(container.resolve(Foo));
      expect(calls).toEqual([]);
    });
  });
});
