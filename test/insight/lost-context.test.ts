/** NoScopeError says where the Context was lost, where that can be seen; and nothing where it cannot. */
import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter, once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable, Transform } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { bindContext, Container, Lifecycle, NoScopeError } from "ambit";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { databaseForTests } from "../support/database.js";
import { deferred } from "../support/deferred.js";

class User {}
const container = new Container().register(User, User, { lifecycle: Lifecycle.ContextScoped });

/** What an error says of where the Context was lost; `undefined` where it says nothing. */
function said(): string | undefined {
  try {
    container.resolve(User);
  } catch (error) {
    if (!(error instanceof NoScopeError)) throw error;
    return /^It was asked for by (.*)$/m.exec(error.message)?.[1];
  }
  throw new Error("there is a scope");
}

test("in a listener: which emitter called it, where it is, and what to do", async () => {
  class Bus extends EventEmitter {}
  const bus = new Bus();
  const errors: Error[] = [];
  await container.runInScope(() => {
    bus.on("order", function onOrder() {
      try {
        container.resolve(User);
      } catch (error) {
        errors.push(error as Error);
      }
    });
  });
  bus.emit("order");
  expect(errors[0].message).toMatch(
    /^Cannot resolve context-scoped User: no scope of its container is current here\.\nIt was asked for by a listener that Bus\.emit called, at \S*onOrder \(.*lost-context\.test.*\): that runs in the Context of whoever emits, and no scope is there\.\nFix: if it belongs to a scope, pass bindContext\(fn\) .* scope\.run\(\(\) => \.\.\.\) in it\.$/,
  );
});

test("where a scope of another container is current, it is that which is wrong", () => {
  const resolve = () => container.resolve(User);
  new Container().runInScopeSync(() => {
    expect(resolve).toThrow(
      "no scope of its container is current here, but a scope of another container is.\nFix: open ",
    );
  });
  const named = new Container().register(User, User, { lifecycle: Lifecycle.ContextScoped, scopeName: "page" });
  named.runInScopeSync(() => {
    expect(() => named.resolve(User)).toThrow('no scope named "page" of its container is current here.\nFix: open one');
  });
});

test("a listener that is called once", () => {
  const bus = new EventEmitter();
  let heard: string | undefined;
  bus.once("order", () => (heard = said()));
  bus.emit("order");
  expect(heard).toMatch(/^a listener that EventEmitter\.emit called, at /);
});

test("what the error proposes helps", async () => {
  const bus = new EventEmitter();
  let found: unknown;
  await container.runInScope((scope) => {
    bus.on(
      "order",
      bindContext(() => (found = container.resolve(User))),
    );
    new AsyncLocalStorage().exit(() => bus.emit("order"));
    expect(found).toBe(scope.resolve(User));
  });
});

test("in the events of a request whose Context Node has lost", async () => {
  const heard: (string | undefined)[] = [];
  const server = createServer((req, res) => {
    void container.runInScope(async () => {
      req.resume();
      req.on("end", () => {
        if (currentIsLost()) heard.push(said());
        res.end();
      });
      await once(res, "close");
    });
  }).listen(0);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const sent = request({ port: (server.address() as AddressInfo).port, method: "POST" });
  sent.end("body");
  const [answer] = await once(sent, "response");
  answer.resume();
  await once(answer, "close");
  for (const one of heard) expect(one).toMatch(/^a listener that IncomingMessage\.emit called, at /);
});

function currentIsLost(): boolean {
  try {
    container.resolve(User);
    return false;
  } catch {
    return true;
  }
}

test("in a listener of an AbortSignal and of a MessagePort", async () => {
  const heard: (string | undefined)[] = [];
  const aborts = new AbortController();
  aborts.signal.addEventListener("abort", () => heard.push(said()));
  aborts.abort();
  const { port1, port2 } = new MessageChannel();
  const got = deferred<void>();
  port2.on("message", () => {
    heard.push(said());
    got.resolve();
  });
  port1.postMessage(1);
  await got.promise;
  port1.close();
  expect(heard).toEqual([
    expect.stringMatching(/^a listener of an EventTarget, at .*whoever dispatches the event, and/),
    expect.stringMatching(/^a listener of a MessagePort, at .*in which the port was made, and/),
  ]);
});

test("in the methods of a stream", async () => {
  const heard: (string | undefined)[] = [];
  const source = new Readable({
    read() {
      heard.push(said());
      this.push(null);
    },
  });
  const through = new Transform({
    transform(chunk, _, done) {
      heard.push(said());
      done(null, chunk);
    },
  });
  through.write("a");
  await source.toArray();
  expect(heard).toEqual([
    expect.stringMatching(/^_transform of a stream, at /),
    expect.stringMatching(/^_read of a stream, at /),
  ]);
});

test("in the callback of a library, which its connection's events call", async () => {
  const database = await databaseForTests();
  const client = new pg.Client(database.url);
  await client.connect();
  const heard = deferred<string | undefined>();
  client.query("SELECT 1", () => heard.resolve(said()));
  expect(await heard.promise).toMatch(/^a callback that pg called in an event of Connection, at /);
  await client.end();
  await database.stop();
});

test("says nothing of what loses no Context: plain calls, promises, timers, a server's request", async () => {
  const heard: (string | undefined)[] = [said()];
  await Promise.resolve();
  heard.push(said());
  await pause(1);
  heard.push(said());
  const fired = deferred<void>();
  setTimeout(() => {
    heard.push(said());
    queueMicrotask(() => {
      heard.push(said());
      process.nextTick(() => {
        heard.push(said());
        fired.resolve();
      });
    });
  }, 1);
  await fired.promise;
  const server = createServer((_, res) => {
    heard.push(said());
    res.end();
  }).listen(0);
  await once(server, "listening");
  await fetch(`http://localhost:${(server.address() as AddressInfo).port}`);
  server.close();
  server.closeAllConnections();
  expect(heard).toEqual(Array.from({ length: 7 }, () => undefined));
});

test("says nothing where the listener itself has left its Context, or awaits something first", async () => {
  const bus = new EventEmitter();
  const heard: (string | undefined)[] = [];
  const done = deferred<void>();
  bus.on("a", () => new AsyncLocalStorage().run(1, () => heard.push(said())));
  bus.on("b", () => {
    void pause(1).then(() => {
      heard.push(said());
      done.resolve();
    });
  });
  bus.emit("a");
  bus.emit("b");
  await done.promise;
  expect(heard).toEqual([undefined, undefined]);
});

test("says nothing where there is a scope, of another name", async () => {
  container.register("named", { useFactory: () => 1 }, { lifecycle: Lifecycle.ContextScoped, scopeName: "job" });
  const bus = new EventEmitter();
  bus.on("order", () => container.resolve("named"));
  await expect(container.runInScope(() => bus.emit("order"))).rejects.toThrow(/^(?!.*It was asked for by)/s);
});
