/** `scope.override`: one scope sees something else in place of a registration. */
import { describe, expect, test } from "vitest";
import { Container, inject, Lifecycle, ScopeStateError } from "ambit";

const { Singleton, ContextScoped, Transient } = Lifecycle;

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
