/** What an exploration of an application finds, and that it finds nothing where nothing is wrong. */
import { Container, Lifecycle, type Scope } from "ambit";
import { explore, InjectedFailure, io, step } from "ambit/testing";
import { describe, expect, test } from "vitest";
import { collectUnhandledRejections } from "../support/strict.js";
import { Connection, containerWithConnections, explored, kindsIn } from "./connections.js";

const { ContextScoped, Singleton, Transient } = Lifecycle;

test("finds nothing in an application that keeps its promises, in all orders", async () => {
  const report = await explore({
    container: containerWithConnections,
    async request({ scope, number }) {
      const connection = scope.resolve(Connection);
      connection.user = `user ${number}`;
      expect(await connection.query("SELECT 1")).toBe(`SELECT 1 as user ${number}`);
    },
  });
  expect(report.findings).toEqual([]);
  expect(report.complete).toBe(true);
  expect(report.orders).toBeGreaterThan(6);
});

test("finds a module's variable that another request uses", async () => {
  let current: Connection | undefined;
  const found = await explored({
    container: containerWithConnections,
    async request({ scope }) {
      current = scope.resolve(Connection);
      await io("authenticate", () => {});
      await current.query("SELECT 1");
    },
  });
  expect(found).toContain("shared Connection");
});

test("finds a singleton that caches the first request's connection", async () => {
  class Reports {
    connection: Connection | undefined;
    constructor(readonly container: Container) {}
    run(scope: Scope) {
      this.connection ??= scope.resolve(Connection);
      return this.connection.query("SELECT report");
    }
  }
  const found = await explored({
    container: () =>
      containerWithConnections().register(Reports, { useClass: Reports, deps: [Container] }, { lifecycle: Singleton }),
    request: ({ scope }) => scope.resolve(Reports).run(scope),
  });
  expect(found).toEqual(expect.arrayContaining(["shared Connection", "survivor Connection"]));
});

test("finds a factory that gives the same connection to two scopes", async () => {
  const found = await explored({
    container: () => {
      const kept = new Connection();
      return new Container().register(Connection, { useFactory: () => kept }, { lifecycle: ContextScoped });
    },
    async request({ scope }) {
      await scope.resolve(Connection).query("SELECT 1");
    },
  });
  expect(found).toEqual(["shared Connection"]);
});

test("finds a disposer that is called by hand", async () => {
  const found = await explored({
    container: containerWithConnections,
    requests: 1,
    async request({ scope }) {
      const connection = scope.resolve(Connection);
      await connection[Symbol.asyncDispose]();
    },
  });
  expect(found).toEqual(["doubled Connection"]);
});

test("finds work in the background that goes on after its scope has closed", async () => {
  const heard = collectUnhandledRejections();
  const found = await explored({
    container: containerWithConnections,
    request({ scope }) {
      void audit(scope.resolve(Connection));
    },
  });
  async function audit(connection: Connection) {
    await io("the auditor answers", () => {});
    await connection.query("INSERT");
  }
  expect(found).toEqual(["survivor Connection"]);
  expect(heard.length).toBeGreaterThan(0);
});

test("finds nothing wrong with work in the background that is held", async () => {
  const report = await explore({
    container: containerWithConnections,
    request({ scope }) {
      const connection = scope.resolve(Connection);
      void scope.hold(io("the auditor answers", () => {}).then(() => connection.query("INSERT")));
    },
  });
  expect(report.findings).toEqual([]);
});

describe("disposals", () => {
  test("finds what a factory without a lifecycle makes, and nobody disposes", async () => {
    const found = await explored({
      container: () => new Container().register(Connection, { useFactory: () => new Connection() }),
      request: ({ scope }) => scope.resolve(Connection).query("SELECT 1"),
    });
    expect(found).toEqual(["missed Connection"]);
  });

  test("finds nothing where the request disposes it, or where it is another's", async () => {
    const shared = new Connection();
    const container = () =>
      new Container()
        .register("own", { useFactory: () => new Connection() })
        .register("another's", { useFactory: () => shared })
        .register("a tenant's", { useFactory: () => shared }, { lifecycle: ContextScoped, owned: false });
    const found = await explored({
      container,
      async request({ scope }) {
        await scope.resolve<Connection>("another's").query("SELECT 1");
        await scope.resolve<Connection>("a tenant's").query("SELECT 2");
        await scope.resolve<Connection>("own")[Symbol.asyncDispose]();
      },
    });
    expect(found).toEqual([]);
  });

  test("finds a scope that is never closed", async () => {
    const found = await explored({
      container: containerWithConnections,
      request: ({ container }) => void container.createScope({ parent: null }).resolve(Connection),
    });
    expect(found).toEqual(["missed a scope"]);
  });

  test("finds a disposer that never ends", async () => {
    class Stuck {
      [Symbol.asyncDispose]() {
        return new Promise<void>(() => {});
      }
    }
    const found = await explored({
      container: () => new Container().register(Stuck, Stuck, { lifecycle: ContextScoped }),
      requests: 1,
      request: ({ scope }) => void scope.resolve(Stuck),
    });
    expect(found).toEqual(["failed request 1", "missed Stuck"]);
  });

  test("finds nothing wrong with a disposer that calls another, or that fails because it was made to", async () => {
    class Careful {
      async dispose() {
        await io("the end", () => {});
      }
      [Symbol.asyncDispose]() {
        return this.dispose();
      }
    }
    const found = await explored({
      container: () => new Container().register(Careful, Careful, { lifecycle: ContextScoped }),
      failures: 1,
      request: ({ scope }) => void scope.resolve(Careful),
    });
    expect(found).toEqual([]);
  });
});

describe("what is shared on purpose is not found", () => {
  test("a client that goes back to its pool, and to the next request from there", async () => {
    let taken = 0;
    const container = () => {
      const free = [new Connection()];
      return new Container()
        .register(
          "client",
          {
            async *useGenerator() {
              const client = free.pop() ?? new Connection();
              taken++;
              yield client;
              free.push(client);
            },
          },
          { lifecycle: ContextScoped },
        )
        .register(
          "pooled",
          {
            useFactory: () => {
              const client = free.pop() ?? new Connection();
              return Object.assign(client, { [Symbol.asyncDispose]: async () => void free.push(client) });
            },
          },
          { lifecycle: ContextScoped },
        );
    };
    const found = await explored({
      container,
      async request({ scope }) {
        await (await scope.resolveAsync<Connection>("client")).query("SELECT 1");
        await scope.resolve<Connection>("pooled").query("SELECT 2");
      },
    });
    expect(found).toEqual([]);
    expect(taken).toBeGreaterThan(2);
  });

  test("a singleton, a value, an alias, and what a nested scope has from the one around it", async () => {
    const container = () => {
      const value = new Connection();
      return new Container()
        .register("pool", { useClass: Connection }, { lifecycle: Singleton })
        .register("of the pool", { useFactory: (c) => c.resolve("pool") }, { lifecycle: ContextScoped })
        .register("value", { useValue: value })
        .register("of the value", { useFactory: () => value }, { lifecycle: ContextScoped })
        .register(Connection, Connection, { lifecycle: ContextScoped, scopeName: "request" })
        .register("alias", { useToken: Connection })
        .register("inside", { useFactory: (c) => c.resolve(Connection) }, { lifecycle: ContextScoped });
    };
    const found = await explored({
      container,
      scope: () => ({ name: "request" }),
      async request({ scope, container: own }) {
        for (const token of ["of the pool", "of the value", "alias", "inside"])
          await scope.resolve<Connection>(token).query(token);
        await own.runInScope((nested) => nested.resolve<Connection>("inside").query("nested"));
      },
      bound: 100,
      random: 50,
    });
    expect(found).toEqual([]);
  });
});

describe("aborts and failures", () => {
  /** A transaction that tells how it ended. */
  function containerWithTransactions(ends: string[], { careless = false } = {}) {
    const useGenerator = async function* () {
      const connection = new Connection();
      await connection.query("BEGIN");
      const { status } = yield connection;
      await connection.query(careless || status === "success" ? "COMMIT" : "ROLLBACK");
      ends.push(`${status}: ${careless || status === "success" ? "COMMIT" : "ROLLBACK"}`);
    };
    return new Container().register("transaction", { useGenerator }, { lifecycle: ContextScoped });
  }

  test("lets clients leave at any step, and each generator hears of it", async () => {
    const ends: string[] = [];
    const report = await explore({
      container: () => containerWithTransactions(ends),
      requests: 1,
      aborts: 1,
      async request({ scope, signal }) {
        const transaction = await scope.resolveAsync<Connection>("transaction");
        signal.throwIfAborted();
        await transaction.query("INSERT");
        signal.throwIfAborted();
      },
    });
    expect(report).toMatchObject({ findings: [], complete: true });
    expect([...new Set(ends)].sort()).toEqual(["aborted: ROLLBACK", "success: COMMIT"]);
  });

  test("finds what goes wrong only when a client leaves", async () => {
    const ends: string[] = [];
    const options = {
      container: () => {
        ends.length = 0;
        return containerWithTransactions(ends, { careless: true });
      },
      async request({ scope, signal }: { scope: Scope; signal: AbortSignal }) {
        await (await scope.resolveAsync<Connection>("transaction")).query("INSERT");
        signal.throwIfAborted();
      },
      check() {
        if (ends.includes("aborted: COMMIT")) throw new Error("half an order was committed");
      },
    };
    expect(await explored(options)).toEqual([]);
    const found = await explored({ ...options, aborts: 1 });
    expect(found).toEqual(["failed the order"]);
  });

  test("lets steps, calls and builds fail, one in each order, and finds what is lost then", async () => {
    const failed = new Set<string>();
    let inUse = 0;
    const report = await explore({
      container: () => {
        inUse = 0;
        const useAsyncFactory = async () => new Connection();
        return new Container().register("db", { useAsyncFactory }, { lifecycle: ContextScoped });
      },
      requests: 1,
      failures: 1,
      async request({ scope, step: pause }) {
        try {
          const db = await scope.resolveAsync<Connection>("db");
          inUse++;
          await db.query("SELECT 1");
          inUse--;
          await pause("done");
        } catch (error) {
          failed.add((error as InjectedFailure).label);
          throw error;
        }
      },
      check(end) {
        if (end && inUse > 0) throw new Error("a connection was not given back");
      },
    });
    expect([...failed].sort()).toEqual(["request 1: SELECT 1", "request 1: db is built", "request 1: done"]);
    expect(report.findings.map(({ message }) => message)).toEqual([
      [
        "failed: a connection was not given back",
        "  after: request 1: arrives | request 1: db is built | request 1: SELECT 1 fails | request 1: db is disposed",
        "  replay: 0.0.1.0",
      ].join("\n"),
    ]);
  });

  test("finds a request that fails by itself, and an assertion even where something was made to fail", async () => {
    const found = await explored({
      container: containerWithConnections,
      requests: 1,
      failures: 1,
      async request({ scope }) {
        const rows = await scope
          .resolve(Connection)
          .query("SELECT 1")
          .catch(() => "no rows");
        expect(rows).not.toBe("no rows");
        throw new Error("no such table");
      },
    });
    expect(found.length).toBe(2);
  });
});

describe("orders", () => {
  const slow = {
    container: containerWithConnections,
    requests: 3,
    request: ({ scope }: { scope: Scope }) => scope.resolve(Connection).query("SELECT 1"),
  };

  test("stops at its bound, goes on at random, and says so", async () => {
    const report = await explore({ ...slow, bound: 30, random: 10, seed: 7 });
    expect(report).toEqual({ orders: 40, complete: false, seed: 7, findings: [] });
  });

  test("finds in random orders what the first ones do not show, the same for the same seed", async () => {
    let atOnce = 0;
    const options = {
      ...slow,
      container: () => {
        atOnce = 0;
        return containerWithConnections();
      },
      async request({ scope, number }: { scope: Scope; number: number }) {
        // The first orders have the first request finish its query first.
        await scope.resolve(Connection).query("SELECT 1");
        if (number === 3) atOnce = 1;
        if (number === 1 && atOnce === 1) throw new Error("the last came first");
      },
      bound: 5,
      random: 100,
      seed: 3,
    };
    const first = await explore(options);
    expect(kindsIn(first)).toEqual(["failed request 1"]);
    expect((await explore(options)).findings.map(({ replay }) => replay)).toEqual(
      first.findings.map(({ replay }) => replay),
    );
  });

  test("time passes only when nothing else can happen, or at any time", async () => {
    const options = {
      container: () => new Container(),
      requests: 1,
      async request() {
        let over = false;
        setTimeout(() => (over = true), 60_000);
        await step("it answers");
        if (over) throw new Error("too late");
      },
    };
    expect(await explored(options)).toEqual([]);
    expect(await explored({ ...options, timers: "any time" })).toEqual(["failed request 1"]);
  });

  test("explorations wait for each other, and one inside another is refused", async () => {
    const [one, two] = await Promise.all([
      explore({ ...slow, bound: 3, random: 0 }),
      explore({ ...slow, bound: 4, random: 0 }),
    ]);
    expect([one.orders, two.orders]).toEqual([3, 4]);
    const inside = await explore({ ...slow, requests: 1, request: () => explore(slow) });
    expect(inside.findings[0]?.message).toContain("Cannot explore: an exploration is under way here.");
  });

  test("says of a request that never ends what it may wait for", async () => {
    const report = await explore({ ...slow, requests: 1, request: () => new Promise(() => {}) });
    expect(report.findings.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        "request 1 never ended: it waits for what an exploration does not bring, such as a socket",
      ),
    ]);
  });

  test("a container that is given as it is serves all orders, and is not disposed", async () => {
    const container = containerWithConnections();
    container.register("pool", { useAsyncFactory: async () => new Connection() }, { lifecycle: Singleton });
    const { onDisposalError } = container;
    const found = await explored({
      container,
      async request({ scope }) {
        await scope.resolveAsync("pool");
        await scope.resolve(Connection).query("SELECT 1");
      },
    });
    expect(found).toEqual([]);
    expect(container.onDisposalError).toBe(onDisposalError);
    expect(() => container.leaks()).toThrow("nobody watches");
    await container.runInScope((scope) => scope.resolve(Connection).query("SELECT 1"));
    await container.dispose();
  });

  test("what is as it should be can be left out", async () => {
    const report = await explore({
      container: () =>
        new Container().register(
          Connection,
          { useFactory: () => new Connection() },
          { lifecycle: Transient, owned: false },
        ),
      request: ({ scope }) => void scope.resolve(Connection),
      ignore: ({ kind, name }) => kind === "missed" && name === "Connection",
    });
    expect(report.findings).toEqual([]);
  });

  test.each([
    [{ request: undefined }, "it needs either request or visit"],
    [{ visit: () => {} }, "it needs either request or visit"],
    [{ requests: 0 }, "requests is 0"],
    [{ bound: 1.5 }, "bound is 1.5"],
    [{ replay: "0.1 " }, '"0.1 " is no order'],
  ])("refuses %o", async (wrong, reason) => {
    await expect(explore({ ...slow, ...wrong })).rejects.toMatchObject({ code: "ERR_AMBIT_SCOPE_STATE" });
    await expect(explore({ ...slow, ...wrong })).rejects.toThrow(`Cannot explore: ${reason}`);
  });
});

test("outside of explorations steps are over at once, and calls answer", async () => {
  await step("nothing");
  expect(await io("a query", () => 1)).toBe(1);
  await expect(io("a query", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
});
