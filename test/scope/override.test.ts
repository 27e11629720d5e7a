/** `scope.override`: one scope sees something else in place of a registration. */
import {
  Container,
  inject,
  injectProxy,
  injectRef,
  Lifecycle,
  type Ref,
  ScopeClosedError,
  ScopeStateError,
  UnregisteredTokenError,
} from "ambit";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";

const { Singleton, ContextScoped, Transient } = Lifecycle;
const context = { lifecycle: ContextScoped };
const singleton = { lifecycle: Singleton };

class Mailer {
  send() {
    return "real";
  }
}

class Service {
  constructor(@inject(Mailer) readonly mailer: Mailer) {}
}

class FakeMailer extends Mailer {
  override send() {
    return "fake";
  }
}

describe.each([Singleton, ContextScoped, Transient])("of a registration with lifetime %s", (lifecycle) => {
  function application(): Container {
    const container = new Container();
    container.register(Mailer, Mailer, { lifecycle });
    container.register(Service, Service, { lifecycle: ContextScoped });
    return container;
  }

  test("is what the scope gives, and what is built for it gets", async () => {
    const container = application();
    await container.runInScope((scope) => {
      scope.override(Mailer, FakeMailer);
      expect(scope.resolve(Mailer).send()).toBe("fake");
      expect(container.resolve(Mailer).send()).toBe("fake");
      expect(container.resolve(Service).mailer.send()).toBe("fake");
    });
  });

  test("is seen by scopes nested in it, those of child containers included", async () => {
    const container = application();
    const child = container.createChildContainer();
    await container.runInScope(async (scope) => {
      scope.override(Mailer, { useValue: new FakeMailer() });
      await container.runInScope(() => expect(container.resolve(Service).mailer.send()).toBe("fake"));
      await child.runInScope((nested) => expect(nested.resolve(Service).mailer.send()).toBe("fake"));
    });
  });

  test("is seen by no scope beside it, nor after it", async () => {
    const container = application();
    const one = container.createScope({ parent: null });
    const other = container.createScope({ parent: null });
    one.override(Mailer, FakeMailer);
    expect(other.resolve(Service).mailer.send()).toBe("real");
    expect(one.resolve(Service).mailer.send()).toBe("fake");
    await Promise.all([one.close(), other.close()]);
    await container.runInScope((later) => expect(later.resolve(Service).mailer.send()).toBe("real"));
  });

  test("ends with the scope, and is disposed by it", async () => {
    const container = application();
    const ended: string[] = [];
    class Ending extends FakeMailer {
      dispose() {
        ended.push(this.send());
      }
    }
    await container.runInScope((scope) => scope.override(Mailer, Ending).resolve(Mailer));
    expect(ended).toEqual(["fake"]);
  });
});

test("is what each disposer gets from the container, one from before the override too", async () => {
  const container = new Container().register("config", { useValue: "real" });
  const seen: unknown[] = [];
  await container.runInScope((scope) => {
    scope.defer(() => seen.push(container.resolve("config")));
    scope.override("config", { useValue: "fake" });
    scope.defer(() => seen.push(container.resolve("config")));
  });
  expect(seen).toEqual(["fake", "fake"]);
  expect(container.resolve("config")).toBe("real");
});

test("one instance of an overridden singleton serves the scope and those nested in it", async () => {
  const container = new Container();
  container.register(Mailer, Mailer, { lifecycle: Singleton });
  await container.runInScope(async (scope) => {
    scope.override(Mailer, FakeMailer);
    await container.runInScope((nested) => expect(nested.resolve(Mailer)).toBe(scope.resolve(Mailer)));
  });
});

test("a container-scoped instance that is first built in a scope with overrides is the container's", async () => {
  const options = { lifecycle: Lifecycle.ContainerScoped };
  const container = new Container().register("cache", { useFactory: () => ({}) }, options);
  const cache = await container.runInScope((scope) => scope.override("other", { useValue: 1 }).resolve("cache"));
  expect(container.resolve("cache")).toBe(cache);
});

describe("lives as what it replaces", () => {
  const provider = { useFactory: () => ({}) };

  test("for each resolve, in place of a transient", () => {
    const container = new Container().register("it", provider);
    container.runInScopeSync((scope) => {
      scope.override("it", provider);
      expect(scope.resolve("it")).not.toBe(scope.resolve("it"));
    });
  });

  test("for each resolve, in place of nothing", () => {
    new Container().runInScopeSync((scope) => {
      scope.override("it", provider);
      expect(scope.resolve("it")).not.toBe(scope.resolve("it"));
    });
  });

  test("in each scope, in place of what is context-lived", () => {
    const container = new Container().register("it", provider, context);
    container.runInScopeSync((scope) => {
      scope.override("it", provider);
      expect(scope.resolve("it")).toBe(scope.resolve("it"));
      container.runInScopeSync((nested) => expect(nested.resolve("it")).not.toBe(scope.resolve("it")));
    });
  });

  test("in the scope of its name, in place of what has one", () => {
    const container = new Container().register("it", provider, { ...context, scopeName: "job" });
    container.runInScopeSync({ name: "job" }, (scope) => {
      scope.override("it", provider);
      container.runInScopeSync((nested) => expect(nested.resolve("it")).toBe(scope.resolve("it")));
    });
  });

  test("in each scope of its name inside, in place of what has one that is not around", () => {
    const container = new Container().register("it", provider, { ...context, scopeName: "job" });
    container.runInScopeSync((scope) => {
      scope.override("it", provider);
      const [one, other] = [1, 2].map(() => container.runInScopeSync({ name: "job" }, (job) => job.resolve("it")));
      expect(one).not.toBe(other);
    });
  });

  test("no longer than the scope, in place of what a scope around it keeps", async () => {
    const order: string[] = [];
    const fake = { useFactory: () => ({ dispose: () => order.push("fake disposed") }) };
    const container = new Container().register("it", provider, { ...context, scopeName: "connection" });
    await container.runInScope({ name: "connection" }, async (connection) => {
      await container.runInScope((message) => {
        message.override("it", fake);
        container.runInScopeSync((nested) => expect(nested.resolve("it")).toBe(message.resolve("it")));
        expect(connection.resolve("it")).not.toBe(message.resolve("it"));
      });
      order.push("message closed");
    });
    expect(order).toEqual(["fake disposed", "message closed"]);
  });

  test("in the scope, in place of another override of what outlives scopes", () => {
    const container = new Container().register("it", provider, singleton);
    container.runInScopeSync((scope) => {
      scope.override("it", provider).override("it", provider);
      container.runInScopeSync((nested) => expect(nested.resolve("it")).toBe(scope.resolve("it")));
    });
  });
});

test("in a child's scope inside, goes with what the child has of its own", () => {
  const container = new Container().register("db", { useValue: "real" });
  const child = container.createChildContainer().register("own", { useValue: "the child's" });
  container.runInScopeSync((scope) => {
    scope.override("db", { useValue: "fake" });
    child.runInScopeSync((nested) =>
      expect([nested.resolve("db"), nested.resolve("own")]).toEqual(["fake", "the child's"]),
    );
  });
});

test("is not refused for what another scope has built, nor for what is built of other things", () => {
  const container = new Container()
    .register("db", { useFactory: () => "real" }, context)
    .register("holder", { deps: ["db"], useFactory: (db) => db }, context)
    .register("other", { useFactory: () => "other" }, context)
    .register("shared", { useFactory: () => "shared" }, { lifecycle: Lifecycle.Singleton });
  container.runInScopeSync((scope) => scope.resolve("holder"));
  container.runInScopeSync((scope) => {
    scope.resolve("other");
    scope.resolve("shared");
    scope.override("db", { useValue: "fake" });
    scope.override("shared", { useValue: "fake, too" });
    expect([scope.resolve("holder"), scope.resolve("shared")]).toEqual(["fake", "fake, too"]);
  });
});

test("comes too late for a scope that is ending, as a seed does", async () => {
  const scope = new Container().createScope();
  scope.defer(() => {
    expect(() => scope.override("db", { useValue: 1 })).toThrow(ScopeClosedError);
    expect(() => scope.seed("user", 1)).toThrow(ScopeClosedError);
  });
  await scope.close();
});

test("a singleton that is first built in a scope with overrides does not get them", async () => {
  class Newsletter {
    constructor(@inject(Mailer) readonly mailer: Mailer) {}
  }
  const container = new Container();
  container.register(Mailer, Mailer, { lifecycle: Singleton });
  container.register(Newsletter, Newsletter, { lifecycle: Singleton });
  await container.runInScope((scope) => {
    scope.override(Mailer, FakeMailer);
    expect(scope.resolve(Newsletter).mailer.send()).toBe("real");
  });
});

test("a later override in the same scope replaces the one before", async () => {
  const container = new Container();
  await container.runInScope((scope) => {
    scope.override("greeting", { useValue: "hello" }).override("greeting", { useValue: "good day" });
    expect(scope.resolve("greeting")).toBe("good day");
  });
});

describe("that comes too late is refused", () => {
  test("when what it replaces is built in the scope", async () => {
    const container = new Container();
    container.register(Mailer, Mailer, { lifecycle: ContextScoped });
    await container.runInScope((scope) => {
      scope.resolve(Mailer);
      expect(() => scope.override(Mailer, FakeMailer)).toThrow(ScopeStateError);
    });
  });

  test("when something that is built in the scope holds it", async () => {
    const container = new Container();
    container.register(Service, Service, { lifecycle: ContextScoped });
    container.register(Mailer, Mailer);
    await container.runInScope((scope) => {
      scope.resolve(Service);
      expect(() => scope.override(Mailer, FakeMailer)).toThrow("Service, which is built already, holds it");
    });
  });

  test.each([Singleton, Transient])("when a singleton that is built holds it, with lifetime %s", async (lifecycle) => {
    const container = new Container();
    container.register(Service, Service, { lifecycle: Singleton });
    container.register(Mailer, Mailer, { lifecycle });
    container.resolve(Service);
    await container.runInScope((scope) => {
      expect(() => scope.override(Mailer, FakeMailer)).toThrow("Service, which is built already, holds it");
    });
  });
});

describe("in a scope with scopes inside that are open already", () => {
  const real = { useFactory: () => "real" };
  const fake = { useFactory: () => "fake" };

  test("is seen by all of them, those of child containers included", async () => {
    const container = new Container().register("one", real).register("two", real);
    const child = container.createChildContainer();
    await container.runInScope((scope) => {
      const nested = container.createScope({ parent: scope });
      const inside = [nested, child.createScope({ parent: scope }), child.createScope({ parent: nested })];
      for (const token of ["one", "two"]) {
        scope.override(token, fake);
        expect(inside.map((each) => each.resolve(token))).toEqual(["fake", "fake", "fake"]);
      }
    });
  });

  test("leaves them what they have overridden themselves", async () => {
    const container = new Container().register("one", real).register("two", real);
    await container.runInScope((scope) => {
      const nested = container.createScope({ parent: scope }).override("one", { useFactory: () => "its own" });
      const inside = container.createScope({ parent: nested });
      scope.override("one", fake).override("two", fake);
      for (const each of [nested, inside])
        expect([each.resolve("one"), each.resolve("two")]).toEqual(["its own", "fake"]);
      nested.override("two", { useFactory: () => "its own, too" });
      expect([scope, nested, inside].map((each) => each.resolve("two"))).toEqual([
        "fake",
        "its own, too",
        "its own, too",
      ]);
    });
  });

  test("is refused when one of them has built what it replaces, or what holds that", async () => {
    const container = new Container().register(Mailer, Mailer, context).register(Service, Service, context);
    await container.runInScope((scope) => {
      const nested = container.createScope({ parent: scope });
      nested.resolve(Mailer);
      expect(() => scope.override(Mailer, FakeMailer)).toThrow("it is built already");
      expect(scope.resolve(Mailer).send()).toBe("real");
    });
    const other = new Container().register(Service, Service, context).register(Mailer, Mailer);
    await other.runInScope((scope) => {
      other.createScope({ parent: scope }).resolve(Service);
      expect(() => scope.override(Mailer, FakeMailer)).toThrow("Service, which is built already, holds it");
    });
  });

  test("is not refused for what one of them has built of its own overrides", async () => {
    const container = new Container().register(Mailer, Mailer, context).register(Service, Service, context);
    await container.runInScope((scope) => {
      const nested = container.createScope({ parent: scope }).override(Mailer, Mailer);
      nested.resolve(Service);
      scope.override(Mailer, FakeMailer);
      expect(scope.resolve(Service).mailer.send()).toBe("fake");
    });
  });
});

describe("that comes while something is built is refused", () => {
  test("when that is what it replaces", async () => {
    const gate = deferred();
    const container = new Container().register("it", { useAsyncFactory: () => gate.promise }, context);
    await container.runInScope(async (scope) => {
      const building = scope.resolveAsync("it");
      expect(() => scope.override("it", { useValue: "fake" })).toThrow("it is built already");
      gate.resolve();
      await building;
    });
  });

  test("when that holds it", async () => {
    const gate = deferred();
    const container = new Container().register(Mailer, Mailer);
    container.register("it", { deps: [Mailer], useAsyncFactory: (mailer) => gate.promise.then(() => mailer) }, context);
    await container.runInScope(async (scope) => {
      const building = scope.resolveAsync("it");
      expect(() => scope.override(Mailer, FakeMailer)).toThrow("it, which is built already, holds it");
      gate.resolve();
      await building;
    });
  });
});

describe("that an instance of a scope around it would not notice is refused", () => {
  test("when that has a name", () => {
    const named = { ...context, scopeName: "connection" };
    const container = new Container().register(Mailer, Mailer, named).register(Service, Service, named);
    container.runInScopeSync({ name: "connection" }, (connection) => {
      connection.resolve(Service);
      container.runInScopeSync((message) =>
        expect(() => message.override(Mailer, FakeMailer)).toThrow("Service, which is built already, holds it"),
      );
    });
  });

  test("when it replaces what outlives scopes", () => {
    const container = new Container().register(Mailer, Mailer).register(Service, Service, singleton);
    container.runInScopeSync((outer) => {
      outer.override(Service, Service).resolve(Service);
      container.runInScopeSync((inner) =>
        expect(() => inner.override(Mailer, FakeMailer)).toThrow("Service, which is built already, holds it"),
      );
    });
  });
});

describe("of a class that nobody registered", () => {
  test("is refused when something that is built holds it", () => {
    const container = new Container();
    container.register(Service, Service, { lifecycle: ContextScoped });
    container.runInScopeSync((scope) => {
      scope.resolve(Service);
      expect(() => scope.override(Mailer, FakeMailer)).toThrow("Service, which is built already, holds it");
    });
  });

  test("disposes nothing that a bare factory gives", () => {
    const ended: string[] = [];
    const mine = { dispose: () => ended.push("disposed") };
    new Container().runInScopeSync((scope) => {
      scope.override(Service, { useFactory: () => mine as never });
      scope.resolve(Service);
    });
    expect(ended).toEqual([]);
  });
});

test("goes for what cannot be built: it is the way to do without what that lacks", () => {
  class Database {
    constructor(@inject("url") readonly url: string) {}
  }
  const container = new Container().register(Database, Database, context);
  container.runInScopeSync((scope) => {
    scope.override(Database, { useValue: new Database("fake") });
    expect(scope.resolve(Database).url).toBe("fake");
  });
});

test("is what the container gives too, when it is asked in that scope", () => {
  const container = new Container().register("db", { useValue: "real" });
  container.runInScopeSync((scope) => {
    container.resolve("db");
    scope.override("db", { useValue: "fake" });
    expect(container.resolve("db")).toBe("fake");
  });
  expect(container.resolve("db")).toBe("real");
});

describe("of what the container knows nothing of, or could not build", () => {
  class Database {
    constructor(readonly url: string) {}
  }
  class Users {
    constructor(@inject("url") readonly url: string) {}
  }
  class Cache {
    constructor(
      @injectRef(Users) readonly users: Ref<Users>,
      @injectProxy(Users) readonly standIn: Users,
      @injectProxy("settings") readonly settings: { url: string },
    ) {}
  }

  test("is what the container gives in that scope, however it is asked", async () => {
    const container = new Container().register(Users, Users, context).register(Cache, Cache, singleton);
    await container.runInScope(async (scope) => {
      scope.override("url", { useValue: "fake" }).override(Database, { useValue: new Database("fake") });
      expect([container.resolve("url"), await container.resolveAsync("url")]).toEqual(["fake", "fake"]);
      expect([container.tryResolve("url"), container.resolveAll("url")]).toEqual(["fake", ["fake"]]);
      expect([container.resolve(Database).url, container.resolve(Users).url]).toEqual(["fake", "fake"]);
      expect(container.resolve(Users)).toBe(scope.resolve(Users));
      const { users, standIn } = container.resolve(Cache);
      expect([users.get(), users.tryGet(), standIn.url]).toEqual([scope.resolve(Users), users.get(), "fake"]);
    });
  });

  test("is nothing that is given in other scopes, nor kept by a stand-in", () => {
    const container = new Container().register(Users, Users, context).register(Cache, Cache, singleton);
    const { standIn, settings } = container.resolve(Cache);
    for (const url of ["one", "two"]) {
      container.runInScopeSync((scope) => {
        scope.override("url", { useValue: url }).override("settings", { useValue: { url } });
        expect([standIn.url, settings.url]).toEqual([url, url]);
      });
    }
    container.runInScopeSync(() => {
      expect(container.tryResolve("url")).toBeUndefined();
      for (const ask of [() => container.resolve("url"), () => standIn.url, () => settings.url])
        expect(ask).toThrow(UnregisteredTokenError);
    });
  });
});

describe("in the scope of one container of a family", () => {
  test("is what the others give there, of what they have not registered otherwise", () => {
    const root = new Container().register("db", { useValue: "real" }).register("own", { useValue: "root's" });
    root.register("page", { deps: ["db"], useFactory: (db) => ({ db }) }, context);
    const child = root.createChildContainer().register("own", { useValue: "child's" });
    for (const [opener, other, own] of [
      [root, child, "child's"],
      [child, root, "root's"],
    ] as const) {
      opener.runInScopeSync((scope) => {
        scope.override("db", { useValue: "fake" }).override("own", { useValue: "fake" });
        expect([other.resolve("db"), other.tryResolve("db"), other.resolveAll("db")]).toEqual([
          "fake",
          "fake",
          ["fake"],
        ]);
        expect([other.resolve("page"), other.resolve("own")]).toEqual([{ db: "fake" }, own]);
        expect(other.resolve("page")).toBe(scope.resolve("page"));
      });
      opener.runInScopeSync(() => expect(other.resolve("db")).toBe("real"));
    }
  });

  test("is what each gives as its own in a scope nested in that, whichever opens it", () => {
    const root = new Container().register("own", { useValue: "root's" });
    const child = root.createChildContainer().register("own", { useValue: "child's" });
    root.runInScopeSync((scope) => {
      scope.override("own", { useValue: "fake" });
      for (const opener of [root, child])
        opener.runInScopeSync(() => expect([root.resolve("own"), child.resolve("own")]).toEqual(["fake", "child's"]));
      child.runInScopeSync((nested) => {
        nested.override("own", { useValue: "child's fake" });
        const asked = [root, child].map((container) => container.resolve("own"));
        expect(asked).toEqual(["fake", "child's fake"]);
        root.runInScopeSync(() => expect([root.resolve("own"), child.resolve("own")]).toEqual(asked));
      });
    });
  });
});
