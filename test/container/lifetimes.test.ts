/** Every provider with every lifetime: how many instances there are, and who shares them. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Constructor, Container, Lifecycle, type Provider, type RegistrationOptions, type Scope } from "ambit";
import { describe, expect, test } from "vitest";

/** Providers that make a new object each time they are called. */
const makers: Record<string, () => Provider | Constructor> = {
  "a class": () => class Made {},
  useClass: () => ({ useClass: class Made {} }),
  "useClass with deps": () => ({ useClass: class Made {}, deps: [] }),
  useFactory: () => ({ useFactory: () => ({}) }),
  "useFactory with deps": () => ({ useFactory: () => ({}), deps: [] }),
  useToken: () => ({ useToken: class Made {} }),
  useGenerator: () => ({
    *useGenerator() {
      yield {};
    },
  }),
  "useGenerator with deps": () => ({
    deps: [],
    *useGenerator() {
      yield {};
    },
  }),
};

const kinds = Object.entries(makers).map(([kind, make]) => ({ kind, make }));

/** A root container and its child, each with "made" as that lifetime. */
function family(provider: Provider | Constructor, options: RegistrationOptions) {
  const root = new Container().register("made", provider as never, options);
  return { root, child: root.createChildContainer() };
}

describe.each(kinds)("$kind", ({ make }) => {
  test("transient: each resolve has its own, in a scope too", () => {
    const { root } = family(make(), { lifecycle: Lifecycle.Transient });
    root.runInScopeSync((scope) => expect(scope.resolve("made")).not.toBe(scope.resolve("made")));
  });

  test("singleton: the container that registered it has one, whoever asks, in whatever scope", () => {
    const { root, child } = family(make(), { lifecycle: Lifecycle.Singleton });
    const inChild = child.resolve("made");
    const inScopes = [1, 2].map(() => child.runInScopeSync((scope) => scope.resolve("made")));
    expect(new Set([inChild, root.resolve("made"), ...inScopes]).size).toBe(1);
  });

  test("container-scoped: each container has one", () => {
    const { root, child } = family(make(), { lifecycle: Lifecycle.ContainerScoped });
    const grandchild = child.createChildContainer();
    const containers = [root, child, grandchild];
    const instances = containers.map((container) => container.resolve("made"));
    expect(new Set(instances).size).toBe(3);
    expect(containers.map((container) => container.runInScopeSync((scope) => scope.resolve("made")))).toEqual(
      instances,
    );
  });

  test("thread-scoped: a root container and its children have one together", () => {
    const { root, child } = family(make(), { lifecycle: Lifecycle.ThreadScoped });
    const grandchild = child.createChildContainer();
    const instances = [grandchild, child, root].map((container) => container.resolve("made"));
    expect(new Set(instances).size).toBe(1);
  });

  test("promise 2: context-scoped: each scope has one, nested scopes have their own", () => {
    const { root, child } = family(make(), { lifecycle: Lifecycle.ContextScoped });
    root.runInScopeSync((outer) => {
      const made = root.resolve("made");
      expect([outer.resolve("made"), child.resolve("made")]).toEqual([made, made]);
      root.runInScopeSync(() => expect(root.resolve("made")).not.toBe(made));
      expect(root.resolve("made")).toBe(made);
    });
  });

  test("promise 9: context-scoped: outside of every scope it is a NoScopeError, never a silent singleton", () => {
    const { root } = family(make(), { lifecycle: Lifecycle.ContextScoped });
    expect(() => root.resolve("made")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" }));
  });

  test("context-scoped with a name: the nearest scope of that name has one", () => {
    const { root } = family(make(), { lifecycle: Lifecycle.ContextScoped, scopeName: "connection" });
    const instancesIn = (name: string) =>
      root.runInScopeSync({ name: "connection" }, (connection) => [
        connection.resolve("made"),
        ...[1, 2].map(() => root.runInScopeSync({ name }, (scope) => scope.resolve("made"))),
      ]);
    expect(new Set(instancesIn("message")).size).toBe(1);
    expect(new Set(instancesIn("connection")).size).toBe(3);
  });

  test("context-scoped with a name: where no scope has it, the error says which one is missing", () => {
    const { root } = family(make(), { lifecycle: Lifecycle.ContextScoped, scopeName: "connection" });
    expect(() => root.runInScopeSync({ name: "message" }, () => root.resolve("made"))).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE", message: expect.stringContaining('"connection"') }),
    );
  });

  test("resolution-scoped: one resolve shares it, the next has its own", () => {
    const { root } = family(make(), { lifecycle: Lifecycle.ResolutionScoped });
    root.register("pair", { useFactory: (...pair) => pair, deps: ["made", "made"] });
    root.runInScopeSync((scope) => {
      const [[a, b], [c]] = [scope.resolve<unknown[]>("pair"), scope.resolve<unknown[]>("pair")];
      expect([a === b, a === c]).toEqual([true, false]);
    });
  });
});

/** Who may be asked for an instance of the lifetime, again and again, with the same answer. */
const keepers = [
  { lifetime: "singleton", options: { lifecycle: Lifecycle.Singleton } },
  { lifetime: "container-scoped", options: { lifecycle: Lifecycle.ContainerScoped } },
  { lifetime: "thread-scoped", options: { lifecycle: Lifecycle.ThreadScoped } },
  { lifetime: "context-scoped", options: { lifecycle: Lifecycle.ContextScoped } },
  { lifetime: "context-scoped (job)", options: { lifecycle: Lifecycle.ContextScoped, scopeName: "job" } },
] as const;

describe.each(keepers)("$lifetime", ({ options }) => {
  test.each([undefined, null, 0, "", false, Number.NaN, 0n])("promise 11: %s is a value, made once", (value) => {
    let calls = 0;
    const make = () => {
      calls++;
      return value;
    };
    const container = new Container().register("falsy", { useFactory: make }, options);
    container.runInScopeSync({ name: "job" }, (scope) => {
      expect([scope.resolve("falsy"), scope.resolve("falsy"), container.resolve("falsy")]).toEqual([
        value,
        value,
        value,
      ]);
    });
    expect(calls).toBe(1);
  });

  test("promise 11: a falsy value that a generator yields is made once", () => {
    let calls = 0;
    const container = new Container();
    const provider = {
      *useGenerator() {
        yield void calls++;
      },
    };
    container.register("falsy", provider, options);
    container.runInScopeSync({ name: "job" }, (scope) => [scope.resolve("falsy"), scope.resolve("falsy")]);
    expect(calls).toBe(1);
  });

  test("a primitive is kept", () => {
    let next = 0;
    const container = new Container().register("id", { useFactory: () => ++next }, options);
    container.runInScopeSync({ name: "job" }, (scope) =>
      expect([scope.resolve("id"), scope.resolve("id")]).toEqual([1, 1]),
    );
  });

  test("a factory that returns a promise is refused, and told of useAsyncFactory", () => {
    const container = new Container().register("db", { useFactory: async () => 1 }, options);
    container.runInScopeSync({ name: "job" }, (scope) =>
      expect(() => scope.resolve("db")).toThrow(
        expect.objectContaining({
          code: "ERR_AMBIT_REGISTRATION",
          message: expect.stringContaining("useAsyncFactory"),
        }),
      ),
    );
  });

  test("what throws is thrown as it is, leaves nothing behind, and is tried again", () => {
    const failure = new TypeError("not yet");
    let calls = 0;
    const make = () => {
      if (++calls === 1) throw failure;
      return "there";
    };
    const container = new Container().register("late", { useFactory: make }, options);
    container.runInScopeSync({ name: "job" }, (scope) => {
      expect(() => scope.resolve("late")).toThrow(failure);
      expect([scope.resolve("late"), scope.resolve("late"), calls]).toEqual(["there", "there", 2]);
    });
  });
});

describe("what a factory that was refused had started", () => {
  test("is disposed when it comes, for nobody will ever hold it", async () => {
    const calls: string[] = [];
    const made = Promise.resolve({ dispose: () => calls.push("disposed") });
    const container = new Container();
    container.register("db", { useFactory: () => made }, { lifecycle: Lifecycle.Singleton });
    expect(() => container.resolve("db")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION" }));
    await nextTurn();
    expect(calls).toEqual(["disposed"]);
  });

  test("tells onDisposalError when it fails", async () => {
    const heard: unknown[] = [];
    const failure = new Error("no connection");
    const made = Promise.reject(failure);
    const container = new Container({ onDisposalError: (error) => heard.push(error) });
    container.register("db", { useFactory: () => made }, { lifecycle: Lifecycle.Singleton });
    expect(() => container.resolve("db")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION" }));
    await nextTurn();
    expect(heard).toEqual([failure]);
  });
});

test("a context-lived instance asked of a scope from outside is that scope's, not the current one's", () => {
  const container = new Container().register("id", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped });
  const other: Scope = container.createScope();
  container.runInScopeSync((current) => {
    const made = other.resolve("id");
    expect(current.resolve("id")).not.toBe(made);
    expect(other.run(() => container.resolve("id"))).toBe(made);
  });
});

test("thread-lived instances are built in the root Context, with no current scope", () => {
  const container = new Container();
  const make = (_: unknown, scope?: Scope) => ({ scope, asked: container.tryResolve("user") });
  container.register("pool", { useFactory: make }, { lifecycle: Lifecycle.ThreadScoped });
  container.register("user", { useSeed: true });
  const build = () => container.runInScopeSync({ seeds: [["user", "ann"]] }, () => container.resolve("pool"));
  expect(build).toThrow(expect.objectContaining({ code: "ERR_AMBIT_CAPTIVE" }));
});

test("500 context-lived registrations each keep their own instance, in scopes opened before and after", () => {
  const container = new Container();
  const tokens = Array.from({ length: 500 }, (_, index) => `service ${index}`);
  const before = container.createScope();
  for (const token of tokens) {
    container.register(token, { useFactory: () => ({ token }) }, { lifecycle: Lifecycle.ContextScoped });
  }
  const all = (scope: Scope) => tokens.map((token) => scope.resolve(token));
  const first = all(before);
  const after = container.createScope();
  const second = all(after);
  expect(first).toEqual(tokens.map((token) => ({ token })));
  expect(new Set([...first, ...second]).size).toBe(1000);
  expect([all(before), all(after)].flat().every((each, index) => each === [...first, ...second][index])).toBe(true);
});

test.each([16, 17, 31, 32, 33, 48])(
  "the instance in slot %i is kept, rebuilt after a throw and falsy like any",
  (slot) => {
    const container = new Container();
    container.runInScopeSync((scope) => {
      for (let index = 0; index < slot; index++) {
        container.register(`filler ${index}`, { useFactory: () => index }, { lifecycle: Lifecycle.ContextScoped });
        scope.resolve(`filler ${index}`);
      }
      let calls = 0;
      const make = () => {
        if (++calls === 1) throw new Error("once");
        return undefined;
      };
      container.register("last", { useFactory: make }, { lifecycle: Lifecycle.ContextScoped });
      expect(() => scope.resolve("last")).toThrow("once");
      expect([scope.resolve("last"), scope.resolve("last"), calls]).toEqual([undefined, undefined, 2]);
    });
  },
);
