/** The section "Disposable instances" of tsyringe's README. */
import type { DependencyContainer } from "tsyringe";
import { beforeEach, describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { libraries, resetBoth, says } from "./libraries.js";

describe.each(libraries)("%s", (name, lib) => {
  const { injectable, Lifecycle } = lib;
  let container: DependencyContainer;
  let calls: string[];

  class Foo {
    dispose(): void {
      calls.push("foo");
    }
  }
  class Bar {
    dispose(): void {
      calls.push("bar");
    }
  }

  beforeEach(() => {
    resetBoth();
    container = lib.container.createChildContainer();
    calls = [];
  });

  describe("Disposable instances", () => {
    test("all that the container created are disposed with it: singletons, what was injected, transients still held", async () => {
      class Injected extends Bar {}
      @injectable()
      class Holder {
        constructor(readonly injected: Injected) {}
      }
      container.registerSingleton(Foo);
      const held = [container.resolve(Foo), container.resolve(Foo), container.resolve(Holder)];
      await container.dispose();
      expect(calls.sort()).toEqual(["bar", "foo"]);
      expect(held).toHaveLength(3);
    });

    test("dispose() has called synchronous disposers when it returns", async () => {
      container.registerSingleton(Foo);
      container.resolve(Foo);
      const disposed = container.dispose();
      expect(calls).toEqual(["foo"]);
      await disposed;
    });

    test("await dispose() waits for asynchronous disposers", async () => {
      const end = deferred();
      class Slow {
        async dispose(): Promise<void> {
          await end.promise;
          calls.push("slow");
        }
      }
      container.registerSingleton(Slow);
      container.resolve(Slow);
      const disposed = container.dispose();
      expect(calls).toEqual([]);
      end.resolve();
      await disposed;
      expect(calls).toEqual(["slow"]);
    });

    test("what the container did not create is left alone: values, what a factory gave, what has no disposer", async () => {
      class WithArgument {
        dispose(why: string): void {
          calls.push(why);
        }
      }
      container.registerInstance("value", new Foo());
      const made = new Bar();
      container.register("factory", { useFactory: () => made });
      const held = [container.resolve("value"), container.resolve("factory"), container.resolve(WithArgument)];
      await container.dispose();
      expect(calls).toEqual([]);
      expect(held).toHaveLength(3);
    });

    test("disposing a child leaves its parent as it is", async () => {
      container.registerSingleton(Foo);
      container.resolve(Foo);
      const child = container.createChildContainer();
      child.register("bar", Bar, { lifecycle: Lifecycle.ContainerScoped });
      child.resolve("bar");
      await child.dispose();
      expect(calls).toEqual(["bar"]);
      expect(container.resolve(Foo)).toBeInstanceOf(Foo);
    });

    test("a disposer that rejects is told by the promise", async () => {
      class Failing {
        async dispose(): Promise<void> {
          throw new Error("cannot end");
        }
      }
      container.registerSingleton(Failing);
      container.resolve(Failing);
      await expect(container.dispose()).rejects.toThrow("cannot end");
    });

    test("a container that was disposed may no longer be used", async () => {
      container.registerSingleton(Foo);
      await container.dispose();
      const uses: (() => unknown)[] = [
        () => container.resolve(Foo),
        () => container.resolveAll(Foo),
        () => container.register(Foo, Foo),
        () => container.registerType("a", Foo),
        () => container.registerInstance("a", 1),
        () => container.registerSingleton(Bar),
        () => container.isRegistered(Foo),
        () => container.reset(),
        () => container.clearInstances(),
        () => container.createChildContainer(),
      ];
      for (const use of uses) {
        expect(use).toThrow(
          says(name, ["This container has been disposed, you cannot interact with a disposed container"]),
        );
      }
    });
  });
});
