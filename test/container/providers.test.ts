/** Each kind of provider gives what it says. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { AmbitError, Container, dep, injectable, Lifecycle, type Outcome, Scope, token } from "ambit";
import { describe, expect, test } from "vitest";

describe("useClass", () => {
  test("a class as provider is built anew for each resolve", () => {
    const container = new Container();
    class Clock {}
    container.register("clock", Clock);
    const first = container.resolve("clock");
    expect(first).toBeInstanceOf(Clock);
    expect(container.resolve("clock")).not.toBe(first);
  });

  test("{ useClass } builds that class for the token", () => {
    abstract class Clock {}
    class SystemClock extends Clock {}
    const container = new Container().register(Clock, { useClass: SystemClock });
    expect(container.resolve(Clock)).toBeInstanceOf(SystemClock);
  });

  test("a class that nobody registered is transient", () => {
    class Clock {}
    const container = new Container();
    expect(container.resolve(Clock)).not.toBe(container.resolve(Clock));
  });

  test("deps need neither decorators nor metadata", () => {
    class Clock {}
    class Service {
      constructor(
        readonly clock: Clock,
        readonly name: string,
      ) {}
    }
    const name = token<string>("name");
    const container = new Container()
      .register(name, { useValue: "orders" })
      .register(Service, { useClass: Service, deps: [Clock, name] });
    const service = container.resolve(Service);
    expect([service.clock, service.name]).toEqual([expect.any(Clock), "orders"]);
  });

  test("deps are used instead of what decorators say", () => {
    class Clock {}
    class FakeClock extends Clock {}
    @injectable()
    class Service {
      constructor(readonly clock: Clock) {}
    }
    const container = new Container().register(Service, { useClass: Service, deps: [FakeClock] });
    expect(container.resolve(Service).clock).toBeInstanceOf(FakeClock);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 12])("a constructor gets all of its %i parameters, in order", (count) => {
    class Service {
      readonly args: readonly unknown[];
      constructor(...args: unknown[]) {
        this.args = args;
      }
    }
    const names = Array.from({ length: count }, (_, index) => `parameter ${index}`);
    const container = new Container();
    for (const name of names) container.register(name, { useValue: name });
    container.register(Service, { useClass: Service, deps: names });
    expect(container.resolve(Service).args).toEqual(names);
  });
});

describe("useValue", () => {
  test("gives the very value, from children and in scopes too", () => {
    const config = { port: 80 };
    const container = new Container().register("config", { useValue: config });
    const child = container.createChildContainer();
    const inScope = container.runInScopeSync((scope) => scope.resolve("config"));
    expect([container.resolve("config"), child.resolve("config"), inScope].every((each) => each === config)).toBe(true);
  });

  test("registerInstance is the same", () => {
    const config = { port: 80 };
    expect(new Container().registerInstance("config", config).resolve("config")).toBe(config);
  });
});

describe("useToken", () => {
  test("gives what the other token gives", () => {
    class Clock {}
    const container = new Container()
      .register(Clock, Clock, { lifecycle: Lifecycle.Singleton })
      .register("clock", { useToken: Clock });
    expect(container.resolve("clock")).toBe(container.resolve(Clock));
  });

  test("follows a chain of names", () => {
    const container = new Container()
      .register("c", { useValue: "end" })
      .register("b", { useToken: "c" })
      .register("a", { useToken: "b" });
    expect(container.resolve("a")).toBe("end");
  });

  test("with a lifetime, keeps what the other token gave", () => {
    class Clock {}
    const container = new Container().register("clock", { useToken: Clock }, { lifecycle: Lifecycle.Singleton });
    expect(container.resolve("clock")).toBe(container.resolve("clock"));
    expect(container.resolve(Clock)).not.toBe(container.resolve("clock"));
  });

  test("registerType is a name for a token, or a class for one", () => {
    class Clock {}
    const container = new Container().register("target", { useValue: 1 });
    container.registerType("alias", "target").registerType("clock", Clock);
    expect([container.resolve("alias"), container.resolve("clock")]).toEqual([1, expect.any(Clock)]);
  });

  test("registerSingleton keeps one instance, of the class, of another class or of another token", () => {
    class Clock {}
    class FakeClock extends Clock {}
    const container = new Container();
    container.registerSingleton(Clock, FakeClock).registerSingleton("clock", FakeClock);
    container.registerSingleton("alias", "clock").registerSingleton(FakeClock);
    for (const token of [Clock, "clock", "alias", FakeClock]) {
      expect(container.resolve(token)).toBeInstanceOf(FakeClock);
      expect(container.resolve(token)).toBe(container.resolve(token));
    }
    expect(container.resolve("alias")).toBe(container.resolve("clock"));
  });

  test("registerSingleton of a name alone is refused with tsyringe's sentence", () => {
    const register = () => new Container().registerSingleton("clock");
    expect(register).toThrow('Cannot register a type name as a singleton without a "to" token');
    expect(register).toThrow(expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION" }));
  });
});

describe("useFactory", () => {
  test("without a lifetime is called for each resolve", () => {
    let calls = 0;
    const container = new Container().register("id", { useFactory: () => ++calls });
    expect([container.resolve("id"), container.resolve("id")]).toEqual([1, 2]);
  });

  test("with deps gets them as its arguments, and nothing else", () => {
    const given: unknown[] = [];
    const container = new Container().register("port", { useValue: 80 });
    container.register("url", { deps: ["port"], useFactory: (...args) => given.push(...args) });
    container.resolve("url");
    expect(given).toEqual([80]);
  });

  test("may give a promise, as a value, when it has no lifetime", async () => {
    const container = new Container().register("soon", { useFactory: async () => 1 });
    expect(container.resolve("soon")).toBeInstanceOf(Promise);
    expect(await container.resolve("soon")).toBe(1);
  });

  test("is called as a method of its provider", () => {
    const provider = {
      prefix: "order",
      useFactory() {
        return this.prefix;
      },
    };
    expect(new Container().register("name", provider).resolve("name")).toBe("order");
  });
});

describe("useGenerator", () => {
  test("gives what it yields, once per owner", () => {
    class Db {}
    const container = new Container();
    container.register(
      Db,
      {
        *useGenerator() {
          yield new Db();
        },
      },
      { lifecycle: Lifecycle.Singleton },
    );
    expect(container.resolve(Db)).toBeInstanceOf(Db);
    expect(container.resolve(Db)).toBe(container.resolve(Db));
  });

  test("promise 12: is resumed with the outcome when its owner ends", async () => {
    const heard: Outcome[] = [];
    const container = new Container();
    container.register(
      "unit of work",
      {
        *useGenerator() {
          heard.push(yield {});
        },
      },
      { lifecycle: Lifecycle.ContextScoped },
    );
    await container.runInScope((scope) => void scope.resolve("unit of work"));
    const error = new Error("work failed");
    const failing = container.runInScope((scope) => {
      scope.resolve("unit of work");
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    expect(heard).toEqual([{ status: "success" }, { status: "error", error }]);
  });

  test("with deps gets them as its arguments", () => {
    const container = new Container().register("port", { useValue: 80 });
    container.register(
      "url",
      {
        deps: ["port"],
        *useGenerator(port: number) {
          yield `localhost:${port}`;
        },
      },
      { lifecycle: Lifecycle.Singleton },
    );
    expect(container.resolve("url")).toBe("localhost:80");
  });

  test("is the only disposer of what it yields", async () => {
    const calls: string[] = [];
    const container = new Container();
    container.register(
      "db",
      {
        *useGenerator() {
          yield { dispose: () => calls.push("dispose") };
          calls.push("generator");
        },
      },
      { lifecycle: Lifecycle.Singleton },
    );
    container.resolve("db");
    await container.dispose();
    expect(calls).toEqual(["generator"]);
  });

  test("that yields twice is an error at the end, and its finally has run", async () => {
    const calls: string[] = [];
    const container = new Container();
    container.register(
      "db",
      {
        *useGenerator() {
          try {
            yield 1;
            yield 2;
          } finally {
            calls.push("finally");
          }
        },
      },
      { lifecycle: Lifecycle.Singleton },
    );
    expect(container.resolve("db")).toBe(1);
    await expect(container.dispose()).rejects.toThrow(expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION" }));
    expect(calls).toEqual(["finally"]);
  });

  test("that yields twice and is async has ended too, before that is an error", async () => {
    const calls: string[] = [];
    const container = new Container();
    container.register(
      "db",
      {
        async *useGenerator() {
          try {
            yield 1;
            yield 2;
          } finally {
            await Promise.resolve();
            calls.push("finally");
          }
        },
      },
      { lifecycle: Lifecycle.Singleton },
    );
    expect(() => container.resolve("db")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_ASYNC" }));
    expect(await container.resolveAsync("db")).toBe(1);
    await expect(container.dispose()).rejects.toThrow("yielded twice");
    expect(calls).toEqual(["finally"]);
  });

  test("that is an iterator of one's own need not have a return", async () => {
    const useGenerator = () => ({ next: () => ({ done: false, value: 1 }) }) as unknown as Generator<number>;
    const container = new Container().register("db", { useGenerator }, { lifecycle: Lifecycle.Singleton });
    expect(container.resolve("db")).toBe(1);
    await expect(container.dispose()).rejects.toThrow("yielded twice");
  });

  test("that returns without a yield is refused", () => {
    const container = new Container();
    container.register("db", { *useGenerator() {} }, { lifecycle: Lifecycle.Singleton });
    expect(() => container.resolve("db")).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION", message: expect.stringContaining("without a yield") }),
    );
  });

  test("that throws at its end rejects the end with that very error", async () => {
    const failure = new Error("COMMIT failed");
    const container = new Container();
    container.register(
      "db",
      {
        *useGenerator() {
          yield 1;
          throw failure;
        },
      },
      { lifecycle: Lifecycle.ContextScoped },
    );
    await expect(container.runInScope((scope) => scope.resolve("db"))).rejects.toBe(failure);
  });

  test("as a transient is ended with the scope for which it was made", async () => {
    const calls: string[] = [];
    const container = new Container();
    container.register(
      "db",
      {
        *useGenerator() {
          yield 1;
          calls.push("ended");
        },
      },
      { lifecycle: Lifecycle.Transient },
    );
    await container.runInScope((scope) => [scope.resolve("db"), scope.resolve("db")]);
    expect(calls).toEqual(["ended", "ended"]);
  });

  test.each([Lifecycle.Transient, Lifecycle.ResolutionScoped])(
    "outside of every scope with lifetime %i is refused before it starts",
    (lifecycle) => {
      let started = false;
      const container = new Container();
      container.register(
        "db",
        {
          *useGenerator() {
            started = true;
            yield 1;
          },
        },
        { lifecycle },
      );
      expect(() => container.resolve("db")).toThrow(
        expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION", message: expect.stringContaining("runInScope") }),
      );
      expect(started).toBe(false);
    },
  );

  test("that is a plain function is refused when it is called, with what to write instead", () => {
    const container = new Container();
    container.register("db", { useGenerator: (() => 1) as never }, { lifecycle: Lifecycle.Singleton });
    expect(() => container.resolve("db")).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION", message: expect.stringContaining("function*") }),
    );
  });

  test("that is an async function is refused, and what it fails with is reported", async () => {
    const heard: unknown[] = [];
    const failure = new Error("no connection");
    const container = new Container({ onDisposalError: (error) => heard.push(error) });
    const connect = async () => {
      throw failure;
    };
    container.register("db", { useGenerator: connect as never }, { lifecycle: Lifecycle.Singleton });
    expect(() => container.resolve("db")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION" }));
    await nextTurn();
    expect(heard).toEqual([failure]);
  });

  test("that only returns an async generator is refused before that starts", async () => {
    const calls: string[] = [];
    async function* connect() {
      calls.push("started");
      yield 1;
    }
    const container = new Container();
    container.register("db", { useGenerator: () => connect() }, { lifecycle: Lifecycle.Singleton });
    expect(() => container.resolve("db")).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION", message: expect.stringContaining("async function*") }),
    );
    await container.dispose();
    expect(calls).toEqual([]);
  });
});

describe("useSeed", () => {
  test("gives what the scope was given", () => {
    const user = token<string>("user");
    const container = new Container().register(user, { useSeed: true });
    expect(container.runInScopeSync({ seeds: [[user, "ann"]] }, () => container.resolve(user))).toBe("ann");
  });

  test("is found from a nested scope, where the nearest one counts", () => {
    const container = new Container().register("user", { useSeed: true });
    const seen = container.runInScopeSync({ seeds: [["user", "ann"]] }, () => [
      container.runInScopeSync(() => container.resolve("user")),
      container.runInScopeSync({ seeds: [["user", "bob"]] }, () => container.resolve("user")),
      container.resolve("user"),
    ]);
    expect(seen).toEqual(["ann", "bob", "ann"]);
  });

  test("that nobody gave is an UnregisteredTokenError that says how to give it", () => {
    const container = new Container().register("user", { useSeed: true });
    const ask = () => container.runInScopeSync(() => container.resolve("user"));
    expect(ask).toThrow(
      expect.objectContaining({
        code: "ERR_AMBIT_UNREGISTERED",
        message: expect.stringContaining("seeds: [[user, value]]"),
      }),
    );
  });

  test("that nobody gave is not built, though its token is a class", () => {
    class Session {}
    const container = new Container().register(Session, { useSeed: true });
    expect(() => container.runInScopeSync((scope) => scope.resolve(Session))).toThrow(AmbitError);
  });

  test("may be given later, before it is asked for", () => {
    const container = new Container().register("user", { useSeed: true });
    container.runInScopeSync((scope) => {
      expect(() => container.resolve("user")).toThrow(AmbitError);
      scope.seed("user", "ann");
      expect(container.resolve("user")).toBe("ann");
    });
  });

  test("needs no registration", () => {
    const container = new Container();
    expect(container.runInScopeSync({ seeds: [["user", "ann"]] }, (scope) => scope.resolve("user"))).toBe("ann");
  });

  test("stands in for a class that nobody registered, where it is given", () => {
    class User {}
    const ann = new User();
    const container = new Container();
    expect(container.runInScopeSync({ seeds: [[User, ann]] }, () => container.resolve(User))).toBe(ann);
    expect(container.runInScopeSync(() => container.resolve(User))).not.toBe(ann);
  });

  test("of a registered token is refused, with the way to replace it", () => {
    const container = new Container().register("user", { useValue: "ann" });
    expect(() => container.createScope({ seeds: [["user", "bob"]] })).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_REGISTRATION", message: expect.stringContaining("override") }),
    );
  });

  test("promise 7: stays its giver's", async () => {
    const calls: string[] = [];
    const container = new Container();
    const connection = { dispose: () => calls.push("disposed") };
    await container.runInScope({ seeds: [["connection", connection]] }, (scope) => scope.resolve("connection"));
    await container.dispose();
    expect(calls).toEqual([]);
  });
});

describe("what needs no registration", () => {
  test("a singleton gets its container, a context-lived instance its scope", () => {
    class Registry {
      constructor(readonly container: Container) {}
    }
    class Work {
      constructor(readonly scope: Scope) {}
    }
    const container = new Container()
      .register(Registry, { useClass: Registry, deps: [Container] }, { lifecycle: Lifecycle.Singleton })
      .register(Work, { useClass: Work, deps: [Scope] }, { lifecycle: Lifecycle.ContextScoped });
    container.runInScopeSync((scope) => {
      expect(container.createChildContainer().resolve(Registry).container).toBe(container);
      expect(container.resolve(Work).scope).toBe(scope);
    });
  });

  test("an instance of a named lifetime gets the scope of that name", () => {
    class Connection {
      constructor(readonly scope: Scope) {}
    }
    const container = new Container().register(
      Connection,
      { useClass: Connection, deps: [Scope] },
      { lifecycle: Lifecycle.ContextScoped, scopeName: "connection" },
    );
    container.runInScopeSync({ name: "connection" }, (connection) =>
      container.runInScopeSync(() => expect(container.resolve(Connection).scope).toBe(connection)),
    );
  });

  test("a singleton may not keep a scope", () => {
    class Registry {
      constructor(readonly scope: Scope) {}
    }
    const container = new Container();
    container.register(Registry, { useClass: Registry, deps: [Scope] }, { lifecycle: Lifecycle.Singleton });
    expect(() => container.runInScopeSync(() => container.resolve(Registry))).toThrow(
      expect.objectContaining({ code: "ERR_AMBIT_CAPTIVE" }),
    );
  });

  test("no scope, no Scope", () => {
    expect(() => new Container().resolve(Scope)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_NO_SCOPE" }));
  });

  test("a child container gives itself, and the scope's container is the one that opened it", () => {
    const root = new Container();
    const child = root.createChildContainer();
    expect(child.resolve(Container)).toBe(child);
    child.runInScopeSync((scope) => expect(scope.resolve(Container)).toBe(child));
  });
});

test("the last registration answers resolve, all of them resolveAll, in the order of registration", () => {
  const container = new Container();
  for (const plugin of ["a", "b", "c"]) container.register("plugin", { useValue: plugin });
  expect([container.resolve("plugin"), container.resolveAll("plugin")]).toEqual(["c", ["a", "b", "c"]]);
});

test("a registration counts from the next resolve on, also for what was resolved before", () => {
  class Service {
    constructor(readonly name: string) {}
  }
  const container = new Container().register("name", { useValue: "old" });
  container.register(Service, { useClass: Service, deps: ["name"] });
  expect(container.resolve(Service).name).toBe("old");
  container.register("name", { useValue: "new" });
  expect(container.resolve(Service).name).toBe("new");
});

test("dep.optional, dep.all and dep.ref ask as their names say", () => {
  const container = new Container().register("p", { useValue: 1 }).register("p", { useValue: 2 });
  container.register("asked", {
    deps: [dep.optional("missing"), dep.optional("p"), dep.all("p"), dep.ref("p")],
    useFactory: (missing, there, all, ref) => [missing, there, all, ref.get()],
  });
  expect(container.resolve("asked")).toEqual([undefined, 2, [1, 2], 2]);
});

test("registerSingleton of another token keeps what that gave once", () => {
  const container = new Container().register("each", { useFactory: () => ({}) });
  container.registerSingleton("one", "each");
  expect(container.resolve("one")).toBe(container.resolve("one"));
});
