/** Files that import decorators and containers from either package, in one program. */
import {
  injectable as ambitInjectable,
  container,
  contextScoped,
  currentScope,
  inject,
  Lifecycle,
  NoScopeError,
  RegistrationError,
  Scope,
  singleton,
  threadScoped,
  token,
} from "ambit";
import {
  Lifecycle as TsyringeLifecycle,
  container as tsyringeContainer,
  inject as tsyringeInject,
  injectable as tsyringeInjectable,
  singleton as tsyringeSingleton,
} from "tsyringe";
import { describe, expect, test } from "vitest";

let made = 0;

/** Counts who is built. */
class Counted {
  readonly id = ++made;
}

@contextScoped()
class CurrentUser extends Counted {}

@contextScoped()
class Session extends Counted {
  constructor(@inject(CurrentUser) readonly user: CurrentUser) {
    super();
  }
}

@threadScoped()
class Pool extends Counted {}

@threadScoped()
class Reports extends Counted {
  constructor(@inject(Pool) readonly pool: Pool) {
    super();
  }
}

@singleton()
class Prices extends Counted {}

@singleton()
class Shop extends Counted {
  constructor(@inject(Prices) readonly prices: Prices) {
    super();
  }
}

/** A class that only tsyringe has heard of. */
@tsyringeSingleton()
class Legacy extends Counted {
  constructor(
    @tsyringeInject(CurrentUser) readonly user: CurrentUser,
    @tsyringeInject(Pool) readonly pool: Pool,
    @tsyringeInject(Prices) readonly prices: Prices,
  ) {
    super();
  }
}

describe("a class decorated by ambit, built by tsyringe's container", () => {
  test.each([
    ["context-lived, without parameters", CurrentUser],
    ["context-lived", Session],
  ])("%s: a stand-in for the scope's own", (_, target) => {
    const before = made;
    const given = tsyringeContainer.resolve<Counted>(target);
    expect(made).toBe(before);
    for (let request = 0; request < 2; request++) {
      container.runInScopeSync((scope) => {
        expect(given.id).toBe(scope.resolve(target).id);
        expect(tsyringeContainer.resolve(target)).toBe(given);
      });
    }
    expect(() => given.id).toThrow(NoScopeError);
  });

  test.each([
    ["thread-lived, without parameters", Pool],
    ["thread-lived", Reports],
    ["a singleton, without parameters", Prices],
    ["a singleton", Shop],
  ])("%s: the very instance", (_, target) => {
    expect(tsyringeContainer.resolve<Counted>(target)).toBe(container.resolve(target));
    expect(tsyringeContainer.createChildContainer().resolve<Counted>(target)).toBe(container.resolve(target));
  });

  test("by an abstract name", () => {
    abstract class Clock {
      readonly id = ++made;
    }
    @contextScoped({ token: Clock })
    class RequestClock extends Clock {}
    const clock = tsyringeContainer.resolve<Clock>(Clock as never);
    container.runInScopeSync((scope) => expect(clock.id).toBe(scope.resolve(RequestClock).id));
  });

  test("for the parameters of what tsyringe decorated and builds", () => {
    const legacy = tsyringeContainer.resolve(Legacy);
    expect(legacy.pool).toBe(container.resolve(Pool));
    expect(legacy.prices).toBe(container.resolve(Prices));
    for (let request = 0; request < 2; request++) {
      container.runInScopeSync((scope) => expect(legacy.user.id).toBe(scope.resolve(CurrentUser).id));
    }
  });
});

describe("a class decorated by tsyringe, asked of ambit's container", () => {
  test("a singleton of tsyringe is tsyringe's one instance", () => {
    expect(container.resolve(Legacy)).toBe(tsyringeContainer.resolve(Legacy));
    expect(container.createChildContainer().resolve(Legacy)).toBe(tsyringeContainer.resolve(Legacy));
    container.runInScopeSync((scope) => expect(scope.resolve(Legacy)).toBe(tsyringeContainer.resolve(Legacy)));
  });

  test("a singleton without parameters is never built twice", () => {
    @tsyringeSingleton()
    class Plain extends Counted {}
    @ambitInjectable()
    class Holder {
      constructor(@inject(Plain) readonly plain: Plain) {}
    }
    expect(container.resolve(Holder).plain).toBe(tsyringeContainer.resolve(Plain));
  });

  test("it lives as it is registered with ambit, parameters and all", () => {
    @tsyringeInjectable()
    class Service extends Counted {
      constructor(readonly user: CurrentUser) {
        super();
      }
    }
    container.register(Service, { useClass: Service }, { lifecycle: Lifecycle.ContextScoped });
    container.runInScopeSync((scope) => {
      expect(scope.resolve(Service)).toBe(scope.resolve(Service));
      expect(scope.resolve(Service).user).toBe(scope.resolve(CurrentUser));
      expect(tsyringeContainer.resolve(Service).id).toBe(scope.resolve(Service).id);
    });
  });

  test("all that tsyringe has for a token, and none where it has none", () => {
    const ours = token<number>("mixed.numbers");
    tsyringeContainer.register(ours, { useValue: 1 }).register(ours, { useValue: 2 });
    expect(container.resolveAll(ours)).toEqual([1, 2]);
    expect(container.resolve(ours)).toBe(2);
    expect(container.tryResolve("mixed.nobody")).toBeUndefined();
    expect([container.isRegistered(ours), container.isRegistered(ours, true)]).toEqual([false, true]);
  });

  test("what both know is each one's own", () => {
    tsyringeContainer.register("mixed.both", { useValue: "tsyringe's" });
    container.register("mixed.both", { useValue: "ambit's" });
    expect([container.resolve("mixed.both"), tsyringeContainer.resolve("mixed.both")]).toEqual([
      "ambit's",
      "tsyringe's",
    ]);
  });
});

describe("what tsyringe is told", () => {
  test("seeds and values, by any token", () => {
    const id = token<{ id: string }>("mixed.request");
    container.register(id, { useSeed: true });
    const given = tsyringeContainer.resolve<{ id: string }>(id);
    container.runInScopeSync({ seeds: [[id, { id: "r1" }]] }, () => expect(given.id).toBe("r1"));
  });

  test("a primitive has no stand-in", () => {
    container.register("mixed.id", { useFactory: () => "r1" }, { lifecycle: Lifecycle.ContextScoped });
    const given = tsyringeContainer.resolve<string>("mixed.id");
    container.runInScopeSync(() => expect(() => given.length).toThrow(RegistrationError));
  });

  test("once, however many there are for a token", () => {
    const many = token<object>("mixed.many");
    for (const name of ["a", "b"]) {
      container.register(many, { useFactory: () => ({ name }) }, { lifecycle: Lifecycle.ContextScoped });
    }
    expect(tsyringeContainer.resolveAll(many)).toHaveLength(1);
  });

  test("nothing of what it may build itself", () => {
    container.register("mixed.transient", { useFactory: () => ({}) });
    container.register("mixed.value", { useValue: 1 });
    expect(tsyringeContainer.isRegistered("mixed.transient")).toBe(false);
    expect(tsyringeContainer.isRegistered("mixed.value")).toBe(false);
  });

  test("not what it has been told otherwise of a singleton", () => {
    class Known extends Counted {}
    tsyringeContainer.register(Known, { useClass: Known }, { lifecycle: TsyringeLifecycle.Singleton });
    container.register(
      Known,
      { useFactory: () => tsyringeContainer.resolve(Known) },
      { lifecycle: Lifecycle.Singleton },
    );
    expect(container.resolve(Known)).toBe(tsyringeContainer.resolve(Known));
  });
});

test("a cycle over both containers is an error, not a hang", () => {
  class Ours {
    constructor(readonly other: object) {}
  }
  @tsyringeSingleton()
  class Theirs {
    constructor(@tsyringeInject(Ours) readonly ours: Ours) {}
  }
  container.register(Ours, { useClass: Ours, deps: [Theirs] }, { lifecycle: Lifecycle.Singleton });
  expect(() => container.resolve(Ours)).toThrow(/Ours -> .*Ours|needs itself/);
});

test("what tsyringe builds for a scope never owns it", async () => {
  const ended: string[] = [];
  @tsyringeSingleton()
  class Theirs {
    dispose(): void {
      ended.push("theirs");
    }
  }
  await container.runInScope((scope) => {
    scope.resolve(Theirs);
    expect(currentScope()).toBeInstanceOf(Scope);
  });
  expect(ended).toEqual([]);
});

test("a class that tsyringe hears of after ambit has built it often is tsyringe's from then on", () => {
  class Often {}
  const before = new Set(Array.from({ length: 9 }, () => container.resolve(Often)));
  expect(before.size).toBe(9);
  tsyringeContainer.registerSingleton(Often);
  expect(container.resolve(Often)).toBe(tsyringeContainer.resolve(Often));
});
