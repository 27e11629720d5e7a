/** Promise 14: what is over keeps nothing, whatever timers, sockets and pools were started in it. */
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Lifecycle } from "ambit";
import { describe, expect, test } from "vitest";
import { application, Service, User } from "../retention/application.js";
import { firstBelow, SHELL } from "../retention/costs.js";
import { deferred } from "../support/deferred.js";
import { collectGarbage, countAlive, heapUsed } from "../support/gc.js";

const { Singleton } = Lifecycle;
const MILLION = 1_000_000;

/** Bytes of heap per item that `make` leaves behind while its results are alive. */
async function costOf<T>(count: number, make: () => T): Promise<{ each: number; kept: T[] }> {
  const kept: T[] = [];
  for (let n = 0; n < 1_000; n++) make(); // so that compiled code is no part of the figure
  const before = await heapUsed();
  for (let n = 0; n < count; n++) kept.push(make());
  return { each: ((await heapUsed()) - before) / count, kept };
}

describe("14. a closed scope whose timer is still alive", () => {
  test("costs at most an empty shell more than the same timer in a bare AsyncLocalStorage", async () => {
    const container = application();
    const ticker = () => setTimeout(() => {}, 60_000);
    // From Node 24 on, any `run` leaves a frame of 140 bytes in what is started inside it.
    const storage = new AsyncLocalStorage<object>();
    const alone = () => storage.run(storage, ticker);
    const scoped = () =>
      container.runInScopeSync({ seeds: [[User, new User()]] }, () => {
        container.resolve(Service);
        return ticker();
      });
    const extra = async () => {
      const without = await costOf(100_000, alone);
      for (const timer of without.kept) clearTimeout(timer);
      const withAmbit = await costOf(100_000, scoped);
      for (const timer of withAmbit.kept) clearTimeout(timer);
      return withAmbit.each - without.each;
    };
    expect(await firstBelow(SHELL, extra)).toBeLessThan(SHELL);
  }, 60_000);

  test("keeps neither its instances nor its seeds", async () => {
    const container = application();
    const refs: WeakRef<object>[] = [];
    const timers = Array.from({ length: 1_000 }, () => {
      const user = new User();
      refs.push(new WeakRef(user));
      return container.runInScopeSync({ seeds: [[User, user]] }, () => {
        const service = container.resolve(Service);
        refs.push(new WeakRef(service), new WeakRef(service.connection));
        return setTimeout(() => {}, 60_000);
      });
    });
    expect(await countAlive(refs)).toBe(0);
    for (const timer of timers) clearTimeout(timer);
  });
});

describe("14. a closed scope in which a socket was opened", () => {
  test("keeps neither its instances nor its seeds while the socket idles", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const container = application();
    const refs: WeakRef<object>[] = [];
    const sockets: Socket[] = [];
    for (let n = 0; n < 100; n++) {
      await container.runInScope({ seeds: [[User, new User()]] }, async () => {
        const service = container.resolve(Service);
        refs.push(new WeakRef(service), new WeakRef(service.user), new WeakRef(service.connection));
        const socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        sockets.push(socket);
      });
    }
    expect(await countAlive(refs)).toBe(0);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

test("14. a million scopes in a row leave no byte each", async () => {
  const container = application();
  const request = () => container.runInScopeSync({ seeds: [[User, new User()]] }, () => container.resolve(Service));
  for (let n = 0; n < 50_000; n++) request();
  const growth = async () => {
    const before = await heapUsed();
    for (let n = 0; n < MILLION; n++) request();
    return ((await heapUsed()) - before) / MILLION;
  };
  expect(await firstBelow(1, growth)).toBeLessThan(1);
}, 120_000);

describe("14. a long-lived thing that is first asked for inside a request", () => {
  test("does not keep that request, though it has an interval of its own", async () => {
    class Pool {
      readonly interval = setInterval(() => {}, 60_000);
      dispose() {
        clearInterval(this.interval);
      }
    }
    const container = application();
    container.register(Pool, Pool, { lifecycle: Singleton });
    const refs: WeakRef<object>[] = [];
    await container.runInScope({ seeds: [[User, new User()]] }, async (scope) => {
      refs.push(new WeakRef(scope.resolve(Service)), new WeakRef(scope.resolve(User)), new WeakRef(scope));
      container.resolve(Pool);
    });
    expect(await countAlive(refs)).toBe(0);
    await container.dispose();
  });
});

test("14. a scope that closed while a build was under way keeps nothing for it, however long that takes", async () => {
  class Slow {}
  const ready = deferred<Slow>();
  const container = application();
  container.register(Slow, { useAsyncFactory: () => ready.promise }, { lifecycle: Lifecycle.ContextScoped });
  const refs: WeakRef<object>[] = [];
  for (let n = 0; n < 100; n++) {
    await container.runInScope({ seeds: [[User, new User()]] }, (scope) => {
      refs.push(new WeakRef(scope.resolve(Service)), new WeakRef(scope.use({ dispose() {} })));
      scope.resolveAsync(Slow).catch(() => {});
    });
  }
  expect(await countAlive(refs)).toBe(0);
  ready.resolve(new Slow());
});

test("14. a failed scope that was closed by hand keeps only what its caller holds", async () => {
  const container = application();
  const scope = container.createScope({ seeds: [[User, new User()]] });
  const ref = new WeakRef(scope.resolve(Service));
  await scope.close();
  await collectGarbage();
  expect(ref.deref()).toBe(undefined);
  expect(scope.state).toBe("closed");
});
