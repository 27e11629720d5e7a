/** Resolution-scoped instances: one per resolve and home. */
import { AsyncDependencyError, Container, delay, dep, inject, injectAll, Lifecycle } from "ambit";
import { expect, test } from "vitest";
import { countAlive } from "../support/gc.js";

const perResolution = { lifecycle: Lifecycle.ResolutionScoped } as const;

test("is shared through the whole graph of one resolve", () => {
  class Work {}
  const container = new Container().register(Work, Work, perResolution);
  container.register("leaf", { deps: [Work], useFactory: (work) => work });
  container.register("branch", { deps: ["leaf", Work], useFactory: (leaf, work) => [leaf, work] });
  container.register("tree", { deps: ["branch", Work, "leaf"], useFactory: (...all) => all.flat() });
  expect(new Set(container.resolve<Work[]>("tree")).size).toBe(1);
});

test("is another one for the next resolve", () => {
  class Work {}
  const container = new Container().register(Work, Work, perResolution);
  expect(container.resolve(Work)).not.toBe(container.resolve(Work));
});

test("is shared with injectAll, where tsyringe makes a second one", () => {
  class Work {}
  class Host {
    constructor(
      @inject(Work) readonly one: Work,
      @injectAll(Work) readonly all: Work[],
    ) {}
  }
  const host = new Container().register(Work, Work, perResolution).resolve(Host);
  expect(host.all).toEqual([host.one]);
  expect(host.all[0]).toBe(host.one);
});

test("two registrations of one token are two instances in a resolution, each shared", () => {
  const container = new Container();
  container.register("work", { useFactory: () => ({}) }, perResolution);
  container.register("work", { useFactory: () => ({}) }, perResolution);
  container.register("all", { deps: [dep.all("work"), dep.all("work")], useFactory: (...both) => both.flat() });
  const [a, b, c, d] = container.resolve<unknown[]>("all");
  expect([a === c, b === d, a === b]).toEqual([true, true, false]);
});

test("resolveAll is one resolution", () => {
  class Work {}
  const container = new Container().register(Work, Work, perResolution);
  container.register("holder", { deps: [Work], useFactory: (work) => work });
  container.register("holder", { deps: [Work], useFactory: (work) => work });
  const [a, b] = container.resolveAll("holder");
  expect(a).toBe(b);
});

test("a resolve inside a factory is a resolution of its own", () => {
  class Work {}
  const container = new Container().register(Work, Work, perResolution);
  container.register("outer", { useFactory: (inner) => [inner.resolve(Work), inner.resolve(Work)] });
  const [a, b] = container.resolve<Work[]>("outer");
  expect(a).not.toBe(b);
});

test("a singleton does not share it with the resolution that happened to build it", () => {
  class Work {}
  class Cache {
    constructor(readonly work: Work) {}
  }
  const container = new Container().register(Work, Work, perResolution);
  container.register(Cache, { useClass: Cache, deps: [Work] }, { lifecycle: Lifecycle.Singleton });
  container.register("both", { deps: [Work, Cache], useFactory: (work, cache) => [work, cache.work] });
  const [mine, kept] = container.resolve<Work[]>("both");
  expect(mine).not.toBe(kept);
});

test("what was made for a singleton ends with it, not with the scope that built it", async () => {
  const calls: string[] = [];
  class Work {
    dispose() {
      calls.push("work");
    }
  }
  const container = new Container().register(Work, Work, perResolution);
  container.register("cache", { deps: [Work], useFactory: () => ({}) }, { lifecycle: Lifecycle.Singleton });
  await container.runInScope((scope) => void scope.resolve("cache"));
  expect(calls).toEqual([]);
  await container.dispose();
  expect(calls).toEqual(["work"]);
});

test("what was made for a scope ends with it", async () => {
  const calls: string[] = [];
  class Work {
    dispose() {
      calls.push("work");
    }
  }
  const container = new Container().register(Work, Work, perResolution);
  await container.runInScope((scope) => void scope.resolve(Work));
  expect(calls).toEqual(["work"]);
});

test("is made below a class that stands in for a seed that was not given", () => {
  class Work {}
  class User {
    constructor(@inject(Work) readonly work: Work) {}
  }
  const container = new Container().register(Work, Work, perResolution);
  container.runInScopeSync({ seeds: [[User, new User(new Work())]] }, () => {});
  expect(container.resolve(User).work).toBeInstanceOf(Work);
  container.register("both", { deps: [User, Work], useFactory: (user, work) => [user.work, work] });
  const [a, b] = container.resolve<Work[]>("both");
  expect(a).toBe(b);
});

test("falsy ones are made once per resolution", () => {
  let calls = 0;
  const container = new Container().register("work", { useFactory: () => void calls++ }, perResolution);
  container.register("both", { deps: ["work", "work"], useFactory: () => 1 });
  container.resolve("both");
  expect(calls).toBe(1);
});

test("is shared through delay with the resolve that made the stand-in, as in tsyringe", () => {
  class Work {
    readonly self = this;
  }
  class Host {
    constructor(
      @inject(Work) readonly work: Work,
      @inject(delay(() => Work)) readonly later: Work,
    ) {}
  }
  const host = new Container().register(Work, Work, perResolution).resolve(Host);
  expect(host.later.self).toBe(host.work);
});

test.each([
  ["a singleton", { lifecycle: Lifecycle.Singleton }],
  ["a named lifetime", { lifecycle: Lifecycle.ContextScoped, scopeName: "connection" }],
])("is not kept by the stand-in of %s, whose own it shares", async (_, options) => {
  class Work {
    readonly self = this;
  }
  class Pool {
    constructor(
      readonly work: Work,
      readonly later: Work,
    ) {}
  }
  const container = new Container()
    .register(Work, Work, perResolution)
    .register(Pool, { useClass: Pool, deps: [Work, delay(() => Work)] as const }, options)
    .register("request", { deps: [Work, Pool], useFactory: (work) => new WeakRef(work) });
  const connection = container.createScope({ name: "connection" });
  const ask = () =>
    container.runInScopeSync({ parent: connection }, (scope) => scope.resolve<WeakRef<Work>>("request"));
  expect(await countAlive([ask()])).toBe(0);
  const { work, later } = connection.resolve(Pool);
  expect(later.self).toBe(work);
  await connection.close();
});

test("one of several under a token is shared within the resolution, beside others that are not", () => {
  const container = new Container()
    .register("part", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ResolutionScoped })
    .register("part", { useFactory: () => ({}) })
    .register("left", { deps: [dep.all("part")], useFactory: (parts) => parts })
    .register("right", { deps: [dep.all("part")], useFactory: (parts) => parts })
    .register("whole", { deps: ["left", "right"], useFactory: (...sides) => sides });
  const [left, right] = container.resolve<unknown[][]>("whole");
  expect([left?.[0] === right?.[0], left?.[1] === right?.[1]]).toEqual([true, false]);
});

test("what delay stands for cannot be used while it is being built, and is the same one afterwards", async () => {
  let arrive!: (value: string) => void;
  const slow = new Promise<string>((resolve) => (arrive = resolve));
  class Peek {
    constructor(@inject(delay(() => Part)) readonly part: { readonly self: unknown }) {}
  }
  class Part {
    readonly self = this;
    constructor(
      @inject("slow") readonly name: string,
      @inject(Peek) readonly peek: Peek,
    ) {}
  }
  let peek!: Peek;
  const container = new Container()
    .register(Part, Part, perResolution)
    .register("slow", { useAsyncFactory: () => slow }, { lifecycle: Lifecycle.Transient });
  container.afterResolution(Peek, (_, made) => void (peek = made as Peek));
  const building = container.resolveAsync(Part);
  await Promise.resolve();
  expect(() => peek.part.self).toThrow(AsyncDependencyError);
  arrive("done");
  const part = await building;
  expect(part.peek.part.self).toBe(part);
});
