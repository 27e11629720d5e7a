/** `scope.override`: one scope sees something else in place of a registration. */
import { describe, expect, test } from "vitest";
import { Container, inject, Lifecycle, ScopeClosedError, ScopeStateError } from "ambit";

const { Singleton, ContextScoped, Transient } = Lifecycle;
const context = { lifecycle: ContextScoped };

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

  test("when a singleton that is built holds it", async () => {
    const container = new Container();
    container.register(Service, Service, { lifecycle: Singleton });
    container.register(Mailer, Mailer, { lifecycle: Singleton });
    container.resolve(Service);
    await container.runInScope((scope) => {
      expect(() => scope.override(Mailer, FakeMailer)).toThrow("Service, which is built already, holds it");
    });
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
