/** What the guard hands out can be used like the instance itself, whatever that is. */
import { EventEmitter } from "node:events";
import { inspect } from "node:util";
import { Container, contextScoped, dep, type InjectionToken, Lifecycle, Scope, ScopeLeakError } from "ambit";
import { describe, expect, test, vi } from "vitest";

const { ContextScoped, Singleton } = Lifecycle;

/** In a scope of a guarded container: the stand-in for what `make` makes. */
function standingFor<T>(make: () => T, use: (standIn: T, scope: Scope) => void): void {
  const container = new Container({ guard: true });
  container.register<T>("it", { useFactory: make }, { lifecycle: ContextScoped });
  container.runInScopeSync((scope) => use(scope.resolve<T>("it"), scope));
}

class Money {
  static is(value: object): boolean {
    return #cents in value;
  }
  #cents: number;
  constructor(cents = 5) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
  set cents(value: number) {
    this.#cents = value;
  }
  add(other: Money): this {
    this.#cents += #cents in other ? other.#cents : Number.NaN;
    return this;
  }
  async later(): Promise<number> {
    await Promise.resolve();
    return this.#cents;
  }
  *coins(): Generator<number> {
    yield this.#cents;
  }
}

describe("an instance with #private members", () => {
  const container = new Container({ guard: true });
  container.register(Money, { useFactory: () => new Money(5) }, { lifecycle: ContextScoped });
  container.register("more", { useFactory: () => new Money(2) }, { lifecycle: ContextScoped });

  test("has its getters, setters, methods, async methods and generators", async () => {
    await container.runInScope(async (scope) => {
      const money = scope.resolve(Money);
      money.cents += 1;
      expect([money.cents, await money.later(), [...money.coins()]]).toEqual([6, 6, [6]]);
    });
  });

  test("is given others of its class, and looks into them", () => {
    container.runInScopeSync((scope) => {
      const more = scope.resolve<Money>("more");
      expect(scope.resolve(Money).add(more).cents).toBe(7);
    });
  });

  test("gives its stand-in where a method gives this", () => {
    container.runInScopeSync((scope) => {
      const money = scope.resolve(Money);
      expect(money.add(new Money(1))).toBe(money);
    });
  });

  test("is unknown to a static method that looks for #private members: a limit", () => {
    container.runInScopeSync((scope) => expect(Money.is(scope.resolve(Money))).toBe(false));
  });
});

test("is the same for the same instance, however it is asked for", async () => {
  const container = new Container({ guard: true });
  const shared = {};
  const perScope = { lifecycle: ContextScoped } as const;
  container.register("a", { useFactory: () => shared }, perScope);
  container.register("b", { useFactory: () => shared }, perScope);
  container.register("alias", { useToken: "a" });
  container.register("asked", { useFactory: (inner) => inner.resolve<object>("a") }, perScope);
  container.register("async", { useAsyncFactory: async () => shared }, perScope);
  await container.runInScope(async (scope) => {
    const a = scope.resolve("a");
    const others = [
      scope.resolve("b"),
      scope.resolve("alias"),
      scope.resolve("asked"),
      await scope.resolveAsync("async"),
    ];
    expect(others.every((other) => other === a)).toBe(true);
    expect(scope.resolveAll("a")[0]).toBe(a);
    expect(await container.runInScope({ parent: null }, (other) => other.resolve("a") === a)).toBe(false);
  });
});

test("instanceof, keys, JSON and inspect see the instance", () => {
  class Order {
    readonly number = 7;
    readonly lines = ["tea"];
  }
  standingFor(
    () => new Order(),
    (order) => {
      expect(order).toBeInstanceOf(Order);
      expect([Object.keys(order), JSON.stringify(order), "number" in order]).toEqual([
        ["number", "lines"],
        '{"number":7,"lines":["tea"]}',
        true,
      ]);
      expect(inspect(order)).toBe("Order { number: 7, lines: [ 'tea' ] }");
      expect(Object.assign({}, order)).toEqual({ number: 7, lines: ["tea"] });
    },
  );
});

test.each<[string, object]>([
  ["[ 1, 2 ]", [1, 2]],
  ["[Function: sql]", function sql() {}],
  ["Map(1) { 'a' => 1 }", new Map([["a", 1]])],
])("is printed as %s", (printed, it) => {
  standingFor(
    () => it,
    (standIn) => expect(inspect(standIn)).toBe(printed),
  );
});

test("a method is the same function each time, and can be taken off it and bound", () => {
  standingFor(
    () => new Money(3),
    (money) => {
      expect(money.add).toBe(money.add);
      expect(money.add.name).toBe("add");
      const add = money.add.bind(money);
      expect(add(new Money(1)).cents).toBe(4);
      expect(money.add.call(money, new Money(1))).toBe(money);
    },
  );
});

test("a bound method that outlives its scope is refused", async () => {
  const container = new Container({ guard: true });
  container.register(Money, { useFactory: () => new Money() }, { lifecycle: ContextScoped });
  const later = await container.runInScope((scope) => {
    const money = scope.resolve(Money);
    return { call: money.later.bind(money) };
  });
  expect(() => later.call()).toThrow(ScopeLeakError);
});

test("a function that needs no this is given as it is", () => {
  const listener = () => {};
  const bound = function named() {}.bind(undefined);
  standingFor(
    () => ({ listener, bound, method() {}, Class: Money }),
    (it) => {
      expect([it.listener === listener, it.bound === bound, it.Class === Money]).toEqual([true, true, true]);
    },
  );
});

test("mocks can be asked what they were called with", () => {
  standingFor(
    () => ({ send: vi.fn<(to: string) => number>(() => 1) }),
    (mailer) => {
      expect(mailer.send("Ada")).toBe(1);
      expect(mailer.send).toHaveBeenCalledWith("Ada");
    },
  );
});

test("functions can be called, constructed and asked for their properties", () => {
  const query = Object.assign((text = "all") => `rows of ${text}`, { client: "pg" });
  standingFor(
    () => query,
    (sql) => {
      expect([typeof sql, sql("a"), sql.call(undefined, "b"), sql.client]).toEqual([
        "function",
        "rows of a",
        "rows of b",
        "pg",
      ]);
    },
  );
  standingFor(
    () => Money,
    (Class) => expect(new Class(9).cents).toBe(9),
  );
});

test("a function that is called in another scope is refused", async () => {
  const container = new Container({ guard: true });
  container.register<() => string>("sql", { useFactory: () => () => "rows" }, { lifecycle: ContextScoped });
  const sql = await container.runInScope((scope) => ({ run: scope.resolve<() => string>("sql") }));
  expect(() => sql.run()).toThrow(ScopeLeakError);
});

test.each<[string, () => object, (it: any) => unknown, unknown]>([
  [
    "a Map",
    () => new (class extends Map<string, number> {})([["a", 1]]),
    (map) => [map.get("a"), map.size, [...map]],
    [1, 1, [["a", 1]]],
  ],
  ["a Set", () => new Set([1]), (set) => [set.has(1), set.add(2) === set, [...set]], [true, true, [1, 2]]],
  [
    "a Date",
    () => new (class extends Date {})(5),
    (date) => [+date, date.getTime(), new Date(date).getTime()],
    [5, 5, 5],
  ],
  [
    "an array",
    () => [1, 2],
    (list) => [Array.isArray(list), list.length, list.push(3), list.map((n: number) => n)],
    [true, 2, 3, [1, 2, 3]],
  ],
  ["a WeakMap", () => new WeakMap(), (map) => [map.set(Money, 1) === map, map.get(Money)], [true, 1]],
  [
    "an object without a prototype",
    () => Object.assign(Object.create(null), { a: 1 }),
    (it) => [it.a, Object.keys(it)],
    [1, ["a"]],
  ],
  [
    "something frozen",
    () =>
      Object.freeze({
        a: 1,
        b() {
          return this;
        },
      }),
    (it) => [it.a, it.b() === it, Object.isFrozen(it), Object.keys(it)],
    [1, true, true, ["a", "b"]],
  ],
  ["a frozen array", () => Object.freeze([1]), (it) => [it[0], it.length, Object.isFrozen(it)], [1, 1, true]],
  [
    "something frozen later",
    () => ({ a: 1 }),
    (it) => [Object.freeze(it) === it, Object.isFrozen(it), it.a, Object.getOwnPropertyDescriptor(it, "a")?.writable],
    [true, true, 1, false],
  ],
  [
    "something that is given properties for good",
    () => ({}),
    (it) => {
      Object.defineProperty(it, "a", { value: 1, configurable: false });
      return [it.a, Object.getOwnPropertyDescriptor(it, "a")?.configurable];
    },
    [1, false],
  ],
  ["something whose properties are deleted", () => ({ a: 1 }), (it) => [delete it.a, "a" in it], [true, false]],
])("%s works", (_, make, use, expected) => {
  standingFor(make, (it) => expect(use(it)).toEqual(expected));
});

test("a subclass of EventEmitter calls its listeners with a stand-in's answers", () => {
  class Client extends EventEmitter {}
  standingFor(
    () => new Client(),
    (client) => {
      const heard: unknown[] = [];
      const listener = (value: unknown) => heard.push(value);
      expect(client.on("row", listener).once("row", listener)).toBe(client);
      client.emit("row", 1);
      client.off("row", listener);
      client.emit("row", 2);
      expect(heard).toEqual([1, 1]);
    },
  );
});

test("what Node must be given as it is, is given so", () => {
  for (const value of [
    new AbortController().signal,
    new URL("http://localhost"),
    Buffer.from("a"),
    new ReadableStream(),
    /a/,
    new Error("a"),
  ]) {
    standingFor(
      () => value,
      (given) => expect(given).toBe(value),
    );
  }
});

test.each([0, "", null, undefined, false, 1n, "text", Symbol.iterator])(
  "the primitive %s is given as it is",
  (value) => {
    standingFor(
      () => value,
      (given) => expect(given).toBe(value),
    );
  },
);

test("a thenable can be awaited", async () => {
  const container = new Container({ guard: true });
  class Query {
    readonly #rows = ["row"];
    // oxlint-disable-next-line unicorn/no-thenable -- query builders are
    then(resolve: (rows: string[]) => void): void {
      resolve(this.#rows);
    }
  }
  container.register(Query, Query, { lifecycle: ContextScoped });
  await container.runInScope(async (scope) => expect(await scope.resolve(Query)).toEqual(["row"]));
});

test("a seed is given as it is: it is its giver's", () => {
  const container = new Container({ guard: true });
  const ctx = {};
  const seeds: [InjectionToken, unknown][] = [["ctx", ctx]];
  container.runInScopeSync({ seeds }, (scope) => expect(scope.resolve("ctx")).toBe(ctx));
});

test("the scope, the container and what lives longer are given as they are", async () => {
  class Pool {}
  const container = new Container({ guard: true });
  container.register(Pool, Pool, { lifecycle: Singleton });
  container.register("pool", { deps: [Pool], useFactory: (pool: Pool) => pool }, { lifecycle: ContextScoped });
  container.register("scope", { useFactory: (_, scope) => scope }, { lifecycle: ContextScoped });
  await container.runInScope((scope) => {
    expect(scope.resolve(Scope)).toBe(scope);
    expect(scope.resolve("scope")).toBe(scope);
    expect(scope.resolve("pool")).toBe(scope.resolve(Pool));
  });
});

describe("what takes instances", () => {
  class Session {
    static readonly log: string[] = [];
    readonly #name = "session";
    [Symbol.asyncDispose]() {
      Session.log.push(`${this.#name} disposed`);
      return Promise.resolve();
    }
  }
  const guarded = () => {
    Session.log.length = 0;
    return new Container({ guard: true }).register(Session, Session, { lifecycle: ContextScoped });
  };

  test("the instance is disposed once, by ambit: use() of its stand-in adds nothing", async () => {
    await guarded().runInScope((scope) => {
      const session = scope.resolve(Session);
      expect(scope.use(session)).toBe(session);
    });
    expect(Session.log).toEqual(["session disposed"]);
  });

  test("use() in a nested scope leaves it to its own", async () => {
    const container = guarded();
    await container.runInScope(async (outer) => {
      const session = outer.resolve(Session);
      await container.runInScope((inner) => void inner.use(session));
      expect(Session.log).toEqual([]);
    });
    expect(Session.log).toEqual(["session disposed"]);
  });

  test("what nobody owns is disposed by the scope that uses it, by its stand-in", async () => {
    const container = guarded().register(Session, Session, { lifecycle: ContextScoped, owned: false });
    await container.runInScope((scope) => void scope.use(scope.resolve(Session)));
    expect(Session.log).toEqual(["session disposed"]);
  });

  test("a factory, an async factory and a generator that give it on do not own it", async () => {
    const container = guarded();
    const perScope = { lifecycle: ContextScoped } as const;
    container.register("f", { deps: [Session], useFactory: (session: Session) => session }, perScope);
    container.register("a", { deps: [Session], useAsyncFactory: async (session: Session) => session }, perScope);
    const useGenerator = function* (session: Session) {
      yield session;
    };
    container.register("g", { deps: [Session], useGenerator }, perScope);
    await container.runInScope(async (scope) => {
      const all = [scope.resolve("f"), await scope.resolveAsync("a"), scope.resolve("g")];
      for (const one of all) expect(one).toBe(scope.resolve(Session));
    });
    expect(Session.log).toEqual(["session disposed"]);
  });

  test("override gives another, which is guarded, too", async () => {
    const container = guarded();
    class Fake extends Session {}
    const kept = await container.runInScope((scope) => {
      const fake = scope.override(Session, Fake).resolve(Session);
      expect(fake).toBeInstanceOf(Fake);
      return { fake };
    });
    expect(() => Reflect.ownKeys(kept.fake)).toThrow(ScopeLeakError);
  });

  test("seed, ref, proxy and all give the stand-in on", async () => {
    const container = guarded();
    class All {}
    container.register(All, {
      useFactory: (...parts: unknown[]) => parts,
      deps: [dep.ref(Session), dep.proxy(Session), dep.all(Session)],
    } as never);
    await container.runInScope((scope) => {
      const session = scope.resolve(Session);
      const [ref, proxy, all] = scope.resolve(All) as unknown as [{ get(): Session }, Session, Session[]];
      expect([ref.get() === session, proxy instanceof Session, all[0] === session]).toEqual([true, true, true]);
      scope.seed("session", session);
      expect(scope.resolve("session")).toBe(session);
    });
  });
});

test("a client of a pool that the next request gets is usable there, and refused to the first one", async () => {
  const client = { query: () => "rows" };
  const container = new Container({ guard: true });
  container.register(
    "client",
    {
      useGenerator: function* () {
        yield client;
      },
    },
    { lifecycle: ContextScoped },
  );
  const first = await container.runInScope((scope) => ({ client: scope.resolve<typeof client>("client") }));
  await container.runInScope(async (scope) => {
    expect(scope.resolve<typeof client>("client").query()).toBe("rows");
    expect(() => first.client.query()).toThrow(ScopeLeakError);
  });
});

test("a decorated class that asks for #private members of what it holds works", async () => {
  const container = new Container({ guard: true });
  @contextScoped()
  class Wallet {
    readonly #money = new Money(4);
    get cents() {
      return this.#money.cents;
    }
  }
  container.register(Wallet, Wallet, { lifecycle: ContextScoped });
  expect(await container.runInScope((scope) => scope.resolve(Wallet).cents)).toBe(4);
});
