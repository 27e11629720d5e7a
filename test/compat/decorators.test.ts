/** The section "Decorators" of tsyringe's README, and what its tests promise of it. */
import { beforeEach, describe, expect, test } from "vitest";
import { libraries, resetBoth, says } from "./libraries.js";

class Database {}

describe.each(libraries)("%s", (name, lib) => {
  const { container, inject, injectable, Lifecycle, scoped, singleton } = lib;

  beforeEach(resetBoth);

  describe("injectable()", () => {
    test("lets a class's dependencies be injected by their types", () => {
      @injectable()
      class Foo {
        constructor(readonly database: Database) {}
      }
      expect(container.resolve(Foo).database).toBeInstanceOf(Database);
    });

    test("through as many classes as there are", () => {
      @injectable()
      class Bar {
        constructor(readonly database: Database) {}
      }
      @injectable()
      class Foo {
        constructor(readonly bar: Bar) {}
      }
      expect(container.resolve(Foo).bar.database).toBeInstanceOf(Database);
    });

    test("an optional parameter is injected all the same", () => {
      @injectable()
      class Foo {
        constructor(readonly database?: Database) {}
      }
      expect(container.resolve(Foo).database).toBeInstanceOf(Database);
    });

    test("the class can be constructed by hand, and keeps its static members", () => {
      @injectable()
      class Foo {
        static readonly kind = "foo";
        constructor(readonly database: Database) {}
      }
      const database = new Database();
      expect([new Foo(database).database, Foo.kind]).toEqual([database, "foo"]);
      expect(new Foo(database).database).toBe(database);
    });

    test("does not register the class, and makes a new instance each time", () => {
      @injectable()
      class Foo {}
      expect(container.isRegistered(Foo)).toBe(false);
      expect(container.resolve(Foo)).not.toBe(container.resolve(Foo));
    });

    test("a class without parameters needs no decorator", () => {
      expect(container.resolve(Database)).toBeInstanceOf(Database);
    });

    test("a class with parameters and no decorator: TypeInfo not known", () => {
      class Foo {
        constructor(readonly database: Database) {}
      }
      expect(() => container.resolve(Foo)).toThrow(says(name, ['TypeInfo not known for "Foo"']));
    });
  });

  describe("singleton()", () => {
    test("registers the class as a singleton in the global container", () => {
      @singleton()
      class Foo {
        constructor(readonly database: Database) {}
      }
      expect(container.isRegistered(Foo)).toBe(true);
      expect(container.resolve(Foo)).toBe(container.resolve(Foo));
      expect(container.resolve(Foo).database).toBeInstanceOf(Database);
    });

    test("can be replaced by registerSingleton", () => {
      @singleton()
      class Service {}
      class Mock {}
      @injectable()
      class Foo {
        constructor(readonly service: Service) {}
      }
      container.registerSingleton(Service, Mock);
      expect(container.resolve(Foo).service).toBeInstanceOf(Mock);
    });
  });

  describe("autoInjectable()", () => {
    const { autoInjectable } = lib;

    test("gives a constructor without parameters, whose dependencies are resolved", () => {
      @autoInjectable()
      class Foo {
        constructor(readonly database?: Database) {}
      }
      expect(new Foo().database).toBeInstanceOf(Database);
    });

    test("uses the global container", () => {
      class Fake extends Database {}
      container.register(Database, Fake);
      @autoInjectable()
      class Foo {
        constructor(readonly database?: Database) {}
      }
      expect(new Foo().database).toBeInstanceOf(Fake);
    });

    test("arguments can be given by hand, and the rest is injected", () => {
      @autoInjectable()
      class Foo {
        constructor(
          readonly first: Database,
          readonly second?: Database,
        ) {}
      }
      const own = new Database();
      const foo = new Foo(own);
      expect(foo.first).toBe(own);
      expect(foo.second).toBeInstanceOf(Database);
      expect(foo.second).not.toBe(own);
    });

    test("a subclass's super() is injected too", () => {
      @autoInjectable()
      class Ancestor {
        readonly a = 5;
        constructor(readonly database?: Database) {}
      }
      class Child extends Ancestor {
        readonly b = 4;
        constructor() {
          super();
        }
      }
      const child = new Child();
      expect([child.a, child.b, child.database instanceof Database]).toEqual([5, 4, true]);
    });

    test("resolves what its dependencies depend on", () => {
      @injectable()
      class Bar {
        constructor(readonly database: Database) {}
      }
      @autoInjectable()
      class Foo {
        constructor(readonly bar?: Bar) {}
      }
      expect(new Foo().bar?.database).toBeInstanceOf(Database);
    });

    test("all parameter decorators work in it", () => {
      class Upper {
        transform(value: string, mark: string): string {
          return value.toUpperCase() + mark;
        }
      }
      class Join {
        transform(values: string[], by: string): string {
          return values.join(by);
        }
      }
      container.register("name", { useValue: "a" }).register("name", { useValue: "b" });
      @autoInjectable()
      class Foo {
        constructor(
          @inject("name") readonly name?: string,
          @lib.injectAll("name") readonly names?: string[],
          @lib.injectWithTransform("name", Upper, "!") readonly loud?: string,
          @lib.injectAllWithTransform("name", Join, "+") readonly joined?: string,
        ) {}
      }
      const foo = new Foo();
      expect([foo.name, foo.names, foo.loud, foo.joined]).toEqual(["b", ["a", "b"], "B!", "a+b"]);
    });

    test("@singleton over it makes one", () => {
      @singleton()
      @autoInjectable()
      class Foo {
        constructor(readonly database: Database) {}
      }
      expect(container.resolve(Foo)).toBe(container.resolve(Foo));
      expect(container.resolve(Foo).database).toBeInstanceOf(Database);
    });

    test("@singleton under it makes one of the class inside, which nobody can ask for", () => {
      @autoInjectable()
      @singleton()
      class Foo {
        constructor(readonly database?: Database) {}
      }
      expect(container.resolve(Foo)).not.toBe(container.resolve(Foo));
      const inside = Object.getPrototypeOf(Foo) as typeof Foo;
      expect(container.resolve(inside)).toBe(container.resolve(inside));
      expect([container.isRegistered(Foo), container.isRegistered(inside)]).toEqual([false, true]);
    });

    test("says which dependency cannot be injected", () => {
      interface Settings {
        readonly deep: boolean;
      }
      @autoInjectable()
      class Foo {
        constructor(
          readonly database?: Database,
          readonly settings?: Settings,
        ) {}
      }
      expect(() => new Foo()).toThrow(
        says(name, [
          'Cannot inject the dependency "settings" at position #1 of "Foo" constructor. Reason:',
          '    TypeInfo not known for "Object"',
        ]),
      );
    });

    test("an array says nothing of what is in it", () => {
      @autoInjectable()
      class Foo {
        constructor(readonly databases?: Database[]) {}
      }
      expect(() => new Foo()).toThrow('TypeInfo not known for "Array"');
    });
  });

  describe("inject()", () => {
    test("injects by a token where a type says nothing", () => {
      @injectable()
      class Foo {
        constructor(@inject("Database") readonly database: Database) {}
      }
      container.register("Database", { useClass: Database });
      expect(container.resolve(Foo).database).toBeInstanceOf(Database);
    });

    test("suffices without @injectable's types: an array that was registered", () => {
      @injectable()
      class Foo {
        constructor(@inject("Databases") readonly databases: Database[]) {}
      }
      const databases = [new Database()];
      container.register("Databases", { useValue: databases });
      expect(container.resolve(Foo).databases).toBe(databases);
    });

    test("throws if no registration is found", () => {
      @injectable()
      class Foo {
        constructor(@inject("Database") readonly database: Database) {}
      }
      expect(() => container.resolve(Foo)).toThrow(
        says(name, [
          'Cannot inject the dependency "database" at position #0 of "Foo" constructor. Reason:',
          '    Attempted to resolve unregistered dependency token: "Database"',
        ]),
      );
    });

    test("isOptional: undefined where nothing is registered, and what is registered where it is", () => {
      @injectable()
      class Foo {
        constructor(@inject("Database", { isOptional: true }) readonly database?: Database) {}
      }
      expect(container.resolve(Foo).database).toBeUndefined();
      container.register("Database", { useClass: Database });
      expect(container.resolve(Foo).database).toBeInstanceOf(Database);
    });

    test("isOptional finds what the parent has registered", () => {
      @injectable()
      class Foo {
        constructor(@inject("Database", { isOptional: true }) readonly database?: Database) {}
      }
      container.register("Database", { useClass: Database });
      expect(container.createChildContainer().resolve(Foo).database).toBeInstanceOf(Database);
    });

    test("isOptional: a class is there without being registered", () => {
      @injectable()
      class Foo {
        constructor(@inject(Database, { isOptional: true }) readonly database?: Database) {}
      }
      expect(container.resolve(Foo).database).toBeInstanceOf(Database);
    });
  });

  describe("injectAll()", () => {
    const { injectAll } = lib;
    interface Plugin {
      readonly name: string;
    }

    test("injects an array of what is registered, in order", () => {
      container.register<Plugin>("Plugin", { useValue: { name: "a" } });
      container.register<Plugin>("Plugin", { useValue: { name: "b" } });
      @injectable()
      class Bar {
        constructor(@injectAll("Plugin") readonly plugins: Plugin[]) {}
      }
      expect(container.resolve(Bar).plugins.map((plugin) => plugin.name)).toEqual(["a", "b"]);
    });

    test("a class that nobody registered: one of it", () => {
      @injectable()
      class Bar {
        constructor(@injectAll(Database) readonly databases: Database[]) {}
      }
      expect(container.resolve(Bar).databases).toEqual([expect.any(Database)]);
    });

    test("throws if no registrations are found", () => {
      @injectable()
      class Bar {
        constructor(@injectAll("Plugin") readonly plugins: Plugin[]) {}
      }
      expect(() => container.resolve(Bar)).toThrow(
        says(name, [
          'Cannot inject the dependency "plugins" at position #0 of "Bar" constructor. Reason:',
          '    Attempted to resolve unregistered dependency token: "Plugin"',
        ]),
      );
    });

    test("isOptional: an empty array where nothing is registered", () => {
      @injectable()
      class Bar {
        constructor(@injectAll("Plugin", { isOptional: true }) readonly plugins: Plugin[]) {}
      }
      expect(container.resolve(Bar).plugins).toEqual([]);
      container.register("Plugin", { useValue: { name: "a" } });
      expect(container.resolve(Bar).plugins).toEqual([{ name: "a" }]);
    });
  });

  describe("injectWithTransform()", () => {
    const { injectWithTransform } = lib;
    class FeatureFlags {
      value(flag: string): boolean {
        return flag === "on";
      }
    }
    class FlagTransformer {
      transform(flags: FeatureFlags, flag: string): boolean {
        return flags.value(flag);
      }
    }

    test("the transformer acts on what was resolved, with the arguments of the decorator", () => {
      @injectable()
      class Component {
        constructor(
          readonly database: Database,
          @injectWithTransform(FeatureFlags, FlagTransformer, "on") readonly on: boolean,
          @injectWithTransform(FeatureFlags, FlagTransformer, "off") readonly off: boolean,
        ) {}
      }
      const { database, on, off } = container.resolve(Component);
      expect([database instanceof Database, on, off]).toEqual([true, true, false]);
    });

    test("the transformer is resolved, by a token too", () => {
      class Joining {
        transform(value: string, ...more: string[]) {
          return [value, ...more].join("-");
        }
      }
      container.register("joining", { useClass: Joining }).register("value", { useValue: "v" });
      @injectable()
      class Component {
        constructor(@injectWithTransform("value", "joining", "a", "b") readonly joined: string) {}
      }
      expect(container.resolve(Component).joined).toBe("v-a-b");
    });

    test("what goes wrong is told of the parameter", () => {
      @injectable()
      class Component {
        constructor(@injectWithTransform("missing", FlagTransformer) readonly flag: boolean) {}
      }
      expect(() => container.resolve(Component)).toThrow(
        says(name, [
          'Cannot inject the dependency "flag" at position #0 of "Component" constructor. Reason:',
          '    Attempted to resolve unregistered dependency token: "missing"',
        ]),
      );
    });
  });

  describe("injectAllWithTransform()", () => {
    test("the transformer gets the array, and returns what it likes", () => {
      class Foo {
        readonly value = "foo";
      }
      class FooTransform {
        transform(foos: Foo[], mark: string): string[] {
          return foos.map((foo) => foo.value + mark);
        }
      }
      container.register(Foo, Foo).register(Foo, Foo);
      @injectable()
      class Bar {
        constructor(@lib.injectAllWithTransform(Foo, FooTransform, "!") readonly values: string[]) {}
      }
      expect(container.resolve(Bar).values).toEqual(["foo!", "foo!"]);
    });
  });

  describe("scoped()", () => {
    test("Transient, the default: a new instance with each resolve", () => {
      container.register("Database", { useClass: Database });
      expect(container.resolve("Database")).not.toBe(container.resolve("Database"));
    });

    test("Singleton: the same instance for each resolve, those of child containers included", () => {
      container.register("Database", { useClass: Database }, { lifecycle: Lifecycle.Singleton });
      const child = container.createChildContainer();
      expect(child.resolve("Database")).toBe(container.resolve("Database"));
      expect(child.createChildContainer().resolve("Database")).toBe(container.resolve("Database"));
    });

    test("ResolutionScoped: the same instance during one resolution chain, another in the next", () => {
      @scoped(Lifecycle.ResolutionScoped)
      class Work {}
      @injectable()
      class Bar {
        constructor(readonly work: Work) {}
      }
      @injectable()
      class Foo {
        constructor(
          readonly work: Work,
          readonly bar: Bar,
        ) {}
      }
      const [first, second] = [container.resolve(Foo), container.resolve(Foo)];
      expect(first.work).toBe(first.bar.work);
      expect(first.work).not.toBe(second.work);
    });

    test("ResolutionScoped: through a token, and through another name", () => {
      container.register("Work", { useClass: Database }, { lifecycle: Lifecycle.ResolutionScoped });
      container.register("Alias", { useToken: "Work" });
      @injectable()
      class Foo {
        constructor(
          @inject("Work") readonly work: Database,
          @inject("Alias") readonly alias: Database,
        ) {}
      }
      const foo = container.resolve(Foo);
      expect(foo.work).toBe(foo.alias);
    });

    test("ContainerScoped: one instance for each container, a unique one for a child container", () => {
      @scoped(Lifecycle.ContainerScoped)
      class Foo {}
      const child = container.createChildContainer();
      const grandchild = child.createChildContainer();
      const all = [container, child, grandchild].map((each) => [each.resolve(Foo), each.resolve(Foo)]);
      expect(all.map(([a, b]) => a === b)).toEqual([true, true, true]);
      expect(new Set(all.flat()).size).toBe(3);
    });

    test("with a token of its own", () => {
      @scoped(Lifecycle.ContainerScoped, "Foo")
      class Foo {}
      const child = container.createChildContainer();
      expect(child.resolve("Foo")).toBeInstanceOf(Foo);
      expect(child.resolve("Foo")).toBe(child.resolve("Foo"));
      expect(child.resolve("Foo")).not.toBe(container.resolve("Foo"));
    });

    test("all that a token stands for keep their own scopes", () => {
      class One {}
      class Two {}
      container.registerSingleton("Foo", One);
      container.register("Foo", Two, { lifecycle: Lifecycle.ContainerScoped });
      const child = container.createChildContainer();
      const [[a1, b1], [a2, b2], [a3, b3], [a4, b4]] = [container, container, child, child].map((each) =>
        each.resolveAll<object>("Foo"),
      );
      expect([a1 === a2, b1 === b2, a3 === a4, b3 === b4, a1 === a3, b1 === b3]).toEqual([
        true,
        true,
        true,
        true,
        true,
        false,
      ]);
    });
  });

  describe("error messages", () => {
    test("a chain of them, from what was asked for down to what failed", () => {
      @injectable()
      class C {
        constructor(readonly s: unknown) {}
      }
      @injectable()
      class B {
        constructor(readonly c: C) {}
      }
      @injectable()
      class A {
        constructor(
          readonly database: Database,
          readonly b: B,
        ) {}
      }
      expect(() => container.resolve(A)).toThrow(
        says(name, [
          'Cannot inject the dependency "b" at position #1 of "A" constructor. Reason:',
          '    Cannot inject the dependency "c" at position #0 of "B" constructor. Reason:',
          '        Cannot inject the dependency "s" at position #0 of "C" constructor. Reason:',
          '            TypeInfo not known for "Object"',
        ]),
      );
    });

    test("a token that nobody registered, at its position", () => {
      @injectable()
      class A {
        constructor(@inject("missing") readonly j: unknown) {}
      }
      expect(() => container.resolve(A)).toThrow(
        says(name, [
          'Cannot inject the dependency "j" at position #0 of "A" constructor. Reason:',
          '    Attempted to resolve unregistered dependency token: "missing"',
        ]),
      );
    });

    test("nothing is said of the names, factories and constructors on the way", () => {
      const missing = 'Attempted to resolve unregistered dependency token: "missing"';
      class Asking {
        readonly answer = container.resolve("missing");
      }
      @injectable()
      class Holder {
        constructor(@inject("alias") readonly answer: unknown) {}
      }
      container.register("alias", { useToken: "factory" }).register("asking", { useClass: Asking });
      container.register("factory", { useFactory: (c) => c.resolve("missing") });
      for (const token of ["alias", "factory", "asking"]) {
        expect(() => container.resolve(token)).toThrow(says(name, [missing]));
        expect(() => container.resolveAll(token)).toThrow(says(name, [missing]));
      }
      expect(() => container.resolve(Holder)).toThrow(
        says(name, [
          'Cannot inject the dependency "answer" at position #0 of "Holder" constructor. Reason:',
          `    ${missing}`,
        ]),
      );
    });

    test("a symbol is named as it prints", () => {
      const sentence = 'Attempted to resolve unregistered dependency token: "Symbol(mailer)"';
      expect(() => container.resolve(Symbol("mailer"))).toThrow(says(name, [sentence]));
      expect(() => container.resolveAll(Symbol("mailer"))).toThrow(says(name, [sentence]));
    });
  });
});
