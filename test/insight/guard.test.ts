/** The guard catches what is used in another scope than its own, or after that has closed, and names both scopes. */
import { EventEmitter, on } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, inject, Lifecycle, NoScopeError, ScopeClosedError, ScopeLeakError } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const { ContextScoped, Singleton } = Lifecycle;

class Connection {
  static opened = 0;
  readonly number = ++Connection.opened;
  query(): string {
    return `answer of connection ${this.number}`;
  }
}

function guarded(): Container {
  const container = new Container({ guard: true });
  container.register(Connection, Connection, { lifecycle: ContextScoped });
  return container;
}

function thrownBy(fn: () => unknown): unknown {
  try {
    return `gave ${String(fn())}`;
  } catch (error) {
    return error;
  }
}

test("catches an instance that a module variable kept from another request", async () => {
  const container = guarded();
  let connection: Connection | undefined;
  const first = deferred<void>();
  const handle = async (wait?: Promise<void>) => {
    connection ??= container.resolve(Connection);
    await wait;
    return connection.query();
  };
  const ada = container.runInScope(() => handle(first.promise));
  await expect(container.runInScope(() => handle())).rejects.toThrow(ScopeLeakError);
  first.resolve();
  expect(await ada).toMatch(/^answer of connection/);
});

test("catches an instance in a singleton's cache", async () => {
  const container = guarded();
  class Cache {
    readonly byName = new Map<string, Connection>();
  }
  container.register(Cache, Cache, { lifecycle: Singleton });
  const handle = () => {
    const { byName } = container.resolve(Cache);
    if (!byName.has("main")) byName.set("main", container.resolve(Connection));
    return byName.get("main")?.query();
  };
  await container.runInScope(async () => {
    handle();
    await expect(container.runInScope({ parent: null }, handle)).rejects.toThrow(ScopeLeakError);
  });
  await expect(container.runInScope(handle)).rejects.toThrow(ScopeLeakError);
});

test("catches an instance in the listener of an emitter, when another request emits", async () => {
  const container = guarded();
  const bus = new EventEmitter();
  const done = deferred<void>();
  const ada = container.runInScope(async () => {
    const connection = container.resolve(Connection);
    bus.on("order", () => connection.query());
    await done.promise;
  });
  await expect(container.runInScope(() => bus.emit("order"))).rejects.toThrow(ScopeLeakError);
  done.resolve();
  await ada;
});

test("catches an instance in a timer that fires when its request is over", async () => {
  const container = guarded();
  const fired = deferred<unknown>();
  await container.runInScope(() => {
    const connection = container.resolve(Connection);
    setImmediate(() => fired.resolve(thrownBy(() => connection.query())));
  });
  expect(await fired.promise).toBeInstanceOf(ScopeLeakError);
});

test("catches an instance in the closure of a promise that nobody awaited", async () => {
  const container = guarded();
  const work: Promise<string>[] = [];
  await container.runInScope(() => {
    const connection = container.resolve(Connection);
    const later = async () => {
      await nextTurn();
      return connection.query();
    };
    work.push(later());
    work[0].catch(() => {});
  });
  await expect(work[0]).rejects.toThrow(ScopeLeakError);
});

test("catches an instance that a service of another request holds", async () => {
  const container = guarded();
  class Service {
    constructor(@inject(Connection) readonly connection: Connection) {}
    answer() {
      return this.connection.query();
    }
  }
  let service: Service | undefined;
  await container.runInScope(async () => {
    service = container.resolve(Service);
    expect(service.answer()).toMatch(/^answer/);
    await expect(container.runInScope({ parent: null }, () => service?.answer())).rejects.toThrow(ScopeLeakError);
  });
});

test("says where both scopes were opened, in its text and in its fields", async () => {
  const container = guarded();
  const openAda = (fn: (connection: Connection) => unknown) =>
    container.runInScope({ origin: "GET /ada" }, async () => fn(container.resolve(Connection)));
  const openBob = (connection: Connection) =>
    container.runInScope({ parent: null, origin: "GET /bob" }, () => connection.query());
  const error = (await openAda((connection) =>
    openBob(connection).catch((caught: unknown) => caught),
  )) as ScopeLeakError;
  expect(error).toBeInstanceOf(ScopeLeakError);
  const [headline, belongs, used, fix] = error.message.split("\n");
  expect(headline).toBe("Cannot use Connection (query): it belongs to another scope than the current one.");
  expect(belongs).toMatch(/^ {2}belongs to {3}scope [-\w]+ \(open\), opened for GET \/ada, at openAda \(.*guard\.test/);
  expect(used).toMatch(/^ {2}used in {6}scope [-\w]+ \(open\), opened for GET \/bob, at openBob \(.*guard\.test/);
  expect(fix).toMatch(/^Fix: do not keep Connection beyond its scope: take @injectRef\(Connection\)/);
  expect(error.openedAt).toMatch(/^for GET \/ada\nat openAda/);
  expect(error.currentOpenedAt).toMatch(/^for GET \/bob\nat openBob/);
  expect(error.scopeId).not.toBe(error.currentScopeId);
  expect(Object.keys(error)).toEqual([]);
});

test("says when the scope closed", async () => {
  const container = guarded();
  const connection = await container.runInScope(() => container.resolve(Connection));
  expect(() => connection.query()).toThrow(
    /has closed\.\n {2}belongs to {3}scope [-\w]+ \(closed\), opened at .*, closed \d+ ms ago\nFix: await/,
  );
});

test("ScopeClosedError says where its scope was opened and when it closed", async () => {
  const container = guarded();
  const scope = await container.runInScope((scope) => scope);
  const error = thrownBy(() => scope.resolve(Connection)) as Error;
  expect(error).toBeInstanceOf(ScopeClosedError);
  expect(error.message).toMatch(/has ended\.\nIt was opened at .*guard\.test.*, closed \d+ ms ago\.\nFix:/);
});

test("without a guard instances are handed out as they are", async () => {
  const container = new Container();
  container.register(Connection, Connection, { lifecycle: ContextScoped });
  const connection = await container.runInScope(() => container.resolve(Connection));
  expect(connection.query()).toMatch(/^answer/);
  expect(() => container.leaks()).toThrow("nobody watches");
});

test("counts what it refused, also where nobody heard of the error", async () => {
  const container = guarded();
  const connection = await container.runInScope({ origin: "GET /ada" }, () => container.resolve(Connection));
  for (let n = 0; n < 3; n++) thrownBy(() => connection.query());
  expect(container.leaks().misused).toEqual([
    {
      name: "Connection",
      openedAt: expect.stringMatching(/^for GET \/ada, at .*guard\.test/),
      count: 3,
      first: expect.any(ScopeLeakError),
    },
  ]);
});

test("a child container is guarded by its root", async () => {
  const child = guarded().createChildContainer();
  const connection = await child.runInScope(() => child.resolve(Connection));
  expect(() => connection.query()).toThrow(ScopeLeakError);
});

// What is no leak

test("may be used without a current scope as long as its own is open", async () => {
  const container = guarded();
  const scope = container.createScope();
  const connection = scope.resolve(Connection);
  expect(connection.query()).toMatch(/^answer/);
  await scope.close();
  expect(() => connection.query()).toThrow(ScopeLeakError);
});

test("may be used in nested scopes, and not in the one around its own", async () => {
  const container = guarded();
  await container.runInScope(async () => {
    const outer = container.resolve(Connection);
    await container.runInScope(() => container.runInScope(() => outer.query()));
    const inner = container.createScope();
    const connection = inner.resolve(Connection);
    expect(() => connection.query()).toThrow(/Fix: use it inside scope\.run/);
    expect(inner.run(() => connection.query())).toMatch(/^answer/);
  });
});

test("may be used in the scope of another container that was opened inside its own", async () => {
  const container = guarded();
  const library = new Container({ guard: true });
  await container.runInScope(async () => {
    const connection = container.resolve(Connection);
    expect(await library.runInScope(() => library.runInScope(() => connection.query()))).toMatch(/^answer/);
    expect(await library.runInScope({ parent: null }, () => connection.query())).toMatch(/^answer/);
  });
});

test("may be used by constructors and factories that build for its scope, whichever is current", async () => {
  const container = guarded();
  class Service {
    readonly answer: string;
    constructor(@inject(Connection) connection: Connection) {
      this.answer = connection.query();
    }
  }
  container.register(Service, Service, { lifecycle: ContextScoped });
  const useAsyncFactory = async (connection: Connection) => {
    await nextTurn();
    return { answer: connection.query() };
  };
  container.register("async", { deps: [Connection], useAsyncFactory }, { lifecycle: ContextScoped });
  await container.runInScope(async () => {
    const scope = container.createScope({ parent: null });
    expect(Object.keys(scope.resolveAll(Service))).toEqual(["0"]);
    expect(await scope.resolveAsync("async")).toBeInstanceOf(Object);
  });
});

test("may be used by disposers, wherever its scope is closed", async () => {
  const log: string[] = [];
  const container = guarded();
  class Service {
    constructor(@inject(Connection) readonly connection: Connection) {}
    async [Symbol.asyncDispose]() {
      await nextTurn();
      log.push(this.connection.query());
    }
  }
  container.register(Service, Service, { lifecycle: ContextScoped });
  const scope = container.createScope({ parent: null });
  scope.resolve(Service);
  await container.runInScope({ parent: null }, () => scope.close());
  container.createScope({ parent: null }).resolve(Service);
  await container.runInScope({ parent: null }, () => container.dispose());
  expect(log).toEqual([expect.stringMatching(/^answer/), expect.stringMatching(/^answer/)]);
});

test("may be used by those who listen to its scope's signal, wherever the scope is closed", async () => {
  const container = guarded();
  const heard: string[] = [];
  const scope = container.createScope({ parent: null });
  const connection = scope.resolve(Connection);
  scope.signal.addEventListener("abort", () => heard.push(connection.query()));
  await container.runInScope({ parent: null }, () => scope.close());
  expect(heard).toEqual([expect.stringMatching(/^answer/)]);
});

test("while one request closes a scope, a third must not use its instances", async () => {
  const container = guarded();
  const hold = deferred<void>();
  class Slow {
    constructor(@inject(Connection) readonly connection: Connection) {}
    [Symbol.asyncDispose]() {
      return hold.promise;
    }
  }
  container.register(Slow, Slow, { lifecycle: ContextScoped });
  const scope = container.createScope();
  const slow = scope.resolve(Slow);
  const closing = container.runInScope({ parent: null }, () => scope.close());
  await expect(container.runInScope({ parent: null }, () => slow.connection)).rejects.toThrow(ScopeLeakError);
  hold.resolve();
  await closing;
});

test("may be given back by its scope: to look whether it is a promise, or what it is, is no use", async () => {
  const container = guarded();
  const connection = await container.runInScope(async () => container.resolve(Connection));
  expect(connection).toBeInstanceOf(Connection);
  expect(connection.constructor).toBe(Connection);
});

test("a listener may be taken off when its scope is over", async () => {
  const container = guarded();
  container.register(EventEmitter, { useFactory: () => new EventEmitter() }, { lifecycle: ContextScoped });
  const listener = () => {};
  const emitter = await container.runInScope(() => container.resolve(EventEmitter).on("close", listener));
  emitter.off("close", listener).removeListener("close", listener);
  expect(() => emitter.emit("close")).toThrow(ScopeLeakError);
});

test("a method that only has the name of one that takes off listeners is a use", async () => {
  const container = guarded();
  class Lamp {
    off() {}
  }
  container.register(Lamp, Lamp, { lifecycle: ContextScoped });
  const lamp = await container.runInScope(() => container.resolve(Lamp));
  expect(() => lamp.off()).toThrow(ScopeLeakError);
});

test("async iteration over an emitter of this scope works", async () => {
  const container = guarded();
  container.register(EventEmitter, { useFactory: () => new EventEmitter() }, { lifecycle: ContextScoped });
  await container.runInScope(async () => {
    const emitter = container.resolve(EventEmitter);
    setImmediate(() => emitter.emit("line", 1));
    for await (const [line] of on(emitter, "line")) {
      expect(line).toBe(1);
      break;
    }
  });
});

test("a ref and a proxy find the instance of the current scope", async () => {
  const container = guarded();
  const answers: string[] = [];
  class Cache {
    readonly connection = container.resolve<{ get(): Connection }>("ref");
  }
  container.register("ref", { useFactory: () => ({ get: () => container.resolve(Connection) }) });
  container.register(Cache, Cache, { lifecycle: Singleton });
  for (let n = 0; n < 2; n++)
    await container.runInScope(() => answers.push(container.resolve(Cache).connection.get().query()));
  expect(new Set(answers).size).toBe(2);
  expect(() => container.resolve(Connection)).toThrow(NoScopeError);
});
