/** Promise 8: the longer-lived never holds the shorter-lived. Every pair, static and through those who ask. */
import {
  CaptiveDependencyError,
  Container,
  delay,
  dep,
  inject,
  injectAll,
  Lifecycle,
  type RegistrationOptions,
  Scope,
} from "ambit";
import { describe, expect, test } from "vitest";

interface Lifetime {
  readonly name: string;
  readonly options: RegistrationOptions;
}

const transient = { name: "transient", options: { lifecycle: Lifecycle.Transient } };
const singleton = { name: "singleton", options: { lifecycle: Lifecycle.Singleton } };
const perResolution = { name: "resolution-scoped", options: { lifecycle: Lifecycle.ResolutionScoped } };
const perContainer = { name: "container-scoped", options: { lifecycle: Lifecycle.ContainerScoped } };
const perThread = { name: "thread-scoped", options: { lifecycle: Lifecycle.ThreadScoped } };
const perScope = { name: "context-scoped", options: { lifecycle: Lifecycle.ContextScoped } };
const perJob = {
  name: "context-scoped (job)",
  options: { lifecycle: Lifecycle.ContextScoped, scopeName: "job" },
};
const all: Lifetime[] = [transient, singleton, perResolution, perContainer, perThread, perScope, perJob];

/** What the longer-lived may not hold. */
const refused = new Map<Lifetime, Lifetime[]>([
  [singleton, [perScope, perJob]],
  [perContainer, [perScope, perJob]],
  [perThread, [perContainer, perScope, perJob]],
  [perJob, [perScope]],
]);

const pairs = all.flatMap((holder) =>
  all.map((held) => ({ holder, held, isRefused: refused.get(holder)?.includes(held) === true })),
);
const captives = pairs.filter(({ isRefused }) => isRefused);

/** What resolving "holder" in a scope named job gives or throws; `built` has what was constructed. */
function resolveHolder(register: (container: Container, built: string[]) => void) {
  const built: string[] = [];
  const container = new Container();
  register(container, built);
  try {
    return { built, value: container.runInScopeSync({ name: "job" }, (scope) => scope.resolve("holder")) };
  } catch (error) {
    return { built, error };
  }
}

describe.each(pairs)("$holder.name, $held.name", ({ holder, held, isRefused }) => {
  test(`${isRefused ? "refused" : "allowed"} as a dependency, before anything is constructed`, () => {
    const { built, error, value } = resolveHolder((container, log) => {
      container.register("held", { useFactory: () => log.push("held") }, held.options);
      container.register("holder", { deps: ["held"], useFactory: () => log.push("holder") }, holder.options);
    });
    expect([error instanceof CaptiveDependencyError, value]).toEqual([isRefused, isRefused ? undefined : 2]);
    expect(built).toEqual(isRefused ? [] : ["held", "holder"]);
  });

  test(`${isRefused ? "refused" : "allowed"} through something transient in between`, () => {
    const { built, error } = resolveHolder((container, log) => {
      container.register("held", { useFactory: () => log.push("held") }, held.options);
      container.register("between", { deps: ["held"], useFactory: () => log.push("between") });
      container.register(
        "holder",
        { deps: [dep.all("between")], useFactory: () => log.push("holder") },
        holder.options,
      );
    });
    expect(error instanceof CaptiveDependencyError).toBe(isRefused);
    expect(built).toEqual(isRefused ? [] : ["held", "between", "holder"]);
  });

  test(`${isRefused ? "refused" : "allowed"} when a factory asks for it`, () => {
    const { built, error } = resolveHolder((container, log) => {
      container.register("held", { useFactory: () => log.push("held") }, held.options);
      container.register("holder", { useFactory: (inner) => ({ held: inner.resolve("held") }) }, holder.options);
    });
    expect(error instanceof CaptiveDependencyError).toBe(isRefused);
    expect(built).toEqual(isRefused ? [] : ["held"]);
  });

  test(`${isRefused ? "refused" : "allowed"} when a constructor asks for it, through something transient that asks`, () => {
    const { built, error } = resolveHolder((container, log) => {
      class Between {
        readonly held = container.resolve("held");
      }
      class Holder {
        readonly between = container.resolve(Between);
      }
      container.register("held", { useFactory: () => log.push("held") }, held.options);
      container.register("holder", Holder, holder.options);
    });
    expect(error instanceof CaptiveDependencyError).toBe(isRefused);
    expect(built).toEqual(isRefused ? [] : ["held"]);
  });

  test(`${isRefused ? "refused" : "allowed"} when a generator asks for it`, () => {
    const { error } = resolveHolder((container) => {
      container.register("held", { useFactory: () => ({}) }, held.options);
      const provider = {
        *useGenerator() {
          yield container.resolve("held");
        },
      };
      container.register("holder", provider, holder.options);
    });
    expect(error instanceof CaptiveDependencyError).toBe(isRefused);
  });
});

describe.each(captives)("$holder.name, $held.name", ({ holder, held }) => {
  test("refused when a factory asks for it, though it is built already", () => {
    const container = new Container().register("held", { useFactory: () => ({}) }, held.options);
    container.register("holder", { useFactory: (inner) => inner.resolve("held") }, holder.options);
    container.runInScopeSync({ name: "job" }, (scope) => {
      expect([scope.resolve("held"), container.resolve("held")].length).toBe(2);
      expect(() => container.resolve("holder")).toThrow(CaptiveDependencyError);
    });
  });

  test("refused behind an alias, with or without a lifetime of its own", () => {
    for (const options of [undefined, perResolution.options]) {
      const { error } = resolveHolder((container) => {
        container.register("held", { useFactory: () => ({}) }, held.options);
        container.register("alias", { useToken: "held" }, options);
        container.register("holder", { useToken: "alias" }, holder.options);
      });
      expect(error).toBeInstanceOf(CaptiveDependencyError);
    }
  });

  test("refused as an optional one, among all, and behind delay when it is used", () => {
    class Held {
      readonly used = true;
    }
    for (const entry of [dep.optional(Held), dep.all(Held), delay(() => Held)]) {
      const container = new Container().register(Held, Held, held.options);
      container.register("holder", { deps: [entry], useFactory: (found) => found }, holder.options);
      const use = () => container.runInScopeSync({ name: "job" }, (scope) => scope.resolve<Held>("holder").used);
      expect(use).toThrow(CaptiveDependencyError);
    }
  });

  test("refused behind delay in something transient in between", () => {
    class Held {
      readonly used = true;
    }
    class Between {
      constructor(@inject(delay(() => Held)) readonly held: Held) {}
    }
    const container = new Container().register(Held, Held, held.options);
    container.register("holder", { deps: [Between], useFactory: (between) => between }, holder.options);
    const use = () => container.runInScopeSync({ name: "job" }, (scope) => scope.resolve<Between>("holder").held.used);
    expect(use).toThrow(CaptiveDependencyError);
  });

  test("allowed as a ref", () => {
    const { error } = resolveHolder((container) => {
      container.register("held", { useFactory: () => ({}) }, held.options);
      container.register("holder", { deps: [dep.ref("held")], useFactory: (ref) => ref }, holder.options);
    });
    expect(error).toBeUndefined();
  });

  test("refused again and again, also after the holder's dependencies have been built in other ways", () => {
    const container = new Container().register("held", { useFactory: () => ({}) }, held.options);
    container.register("holder", { deps: ["held"], useFactory: (found) => found }, holder.options);
    container.runInScopeSync({ name: "job" }, (scope) => {
      scope.resolve("held");
      for (let time = 0; time < 3; time++) expect(() => scope.resolve("holder")).toThrow(CaptiveDependencyError);
    });
  });

  test("refused from the moment of a registration that makes it so", () => {
    const container = new Container().register("held", { useFactory: () => ({}) });
    container.register("holder", { deps: ["held"], useFactory: (found) => ({ found }) }, holder.options);
    container.register("top", { deps: ["holder"], useFactory: (found) => found });
    container.runInScopeSync({ name: "job" }, (scope) => scope.resolve("top"));
    container.register("held", { useFactory: () => ({}) }, held.options);
    container.clearInstances();
    expect(() => container.runInScopeSync({ name: "job" }, (scope) => scope.resolve("top"))).toThrow(
      CaptiveDependencyError,
    );
  });
});

test("the whole text", () => {
  class Transaction {}
  class Repository {
    constructor(@inject(Transaction) readonly tx: Transaction) {}
  }
  class PriceCache {
    constructor(@inject(Repository) readonly repository: Repository) {}
  }
  const container = new Container()
    .register(Transaction, Transaction, perScope.options)
    .register(PriceCache, PriceCache, singleton.options);
  expect(() => container.resolve(PriceCache)).toThrow(
    expect.objectContaining({
      code: "ERR_AMBIT_CAPTIVE",
      message: [
        "Cannot inject context-scoped Transaction into singleton PriceCache: it would keep the first one's Transaction for all that come later.",
        "  PriceCache    singleton",
        "  Repository    transient        parameter #0 (repository)",
        "  Transaction   context-scoped   parameter #0 (tx)",
        "Fix: make PriceCache context-scoped, or take @injectRef(Transaction) and call get() each time it is needed.",
      ].join("\n"),
    }),
  );
});

test("through several things in between, the last one is told to be what may not be held", () => {
  const { error } = resolveHolder((container) => {
    container.register("user", { useFactory: () => ({}) }, perScope.options);
    container.register("repository", { deps: ["user"], useFactory: () => ({}) });
    container.register("service", { deps: ["repository"], useFactory: () => ({}) });
    container.register("holder", { deps: ["service"], useFactory: () => ({}) }, singleton.options);
  });
  expect((error as Error).message).toContain("Cannot inject context-scoped user into singleton holder");
});

test("what a singleton holds is the singleton's: a thread-scoped holder of that may live on", () => {
  const { error, built } = resolveHolder((container, log) => {
    container.register("held", { useFactory: () => log.push("held") }, perContainer.options);
    container.register("between", { deps: ["held"], useFactory: () => log.push("between") }, singleton.options);
    container.register("holder", { deps: ["between"], useFactory: () => log.push("holder") }, perThread.options);
  });
  expect([error, built]).toEqual([undefined, ["held", "between", "holder"]]);
});

test("behind delay, the path says which parameter it was", () => {
  class User {
    readonly name = "ann";
  }
  class Cache {
    constructor(@inject(delay(() => User)) readonly user: User) {}
  }
  const container = new Container().register(User, User, perScope.options).register(Cache, Cache, singleton.options);
  const { user } = container.resolve(Cache);
  expect(() => user.name).toThrow(/User +context-scoped +parameter #0 \(user\)/);
});

test("a shorter-lived thing is found beside a seed, which may be held", () => {
  const { error } = resolveHolder((container) => {
    container.register("seed", { useSeed: true }).register("user", { useFactory: () => ({}) }, perScope.options);
    container.register("between", { deps: ["seed", "user"], useFactory: () => ({}) });
    container.register("holder", { deps: ["between"], useFactory: () => ({}) }, perJob.options);
  });
  expect(error).toBeInstanceOf(CaptiveDependencyError);
});

test("what replaces a singleton in a scope may be held by what is named after that scope", () => {
  const container = new Container()
    .register("settings", { useFactory: () => "real" }, singleton.options)
    .register("holder", { deps: ["settings"], useFactory: (settings) => settings }, perJob.options);
  const held = container.runInScopeSync({ name: "job" }, (scope) =>
    scope.override("settings", { useFactory: () => "fake" }).resolve("holder"),
  );
  expect(held).toBe("fake");
});

test("a seed is called context-scoped in the path", () => {
  const { error } = resolveHolder((container) => {
    container.register("seed", { useSeed: true });
    container.register("holder", { deps: ["seed"], useFactory: (seed) => seed }, singleton.options);
  });
  expect((error as CaptiveDependencyError).path.map(({ lifetime }) => lifetime)).toEqual([
    "singleton",
    "context-scoped",
  ]);
});

test("a shorter-lived thing is found beside others that may be held", () => {
  const other = { name: "context-scoped (connection)", options: { ...perScope.options, scopeName: "connection" } };
  const groups: [holder: Lifetime, allowed: Lifetime, refused: Lifetime][] = [
    [singleton, perContainer, perScope],
    [perContainer, perContainer, perJob],
    [perJob, other, perScope],
    [perJob, perContainer, perScope],
  ];
  for (const [holder, allowed, captive] of groups) {
    for (const deps of [
      ["allowed", "captive"],
      ["captive", "allowed"],
    ]) {
      const { error } = resolveHolder((container) => {
        container.register("allowed", { useFactory: () => ({}) }, allowed.options);
        container.register("captive", { useFactory: () => ({}) }, captive.options);
        container.register("between", { deps, useFactory: () => ({}) });
        container.register("holder", { deps: ["between"], useFactory: () => ({}) }, holder.options);
      });
      expect(error).toBeInstanceOf(CaptiveDependencyError);
    }
  }
});

test("through a factory that asks: the path has who asked, and who wanted that", () => {
  const { error } = resolveHolder((container) => {
    container.register("user", { useFactory: () => ({}) }, perScope.options);
    container.register("cache", { useFactory: (inner) => inner.resolve("user") }, singleton.options);
    container.register("holder", { deps: ["cache"], useFactory: (cache) => cache });
  });
  expect((error as CaptiveDependencyError).path.map(({ name }) => name)).toEqual(["holder", "cache", "user"]);
});

test("a seed may not be kept by what outlives its scope, but by what a named scope keeps", () => {
  const keepAs = ({ options }: Lifetime) => {
    const container = new Container().register("seed", { useSeed: true });
    container.register("holder", { deps: ["seed"], useFactory: (seed) => seed }, options);
    return container.runInScopeSync({ name: "job", seeds: [["seed", 1]] }, (scope) => scope.resolve("holder"));
  };
  for (const lifetime of [singleton, perContainer, perThread])
    expect(() => keepAs(lifetime)).toThrow(CaptiveDependencyError);
  expect(keepAs(perJob)).toBe(1);
});

test("the scope itself may not be kept by what outlives it, but by what a named scope keeps", () => {
  for (const { options } of [singleton, perContainer, perThread]) {
    const container = new Container().register("holder", { deps: [Scope], useFactory: (scope) => scope }, options);
    expect(() => container.runInScopeSync((scope) => scope.resolve("holder"))).toThrow(CaptiveDependencyError);
  }
  const container = new Container().register("holder", { deps: [Scope], useFactory: () => 1 }, perJob.options);
  expect(container.runInScopeSync({ name: "job" }, (scope) => scope.resolve("holder"))).toBe(1);
});

test("a class that some scope was given is no seed where it is built: who kept it may go on keeping it", () => {
  class Clock {}
  class Cache {
    constructor(@inject(Clock) readonly clock: Clock) {}
  }
  const container = new Container().register(Cache, Cache, singleton.options);
  const before = container.resolve(Cache);
  const given = new Clock();
  container.runInScopeSync({ seeds: [[Clock, given]] }, (scope) => {
    expect(scope.resolve(Clock)).toBe(given);
    expect(scope.resolve(Cache)).toBe(before);
  });
  container.clearInstances();
  expect(container.runInScopeSync({ seeds: [[Clock, given]] }, (scope) => scope.resolve(Cache)).clock).not.toBe(given);
});

test("a class that some scope was given and that needs something context-lived, may not be kept", () => {
  class User {}
  class Audit {
    constructor(@inject(User) readonly user: User) {}
  }
  const container = new Container().register(User, User, perScope.options);
  container.register("cache", { deps: [Audit], useFactory: (audit) => audit }, singleton.options);
  container.runInScopeSync({ seeds: [[Audit, new Audit(new User())]] }, (scope) => {
    expect(() => scope.resolve("cache")).toThrow(CaptiveDependencyError);
  });
});

test("between names, the search goes up from the holder's home", () => {
  const container = new Container()
    .register("connection", { useFactory: () => ({}) }, { ...perScope.options, scopeName: "connection" })
    .register(
      "message",
      { deps: ["connection"], useFactory: (c) => ({ c }) },
      { ...perScope.options, scopeName: "message" },
    )
    .register(
      "wrong",
      { deps: ["message"], useFactory: (m) => ({ m }) },
      { ...perScope.options, scopeName: "connection" },
    );
  container.runInScopeSync({ name: "connection" }, (connection) =>
    container.runInScopeSync({ name: "message" }, (message) => {
      expect(message.resolve<{ c: unknown }>("message").c).toBe(connection.resolve("connection"));
      expect(() => message.resolve("wrong")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" }));
    }),
  );
});

test("a child's singleton may not keep what the container around it makes context-lived", () => {
  const root = new Container().register("user", { useFactory: () => ({}) }, perScope.options);
  const child = root.createChildContainer();
  child.register("cache", { deps: ["user"], useFactory: (user) => user }, singleton.options);
  expect(() => root.runInScopeSync(() => child.resolve("cache"))).toThrow(CaptiveDependencyError);
});

test("a singleton may do work in a scope of its own while it is built", () => {
  const container = new Container().register("user", { useFactory: () => "ann" }, perScope.options);
  const warmUp = (inner: { runInScopeSync<R>(fn: (scope: Scope) => R): R; resolve(token: string): unknown }) =>
    inner.runInScopeSync((scope) => [scope.resolve("user"), inner.resolve("user")]);
  container.register("cache", { useFactory: warmUp }, singleton.options);
  expect(container.runInScopeSync((scope) => scope.resolve("cache"))).toEqual(["ann", "ann"]);
});

test("injectAll is checked for each of those that it gives", () => {
  class Host {
    constructor(@injectAll("plugin") readonly plugins: unknown[]) {}
  }
  const container = new Container().register(Host, Host, singleton.options);
  container.register("plugin", { useValue: 1 });
  container.register("plugin", { useFactory: () => 2 }, perScope.options);
  container.register("plugin", { useValue: 3 });
  expect(() => container.runInScopeSync((scope) => scope.resolve(Host))).toThrow(CaptiveDependencyError);
});

describe("with declared names", () => {
  const named = (scopeName: string) => ({ ...perScope.options, scopeName });
  const holding = (holder: string, held: string) => {
    const container = new Container({ scopes: ["connection", "message"] })
      .register("held", { useFactory: () => "held" }, named(held))
      .register("holder", { deps: ["held"], useFactory: (found) => found }, named(holder));
    return container.runInScopeSync({ name: held }, () =>
      container.runInScopeSync({ name: holder }, (scope) => scope.resolve("holder")),
    );
  };

  test("what lives in a scope may hold what lives in the same one", () => {
    expect(holding("connection", "connection")).toBe("held");
  });

  test("a scope of another name may be inside any of them", () => {
    expect(holding("job", "message")).toBe("held");
  });

  test("the outer may not hold the inner", () => {
    expect(() => holding("connection", "message")).toThrow(CaptiveDependencyError);
  });
});
