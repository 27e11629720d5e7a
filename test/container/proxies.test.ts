/** `@injectProxy` and `dep.proxy`: a stand-in that forwards each access to the instance of the current scope. */
import { inspect } from "node:util";
import {
  AsyncDependencyError,
  Container,
  contextScoped,
  container as defaultContainer,
  delay,
  dep,
  injectProxy,
  Lifecycle,
  NoScopeError,
  type Ref,
  RegistrationError,
  ScopeClosedError,
  singleton,
} from "ambit";
import { describe, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.js";

const CONTEXT = { lifecycle: Lifecycle.ContextScoped };
const SINGLETON = { lifecycle: Lifecycle.Singleton };

let made = 0;

class User {
  readonly id = ++made;
  tags: string[] = [];
  #secret = `secret of ${this.id}`;

  get secret(): string {
    return this.#secret;
  }
  set secret(value: string) {
    this.#secret = value;
  }
  greet(greeting: string): string {
    return `${greeting}, ${this.#secret}`;
  }
  tag(tag: string): this {
    this.tags.push(tag);
    return this;
  }
  static readonly kind = "user";
}

class Cache {
  constructor(readonly user: User) {}
}

/** A container whose singleton holds a stand-in for its context-lived user. */
function world() {
  const container = new Container()
    .register(User, { useClass: User }, CONTEXT)
    .register(Cache, { useClass: Cache, deps: [dep.proxy(User)] }, SINGLETON);
  const proxy = container.resolve(Cache).user;
  return { container, proxy };
}

describe("a stand-in", () => {
  test("is each scope's own instance, also of scopes that run side by side", async () => {
    const { container, proxy } = world();
    const gate = deferred<void>();
    const request = () =>
      container.runInScope(async (scope) => {
        const before = proxy.id;
        await gate.promise;
        return [before, proxy.id, scope.resolve(User).id];
      });
    const requests = [request(), request()];
    gate.resolve();
    const [[a, ...restOfA], [b, ...restOfB]] = await Promise.all(requests);
    expect(a).not.toBe(b);
    expect(restOfA).toEqual([a, a]);
    expect(restOfB).toEqual([b, b]);
  });

  test("reaches #private members through methods, getters and setters", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => {
      const user = scope.resolve(User);
      expect(proxy.greet("Hello")).toBe(`Hello, secret of ${user.id}`);
      proxy.secret = "changed";
      expect(user.secret).toBe("changed");
      expect(proxy.secret).toBe("changed");
    });
  });

  test("is an instance of its class, with its constructor", () => {
    const { container, proxy } = world();
    container.runInScopeSync(() => {
      expect(proxy).toBeInstanceOf(User);
      expect(proxy.constructor).toBe(User);
      expect(Object.getPrototypeOf(proxy)).toBe(User.prototype);
    });
  });

  test("has the same method each time, in every scope", () => {
    const { container, proxy } = world();
    const read = () => container.runInScopeSync(() => [proxy.greet, proxy.greet]);
    const [[a, b], [c]] = [read(), read()];
    expect(a).toBe(b);
    expect(c).toBe(a);
    expect(a?.name).toBe("greet");
  });

  test("gives a method that is bound to no instance: it serves the scope in which it is called", () => {
    const { container, proxy } = world();
    const greet = container.runInScopeSync(() => proxy.greet);
    const second = container.runInScopeSync((scope) => [greet.call(proxy, "Hi"), scope.resolve(User).id]);
    expect(second[0]).toBe(`Hi, secret of ${second[1]}`);
  });

  test("gives itself where a method returns its instance", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => {
      expect(proxy.tag("a").tag("b")).toBe(proxy);
      expect(scope.resolve(User).tags).toEqual(["a", "b"]);
    });
  });

  test("has the properties of its instance, and takes new ones", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => {
      const user = scope.resolve(User) as User & { extra?: string };
      const open = proxy as User & { extra?: string };
      expect(Object.keys(proxy)).toEqual(["id", "tags"]);
      expect(Object.assign({}, proxy)).toEqual({ id: user.id, tags: [] });
      expect(JSON.stringify(proxy)).toBe(JSON.stringify(user));
      open.extra = "more";
      expect([user.extra, "extra" in proxy, Object.hasOwn(proxy, "extra")]).toEqual(["more", true, true]);
      delete open.extra;
      expect("extra" in user).toBe(false);
      Object.defineProperty(proxy, "extra", { value: "defined", enumerable: false, writable: false });
      expect([user.extra, Object.keys(user)]).toEqual(["defined", ["id", "tags"]]);
    });
  });

  test("leaves its instance alone when what inherits from it takes a property", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => {
      const heir = Object.create(proxy) as User & { greet: unknown };
      heir.greet = () => "faked";
      heir.tags = ["its own"];
      const given: Partial<User> = {};
      Reflect.set(proxy, "tags", ["given"], given);
      expect([heir.tags, given.tags]).toEqual([["its own"], ["given"]]);
      expect(Object.keys(scope.resolve(User))).toEqual(["id", "tags"]);
      expect(scope.resolve(User).tags).toEqual([]);
    });
  });

  test("defines properties as its instance would", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => {
      const user = scope.resolve(User);
      Object.defineProperty(user, "fixed", { value: 1, writable: true, configurable: false });
      Object.defineProperty(proxy, "fixed", { value: 2 });
      Object.defineProperty(proxy, "more", { value: 3 });
      expect(Object.getOwnPropertyDescriptor(user, "fixed")).toMatchObject({ value: 2, configurable: false });
      expect(Object.getOwnPropertyDescriptor(user, "more")).toMatchObject({ value: 3, configurable: false });
      expect(() => Object.defineProperty(proxy, "refused", { value: 4, configurable: false })).toThrow(TypeError);
      expect("refused" in user).toBe(false);
    });
  });

  test("has the constructor of an instance that a plain function made", () => {
    function Plain(this: object): void {}
    const container = new Container()
      .register("plain", { useFactory: () => Reflect.construct(Plain, []) as object }, CONTEXT)
      .register("holder", { useFactory: (held: object) => ({ held }), deps: [dep.proxy("plain")] }, SINGLETON);
    const { held } = container.resolve<{ held: object }>("holder");
    container.runInScopeSync(() => expect(held.constructor).toBe(Plain));
  });

  test("gives itself where a property is its instance", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => {
      const user = Object.assign(scope.resolve(User), { itself: scope.resolve(User) });
      expect((proxy as typeof user).itself).toBe(proxy);
    });
  });

  test("is no thenable, even where its instance is one", async () => {
    // eslint-disable-next-line unicorn/no-thenable -- some query builders are thenables
    const query = { then: vi.fn<() => void>() };
    const container = new Container()
      .register("query", { useFactory: () => query }, CONTEXT)
      .register("holder", { useFactory: (held: object) => ({ held }), deps: [dep.proxy("query")] }, SINGLETON);
    const { held } = container.resolve<{ held: object }>("holder");
    expect(await (async () => held)()).toBe(held);
    await container.runInScope(async () => expect(await (async () => held)()).toBe(held));
    expect("then" in held).toBe(false);
    expect(query.then).not.toHaveBeenCalled();
  });

  test("prints its instance, and outside of a scope that there is none", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => expect(inspect({ proxy })).toBe(inspect({ proxy: scope.resolve(User) })));
    expect(inspect({ proxy })).toBe("{ proxy: [stand-in for User: ERR_AMBIT_NO_SCOPE] }");
  });

  test("shows a mock's calls through its method", () => {
    const mailer = { send: vi.fn<(text: string) => void>() };
    const container = new Container()
      .register("mailer", { useFactory: () => mailer }, CONTEXT)
      .register("holder", { useFactory: (held: object) => ({ held }), deps: [dep.proxy("mailer")] }, SINGLETON);
    const { held } = container.resolve<{ held: typeof mailer }>("holder");
    container.runInScopeSync(() => {
      held.send("hello");
      expect(held.send.mock.calls).toEqual([["hello"]]);
    });
  });
});

describe("what a stand-in refuses", () => {
  const everyAccess: [string, (proxy: User) => unknown][] = [
    ["get", (proxy) => proxy.id],
    ["set", (proxy) => (proxy.tags = [])],
    ["call", (proxy) => proxy.greet("Hello")],
    ["in", (proxy) => "id" in proxy],
    ["delete", (proxy) => delete (proxy as Partial<User>).tags],
    ["keys", (proxy) => Object.keys(proxy)],
    ["descriptor", (proxy) => Object.getOwnPropertyDescriptor(proxy, "id")],
    ["define", (proxy) => Object.defineProperty(proxy, "x", { value: 1 })],
    ["instanceof", (proxy) => proxy instanceof User],
    ["set prototype", (proxy) => Object.setPrototypeOf(proxy, null)],
  ];
  test.each(everyAccess)("%s outside of every scope, and nothing is built", (_, access) => {
    const { proxy } = world();
    const before = made;
    expect(() => access(proxy)).toThrow(NoScopeError);
    expect(made).toBe(before);
  });

  test("an access in a scope that has closed", async () => {
    const { container, proxy } = world();
    const gate = deferred<void>();
    let late!: Promise<unknown>;
    await container.runInScope(() => {
      late = gate.promise.then(() => proxy.id);
    });
    gate.resolve();
    await expect(late).rejects.toThrow(ScopeClosedError);
  });

  test("to be frozen for one of its instances", () => {
    const { container, proxy } = world();
    container.runInScopeSync((scope) => {
      expect(() => Object.freeze(proxy)).toThrow(TypeError);
      expect(Object.isFrozen(scope.resolve(User))).toBe(false);
    });
  });

  test.each([
    ["a string", "text"],
    ["a number", 0],
    ["null", null],
    ["undefined", undefined],
    ["a function", () => {}],
  ])("%s: it names injectRef", (kind, value) => {
    const container = new Container()
      .register("value", { useFactory: () => value }, CONTEXT)
      .register("holder", { useFactory: (held: object) => ({ held }), deps: [dep.proxy("value")] }, SINGLETON);
    const { held } = container.resolve<{ held: Record<string, unknown> }>("holder");
    const access = () => container.runInScopeSync(() => held.length);
    expect(access).toThrow(RegistrationError);
    expect(access).toThrow(`its value here is ${kind}, and only objects have stand-ins`);
    expect(access).toThrow("@injectRef(value)");
  });

  test.each([
    ["transient", { useClass: User }, {}],
    ["transient", { useFactory: () => new User() }, {}],
    ["resolution-scoped", { useClass: User }, { lifecycle: Lifecycle.ResolutionScoped }],
  ])("what is %s: each access would build another", (lifetime, provider, options) => {
    const container = new Container()
      .register("alias", { useToken: "user" })
      .register("user", provider as { useClass: typeof User }, options)
      .register("holder", { useFactory: (held: User) => ({ held }), deps: [dep.proxy<any>("alias")] }, SINGLETON);
    const { held } = container.resolve<{ held: User }>("holder");
    const before = made;
    expect(() => container.runInScopeSync(() => held.id)).toThrow(`Cannot stand in for ${lifetime} user`);
    expect(made).toBe(before);
  });

  test("what a scope has replaced by something that is built anew each time", () => {
    const { container, proxy } = world();
    class Another extends User {}
    container.runInScopeSync((scope) => {
      scope.override(User, { useToken: Another });
      expect(() => proxy.id).toThrow("Cannot stand in for transient Another");
    });
  });

  test("an async instance that is not built yet; it serves it once it is", async () => {
    const container = new Container()
      .register(User, { useAsyncFactory: async () => new User() }, CONTEXT)
      .register(Cache, { useClass: Cache, deps: [dep.proxy(User)] }, SINGLETON);
    const { user } = container.resolve(Cache);
    await container.runInScope(async (scope) => {
      expect(() => user.id).toThrow(AsyncDependencyError);
      const { id } = await scope.resolveAsync(User);
      expect(user.id).toBe(id);
    });
  });
});

test("@injectProxy, next to a value that outlives scopes", () => {
  @contextScoped()
  class Session {
    readonly id = ++made;
  }
  @singleton()
  class Settings {}
  @singleton()
  class Service {
    constructor(
      @injectProxy(Session) readonly session: Session,
      @injectProxy(Settings) readonly settings: Settings,
    ) {}
  }
  const { session, settings } = defaultContainer.resolve(Service);
  expect(settings).toBeInstanceOf(Settings);
  defaultContainer.runInScopeSync((scope) => expect(session.id).toBe(scope.resolve(Session).id));
});

test("a stand-in and a ref for a delayed class give what the class stands for", () => {
  const later = delay(() => User);
  const container = new Container()
    .register(User, { useClass: User }, CONTEXT)
    .register("proxy", { useFactory: (held: User) => ({ held }), deps: [dep.proxy<any>(later)] }, SINGLETON)
    .register("ref", { useFactory: (held: Ref<User>) => ({ held }), deps: [dep.ref<any>(later)] }, SINGLETON);
  const { held: proxy } = container.resolve<{ held: User }>("proxy");
  const { held: ref } = container.resolve<{ held: Ref<User> }>("ref");
  container.runInScopeSync((scope) => {
    const user = scope.resolve(User);
    expect(ref.get()).toBe(user);
    expect(proxy.id).toBe(user.id);
  });
});

test("is never disposed for the instance behind it", async () => {
  const ended: number[] = [];
  class Connection {
    readonly id = ++made;
    [Symbol.dispose]() {
      ended.push(this.id);
    }
  }
  const container = new Container()
    .register(Connection, { useClass: Connection }, CONTEXT)
    .register("given", { useFactory: (held: Connection) => held, deps: [dep.proxy(Connection)] }, SINGLETON);
  const given = container.resolve<Connection>("given");
  const id = await container.runInScope(() => given.id);
  await container.dispose();
  expect(ended).toEqual([id]);
});

describe("@injectProxy of", () => {
  const forwardTo = (register: (container: Container) => void) => {
    class Service {
      constructor(@injectProxy("behind") readonly behind: { name(): string }) {}
    }
    const container = new Container().register(Service, Service, SINGLETON);
    register(container);
    return { container, behind: container.resolve(Service).behind };
  };
  class Named {
    name() {
      return "a class";
    }
  }

  test("a value serves it", () => {
    const { behind } = forwardTo((container) => container.register("behind", { useValue: new Named() }));
    expect(behind.name()).toBe("a class");
  });

  test("what is built of something transient serves it", () => {
    const { container, behind } = forwardTo((made) => {
      made.register("part", { useFactory: () => ({}) });
      made.register("behind", { useClass: Named, deps: ["part"] }, CONTEXT);
    });
    expect(container.runInScopeSync(() => behind.name())).toBe("a class");
  });

  test("another class in each scope calls the method of that class", () => {
    const { container, behind } = forwardTo((made) => made.register("behind", Named, CONTEXT));
    class Other extends Named {
      override name() {
        return "another class";
      }
    }
    const named = () => behind.name();
    const inOther = container.runInScopeSync((scope) => scope.override("behind", Other).run(named));
    expect([container.runInScopeSync(named), inOther, container.runInScopeSync(named)]).toEqual([
      "a class",
      "another class",
      "a class",
    ]);
  });

  test("a function is refused by what it is", () => {
    const { container, behind } = forwardTo((made) => made.register("behind", { useFactory: () => () => 1 }, CONTEXT));
    container.runInScopeSync(() => expect(() => behind.name()).toThrow("its value here is a function"));
  });
});

test("a method of a stand-in that is called on something else works on that", () => {
  class Counter {
    count = 1;
    next() {
      return ++this.count;
    }
  }
  class Service {
    constructor(@injectProxy(Counter) readonly counter: Counter) {}
  }
  const container = new Container().register(Counter, Counter, CONTEXT).register(Service, Service, SINGLETON);
  const { counter } = container.resolve(Service);
  container.runInScopeSync((scope) => {
    expect(counter.next.call({ count: 10 } as Counter)).toBe(11);
    expect(scope.resolve(Counter).count).toBe(1);
  });
});

test("printing a stand-in hides nothing that its factory throws", () => {
  const useFactory = (): object => {
    throw new Error("no route to host");
  };
  class Service {
    constructor(@injectProxy("behind") readonly behind: object) {}
  }
  const container = new Container().register("behind", { useFactory }, CONTEXT).register(Service, Service, SINGLETON);
  const { behind } = container.resolve(Service);
  container.runInScopeSync(() => expect(() => inspect(behind)).toThrow("no route to host"));
});

test("a class that its instance has is that class, and can be constructed", () => {
  class Orm {
    readonly Model = class Model {};
  }
  class Service {
    constructor(@injectProxy(Orm) readonly orm: Orm) {}
  }
  const container = new Container().register(Orm, Orm, CONTEXT).register(Service, Service, SINGLETON);
  const { orm } = container.resolve(Service);
  container.runInScopeSync((scope) => {
    expect(orm.Model).toBe(scope.resolve(Orm).Model);
    expect(new orm.Model()).toBeInstanceOf(scope.resolve(Orm).Model);
  });
});
