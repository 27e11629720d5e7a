/** Promises 1, 7 and 10: who disposes what. Every test counts. */
import { Container, delay, Lifecycle, type Provider, type RegistrationOptions, type Scope } from "ambit";
import { describe, expect, test } from "vitest";
import { countAlive } from "../support/gc.js";

/** Something that counts how often it was disposed. */
class Counted {
  disposed = 0;
  dispose() {
    this.disposed++;
  }
}

/** How often what "it" gave in a scope, and outside, was disposed when everything had ended. */
async function disposals(provider: (made: Counted[]) => Provider, options?: RegistrationOptions): Promise<number[]> {
  const made: Counted[] = [];
  const container = new Container().register("it", provider(made) as never, options);
  await container.runInScope({ name: "job" }, (scope) => void scope.resolve("it"));
  await container.dispose();
  return made.map(({ disposed }) => disposed);
}

function keep(made: Counted[]): Counted {
  const counted = new Counted();
  made.push(counted);
  return counted;
}

const factory = (made: Counted[]): Provider => ({ useFactory: () => keep(made) });
const useClass = (made: Counted[]): Provider => ({
  useClass: class extends Counted {
    constructor() {
      super();
      made.push(this);
    }
  },
});
const useValue = (made: Counted[]): Provider => ({ useValue: keep(made) });

const lifetimes: RegistrationOptions[] = [
  { lifecycle: Lifecycle.Transient },
  { lifecycle: Lifecycle.Singleton },
  { lifecycle: Lifecycle.ResolutionScoped },
  { lifecycle: Lifecycle.ContainerScoped },
  { lifecycle: Lifecycle.ContextScoped },
  { lifecycle: Lifecycle.ContextScoped, scopeName: "job" },
  { lifecycle: Lifecycle.ThreadScoped },
];

describe("promise 7", () => {
  test.each(lifetimes)("what a factory with %o returned is disposed, once", async (options) => {
    expect(await disposals(factory, options)).toEqual([1]);
  });

  test.each([undefined, {}, { owned: false }])(
    "what a bare factory with %o returned is its caller's",
    async (options) => {
      expect(await disposals(factory, options)).toEqual([0]);
    },
  );

  test("owned: true gives what a bare factory returned to the scope that asked", async () => {
    expect(await disposals(factory, { owned: true })).toEqual([1]);
  });

  test.each(lifetimes)("owned: false leaves what a factory with %o returned to its maker", async (options) => {
    expect(await disposals(factory, { ...options, owned: false })).toEqual([0]);
  });

  test.each([undefined, ...lifetimes])("what a class with %o is built of is disposed, once", async (options) => {
    expect(await disposals(useClass, options)).toEqual([1]);
  });

  test.each([undefined, ...lifetimes])("owned: false leaves an instance with %o alone", async (options) => {
    expect(await disposals(useClass, { ...options, owned: false })).toEqual([0]);
  });

  test.each([undefined, { owned: false }])("a value with %o is its maker's", async (options) => {
    expect(await disposals(useValue, options)).toEqual([0]);
  });

  test("owned: true gives a value to the container: it ends with it, not with a scope, and once", async () => {
    expect(await disposals(useValue, { owned: true })).toEqual([1]);
  });

  test("owned: true gives a value to the container even if nobody ever asked for it", async () => {
    const value = new Counted();
    const container = new Container().register("value", { useValue: value }, { owned: true });
    await container.dispose();
    expect(value.disposed).toBe(1);
  });

  test("a value that two registrations own is disposed once", async () => {
    const value = new Counted();
    const container = new Container();
    for (const name of ["a", "b"]) container.register(name, { useValue: value }, { owned: true });
    await container.createChildContainer().register("c", { useValue: value }, { owned: true }).dispose();
    expect(value.disposed).toBe(0);
    await container.dispose();
    expect(value.disposed).toBe(1);
  });

  test("a value that is owned ends in its place: after what was built later", async () => {
    const calls: string[] = [];
    const container = new Container();
    container.register("value", { useValue: { dispose: () => calls.push("value") } }, { owned: true });
    const make = () => ({ dispose: () => calls.push("built") });
    container.register("built", { useFactory: make }, { lifecycle: Lifecycle.Singleton }).resolve("built");
    await container.dispose();
    expect(calls).toEqual(["built", "value"]);
  });
});

describe("promise 1: an alias owns nothing", () => {
  /** What "it" is asked for in every way, in a scope in a scope; then everything ends. */
  async function disposedOnce(register: (container: Container) => void): Promise<number[]> {
    const made: Counted[] = [];
    const container = new Container().register("made", factory(made) as never, { lifecycle: Lifecycle.ContextScoped });
    register(container);
    await container.runInScope(async (scope) => {
      scope.resolve("made");
      await container.runInScope(() => void container.resolveAll("it"));
      container.resolve("it");
    });
    await container.dispose();
    return made.map(({ disposed }) => disposed);
  }

  test("useToken of a context-lived instance", async () => {
    expect(await disposedOnce((container) => container.register("it", { useToken: "made" }))).toEqual([1, 1]);
  });

  test("useToken of a context-lived instance, itself context-lived", async () => {
    const disposed = await disposedOnce((container) =>
      container.register("it", { useToken: "made" }, { lifecycle: Lifecycle.ContextScoped }),
    );
    expect(disposed).toEqual([1, 1]);
  });

  test.each([Lifecycle.Transient, Lifecycle.ResolutionScoped, Lifecycle.ContextScoped])(
    "a factory with lifetime %i that returns what the same scope owns",
    async (lifecycle) => {
      const again = { useFactory: (container: { resolve(token: string): unknown }) => container.resolve("made") };
      expect(await disposedOnce((container) => container.register("it", again, { lifecycle }))).toEqual([1, 1]);
    },
  );

  test.each([Lifecycle.Transient, Lifecycle.ContextScoped])(
    "a factory with lifetime %i that returns what a scope around owns",
    async (lifecycle) => {
      const made: Counted[] = [];
      const container = new Container().register("made", factory(made) as never, {
        lifecycle: Lifecycle.ContextScoped,
      });
      const outermost = (_: unknown, scope?: Scope) => (scope?.parent ?? scope)?.resolve("made");
      container.register("it", { useFactory: outermost }, { lifecycle });
      await container.runInScope(async (outer) => {
        await container.runInScope((inner) => expect(inner.resolve("it")).toBe(outer.resolve("made")));
        expect(made.map(({ disposed }) => disposed)).toEqual([0]);
      });
      expect(made.map(({ disposed }) => disposed)).toEqual([1]);
    },
  );

  test.each(lifetimes)(
    "a factory with %o that returns a singleton, of its container or of one around",
    async (options) => {
      const made: Counted[] = [];
      const root = new Container().register("single", factory(made) as never, { lifecycle: Lifecycle.Singleton });
      const child = root.createChildContainer();
      child.register("it", { useFactory: (container) => container.resolve("single") }, options);
      await child.runInScope({ name: "job" }, (scope) => void scope.resolve("it"));
      await child.dispose();
      expect(made.map(({ disposed }) => disposed)).toEqual([0]);
      await root.dispose();
      expect(made.map(({ disposed }) => disposed)).toEqual([1]);
    },
  );

  test("a factory that returns the singleton of an unrelated container", async () => {
    const made: Counted[] = [];
    const [theirs, mine] = [new Container(), new Container()];
    theirs.register("single", factory(made) as never, { lifecycle: Lifecycle.Singleton });
    mine.register("it", { useFactory: () => theirs.resolve("single") }, { lifecycle: Lifecycle.Singleton });
    mine.resolve("it");
    await mine.dispose();
    expect(made.map(({ disposed }) => disposed)).toEqual([0]);
    await theirs.dispose();
    expect(made.map(({ disposed }) => disposed)).toEqual([1]);
  });

  test("a factory that returns a transient made outside of every scope", async () => {
    const container = new Container().register(
      "it",
      { useFactory: (inner) => inner.resolve(Counted) },
      { lifecycle: Lifecycle.Transient },
    );
    const made = container.resolve<Counted>("it");
    await container.dispose();
    expect(made.disposed).toBe(1);
  });

  test("a factory that returns a stand-in of delay: what is behind it is disposed once, and not built for that", async () => {
    let made = 0;
    class Lazy extends Counted {
      readonly number = ++made;
    }
    const container = new Container().register(
      "it",
      { useFactory: (inner) => inner.resolve(delay(() => Lazy)) },
      { lifecycle: Lifecycle.ContextScoped },
    );
    const [used] = await container.runInScope((scope) => {
      const lazy = scope.resolve<Lazy>("it");
      expect(made).toBe(0);
      return [{ lazy, number: lazy.number }];
    });
    expect([used.number, used.lazy.disposed]).toEqual([1, 1]);
  });

  test("a constructor that returns another's instance", async () => {
    const made: Counted[] = [];
    class Facade {
      constructor(single: Counted) {
        return single;
      }
    }
    const container = new Container()
      .register("single", factory(made) as never, { lifecycle: Lifecycle.Singleton })
      .register(Facade, { useClass: Facade, deps: ["single"] });
    await container.runInScope((scope) => [scope.resolve(Facade), scope.resolve(Facade)]);
    expect(made.map(({ disposed }) => disposed)).toEqual([0]);
    await container.dispose();
    expect(made.map(({ disposed }) => disposed)).toEqual([1]);
  });

  test.each([
    ["one of an outer scope, which a nested one resolves", Lifecycle.ContextScoped],
    ["one that it has returned before, often", Lifecycle.Transient],
    ["the container's, which a scope resolves too", Lifecycle.Singleton],
  ])("a constructor that returns an instance of its own class: %s", async (_, lifecycle) => {
    let disposed = 0;
    class Shared {
      static one: Shared | undefined;
      constructor() {
        if (Shared.one !== undefined) return Shared.one;
        Shared.one = this;
      }
      dispose() {
        disposed++;
      }
    }
    const container = new Container()
      .register("outer", { useClass: Shared, deps: [] }, { lifecycle })
      .register("inner", { useClass: Shared, deps: [] });
    await container.runInScope(async (outer) => {
      outer.resolve("outer");
      for (let times = 0; times < 6; times++) outer.resolve("inner");
      await container.runInScope((inner) => void inner.resolve("inner"));
      expect(disposed).toBe(0);
    });
    await container.dispose();
    expect(disposed).toBe(1);
  });

  test.each(lifetimes)("a factory with %o that returns its container", async (options) => {
    const container = new Container().register("it", { useFactory: (inner) => inner }, options);
    await container.runInScope({ name: "job" }, (scope) => expect(scope.resolve("it")).toBe(container));
    expect(container.tryResolve("alive")).toBeUndefined();
    const counted = new Counted();
    container.register("last", { useFactory: () => counted }, { lifecycle: Lifecycle.Singleton }).resolve("last");
    await container.dispose();
    expect(counted.disposed).toBe(1);
  });

  test("a factory of a child that returns the container around it", async () => {
    const root = new Container();
    const child = root.createChildContainer();
    child.register("it", { useFactory: () => root }, { lifecycle: Lifecycle.Singleton }).resolve("it");
    await child.dispose();
    expect(root.tryResolve("alive")).toBeUndefined();
  });

  test.each([Lifecycle.Transient, Lifecycle.ContextScoped])(
    "a factory with lifetime %i that returns its scope, or one around",
    async (lifecycle) => {
      const container = new Container()
        .register("own", { useFactory: (_, scope) => scope }, { lifecycle })
        .register("outer", { useFactory: (_, scope) => scope?.parent }, { lifecycle });
      await container.runInScope(async (outer) => {
        await container.runInScope((inner) =>
          expect([inner.resolve("own"), inner.resolve("outer")]).toEqual([inner, outer]),
        );
        expect(outer.state).toBe("open");
      });
    },
  );
});

describe("promise 10: a transient with a disposer", () => {
  test("belongs to the scope for which it was made", async () => {
    const container = new Container();
    const made = await container.runInScope((scope) => [scope.resolve(Counted), container.resolve(Counted)]);
    expect(made.map(({ disposed }) => disposed)).toEqual([1, 1]);
  });

  test("belongs to the singleton for which it was made, asked in a scope", async () => {
    class Holder {
      constructor(readonly held: Counted) {}
    }
    const container = new Container();
    container.register(Holder, { useClass: Holder, deps: [Counted] }, { lifecycle: Lifecycle.Singleton });
    const { held } = await container.runInScope((scope) => scope.resolve(Holder));
    expect(held.disposed).toBe(0);
    await container.dispose();
    expect(held.disposed).toBe(1);
  });

  test("asked for in a singleton's constructor belongs to the singleton too", async () => {
    const container = new Container();
    class Holder {
      readonly held = container.resolve(Counted);
    }
    container.register(Holder, Holder, { lifecycle: Lifecycle.Singleton });
    const { held } = await container.runInScope((scope) => scope.resolve(Holder));
    expect(held.disposed).toBe(0);
    await container.dispose();
    expect(held.disposed).toBe(1);
  });

  test("of a container, outside of every scope, is disposed with it while it is reachable", async () => {
    const container = new Container();
    const made = [container.resolve(Counted), container.createChildContainer().resolve(Counted)];
    await container.dispose();
    expect(made.map(({ disposed }) => disposed)).toEqual([1, 1]);
  });

  test("of a container, outside of every scope, is not kept alive by it", async () => {
    const container = new Container();
    const refs = Array.from({ length: 100 }, () => new WeakRef(container.resolve(Counted)));
    expect(await countAlive(refs)).toBe(0);
    await container.dispose();
  });
});

describe("promise 11: what was built for something that then failed is still owned", () => {
  test.each([Lifecycle.Transient, Lifecycle.Singleton, Lifecycle.ContextScoped])("lifetime %i", async (lifecycle) => {
    const made: Counted[] = [];
    class Failing {
      constructor() {
        throw new Error("no");
      }
    }
    const container = new Container()
      .register("part", factory(made) as never, { lifecycle: Lifecycle.Transient })
      .register(Failing, { useClass: Failing, deps: ["part"] } as never, { lifecycle });
    await container.runInScope((scope) => expect(() => scope.resolve(Failing)).toThrow("no"));
    await container.dispose();
    expect(made.map(({ disposed }) => disposed)).toEqual([1]);
  });
});

describe("what a promise brings that a factory with a lifetime may not return", () => {
  /** How often it was disposed when its container has been. */
  async function refusedPromise(value: Counted, options: RegistrationOptions, container = new Container()) {
    container.register(
      "it",
      { useFactory: () => Promise.resolve(value) },
      { lifecycle: Lifecycle.Singleton, ...options },
    );
    expect(() => container.resolve("it")).toThrow("useAsyncFactory");
    await new Promise(setImmediate);
    return value.disposed;
  }

  test("is ended", async () => {
    expect(await refusedPromise(new Counted(), {})).toBe(1);
  });

  test("is left to its maker with owned: false", async () => {
    expect(await refusedPromise(new Counted(), { owned: false })).toBe(0);
  });

  test("is left to the container that owns it already", async () => {
    const container = new Container().register(Counted, Counted, { lifecycle: Lifecycle.Singleton });
    expect(await refusedPromise(container.resolve(Counted), {}, container)).toBe(0);
  });
});
