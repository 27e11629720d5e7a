/**
 * Promise 3: newest first, one at a time. Disposal runs in reverse order of completed construction, each awaited before
 * the next; what returns no promise has run when `dispose()` or `close()` returns, up to the first that returns one.
 */
import { Container, Lifecycle, type Outcome } from "ambit";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const context = { lifecycle: Lifecycle.ContextScoped } as const;

test("3: what was built last is disposed first", async () => {
  const ended: string[] = [];
  const container = new Container();
  for (const name of ["first", "second", "third"]) {
    container.register(name, { useFactory: () => ({ [Symbol.dispose]: () => ended.push(name) }) }, context);
  }
  await container.runInScope((scope) => {
    for (const name of ["second", "first", "third"]) scope.resolve(name);
  });
  expect(ended).toEqual(["third", "first", "second"]);
});

test("3: construction counts when it is complete: a dependency outlives its holder", async () => {
  const ended: string[] = [];
  class Pool {
    [Symbol.dispose](): void {
      ended.push("pool");
    }
  }
  class Repository {
    constructor(readonly pool: Pool) {}
    [Symbol.dispose](): void {
      ended.push("repository");
    }
  }
  const container = new Container()
    .register(Repository, { useClass: Repository, deps: [Pool] }, context)
    .register(Pool, Pool, context);
  await container.runInScope((scope) => scope.resolve(Repository));
  expect(ended).toEqual(["repository", "pool"]);
});

test("3: of builds under way together, the one that was finished last is disposed first", async () => {
  const ended: string[] = [];
  const [slow, quick] = [deferred(), deferred()];
  const build = (name: string, ready: Promise<void>) => ({
    async useAsyncFactory() {
      await ready;
      return { [Symbol.dispose]: () => ended.push(name) };
    },
  });
  const container = new Container()
    .register("slow", build("slow", slow.promise), context)
    .register("quick", build("quick", quick.promise), context);
  await container.runInScope(async (scope) => {
    const both = [scope.resolveAsync("slow"), scope.resolveAsync("quick")];
    quick.resolve();
    await both[1];
    slow.resolve();
    await both[0];
  });
  expect(ended).toEqual(["slow", "quick"]);
});

test("3: instances, used values, deferred callbacks and generators stand in one order", async () => {
  const ended: string[] = [];
  const container = new Container()
    .register("instance", { useFactory: () => ({ [Symbol.dispose]: () => ended.push("instance") }) }, context)
    .register(
      "generated",
      {
        *useGenerator(): Generator<string, void, Outcome> {
          yield "value";
          ended.push("generated");
        },
      },
      context,
    );
  await container.runInScope((scope) => {
    scope.defer(() => ended.push("deferred"));
    scope.resolve("instance");
    scope.use({ [Symbol.dispose]: () => ended.push("used") });
    scope.resolve("generated");
  });
  expect(ended).toEqual(["generated", "used", "instance", "deferred"]);
});

test("3: the next disposer waits until the one before has settled", async () => {
  const log: string[] = [];
  const gate = deferred();
  const scope = new Container().createScope();
  scope.defer(() => log.push("older"));
  scope.defer(async () => {
    log.push("newer begins");
    await gate.promise;
    log.push("newer ends");
  });
  const closed = scope.close();
  await Promise.resolve();
  expect(log).toEqual(["newer begins"]);
  gate.resolve();
  await closed;
  expect(log).toEqual(["newer begins", "newer ends", "older"]);
});

test("3: the next disposer waits for one that rejects, too", async () => {
  const log: string[] = [];
  const gate = deferred();
  const scope = new Container().createScope();
  scope.defer(() => log.push("older"));
  scope.defer(() => gate.promise);
  const closed = scope.close();
  await Promise.resolve();
  expect(log).toEqual([]);
  gate.reject(new Error("no"));
  await expect(closed).rejects.toThrow("no");
  expect(log).toEqual(["older"]);
});

test("3: disposers that return no promise have run when close() returns, up to the first that returns one", async () => {
  const ended: string[] = [];
  const scope = new Container().createScope();
  scope.defer(() => ended.push("after the promise"));
  scope.defer(async () => void ended.push("the promise"));
  scope.defer(() => ended.push("before the promise"));
  const closed = scope.close();
  expect(ended).toEqual(["before the promise", "the promise"]);
  await closed;
  expect(ended).toEqual(["before the promise", "the promise", "after the promise"]);
});

test("3: disposers that return no promise have run when dispose() returns, those of open scopes and children too", () => {
  const ended: string[] = [];
  const disposable = (name: string) => ({ useFactory: () => ({ [Symbol.dispose]: () => ended.push(name) }) });
  const container = new Container().register("pool", disposable("pool"), { lifecycle: Lifecycle.Singleton });
  const child = container
    .createChildContainer()
    .register("child's", disposable("child's"), { lifecycle: Lifecycle.Singleton });
  container.resolve("pool");
  child.resolve("child's");
  container.createScope().defer(() => ended.push("scope's"));
  void container.dispose();
  expect(ended).toEqual(["scope's", "child's", "pool"]);
});

test("3: a container disposes its own newest first", async () => {
  const ended: string[] = [];
  const container = new Container();
  for (const name of ["first", "second", "third"]) {
    const provider = { useFactory: () => ({ [Symbol.dispose]: () => ended.push(name) }) };
    container.register(name, provider, { lifecycle: Lifecycle.Singleton });
  }
  for (const name of ["second", "third", "first"]) container.resolve(name);
  await container.dispose();
  expect(ended).toEqual(["first", "third", "second"]);
});

test("3: singletons and thread-lived instances of a container end in one order", async () => {
  const ended: string[] = [];
  const container = new Container();
  for (const [name, lifecycle] of [
    ["singleton", Lifecycle.Singleton],
    ["thread", Lifecycle.ThreadScoped],
    ["container", Lifecycle.ContainerScoped],
  ] as const) {
    container.register(name, { useFactory: () => ({ [Symbol.dispose]: () => ended.push(name) }) }, { lifecycle });
  }
  for (const name of ["thread", "singleton", "container"]) container.resolve(name);
  await container.dispose();
  expect(ended).toEqual(["container", "singleton", "thread"]);
});

test("3: Symbol.asyncDispose goes before Symbol.dispose, and that before tsyringe's dispose()", async () => {
  const ended: string[] = [];
  const all = {
    [Symbol.asyncDispose]: async () => void ended.push("asyncDispose"),
    [Symbol.dispose]: () => ended.push("Symbol.dispose"),
    dispose: () => ended.push("dispose()"),
  };
  const { [Symbol.asyncDispose]: _, ...two } = all;
  const { dispose } = all;
  const container = new Container();
  for (const [name, value] of Object.entries({ all, two, one: { dispose } })) {
    container.register(name, { useFactory: () => value }, context);
  }
  await container.runInScope((scope) => {
    for (const name of ["one", "two", "all"]) scope.resolve(name);
  });
  expect(ended).toEqual(["asyncDispose", "Symbol.dispose", "dispose()"]);
});

test("3: a dispose() that wants arguments is no disposer, as in tsyringe", async () => {
  let called = false;
  const container = new Container().register(
    "scene",
    {
      useFactory: () => ({
        dispose(_texture: unknown) {
          called = true;
        },
      }),
    },
    context,
  );
  await container.runInScope((scope) => scope.resolve("scene"));
  expect(called).toBe(false);
});

test("3: a disposer is called as a method of its instance", async () => {
  const seen: unknown[] = [];
  class Session {
    [Symbol.dispose](): void {
      seen.push(this);
    }
  }
  const container = new Container().register(Session, Session, context);
  const session = await container.runInScope((scope) => scope.resolve(Session));
  expect(seen).toEqual([session]);
  expect(seen[0]).toBe(session);
});

/** Ways in which an instance comes to a disposer that its class does not show. */
const mixedIn = {
  "Object.assign": (handle: object) =>
    class {
      constructor() {
        Object.assign(this, handle);
      }
    },
  "a method that was added to the class later": (handle: object) => {
    class Session {
      declare open: () => void;
      constructor() {
        this.open();
      }
    }
    Session.prototype.open = function () {
      Object.assign(this, handle);
    };
    return Session;
  },
  "a function in a field": (handle: object) => {
    function open(this: object) {
      Object.assign(this, handle);
    }
    return class {
      readonly opened = open;
      constructor() {
        this.opened();
      }
    };
  },
  "a getter": (handle: { [Symbol.dispose](): void }) =>
    class {
      get [Symbol.dispose]() {
        return handle[Symbol.dispose];
      }
    },
  "one that stands before that of its class": (handle: object) =>
    class {
      constructor() {
        Object.assign(this, handle);
      }
      dispose() {
        throw new Error("not this one");
      }
    },
};

test.each(Object.entries(mixedIn))(
  "3: a disposer that %s mixes in is found on every instance",
  async (_, classWith) => {
    let ended = 0;
    const Session: new () => object = classWith({ [Symbol.dispose]: () => ended++ });
    const container = new Container().register(Session, Session, context).register("each", { useClass: Session });
    for (let request = 0; request < 10; request++) {
      await container.runInScope((scope) => [scope.resolve(Session), scope.resolve("each")]);
    }
    expect(ended).toBe(20);
  },
);

test("3: a disposer that only some instances get is found on those", async () => {
  let ended = 0;
  let opened = 0;
  const handle = { [Symbol.dispose]: () => ended++ };
  const open = (session: object) => (++opened > 1 ? Object.assign(session, handle) : session);
  class Session {
    readonly self = open(this);
  }
  const container = new Container().register(Session, Session, context);
  for (let request = 0; request < 10; request++) await container.runInScope((scope) => scope.resolve(Session));
  expect(ended).toBe(9);
});

test("3: nested scopes end before what their parent owns, the last opened first", async () => {
  const ended: string[] = [];
  const container = new Container();
  const outer = container.createScope();
  outer.defer(() => ended.push("outer, before"));
  for (const name of ["first", "second"]) {
    container.createScope({ parent: outer }).defer(() => ended.push(name));
  }
  outer.defer(() => ended.push("outer, after"));
  await outer.close();
  expect(ended).toEqual(["second", "first", "outer, after", "outer, before"]);
});
