/** Seeds: what a scope is given when it opens. */
import {
  Container,
  currentScope,
  dep,
  inject,
  Lifecycle,
  NoScopeError,
  RegistrationError,
  token,
  UnregisteredTokenError,
} from "ambit";
import { expect, test } from "vitest";

const context = { lifecycle: Lifecycle.ContextScoped } as const;

test("a seed is what its scope gives for an unregistered token, string, symbol or class", async () => {
  class Request {
    constructor(readonly url: string) {}
  }
  const user = token<string>("user");
  const request = new Request("/orders");
  await new Container().runInScope(
    {
      seeds: [
        [user, "ada"],
        ["lang", "en"],
        [Request, request],
      ],
    },
    (scope) => {
      expect(scope.resolve(user)).toBe("ada");
      expect(scope.resolve("lang")).toBe("en");
      expect(scope.resolve(Request)).toBe(request);
    },
  );
});

test.each([{ user: "ada" }, null, 5])(
  "seeds that are no list are refused, with how to write them: %o",
  async (seeds) => {
    const opened = new Container().runInScope({ seeds } as never, () => {});
    await expect(opened).rejects.toThrow(RegistrationError);
    await expect(opened).rejects.toThrow("Fix: { seeds: [[Token, value], ...] }");
  },
);

test("seeds may be any iterable: a Map, a generator", async () => {
  const container = new Container();
  const generated = function* (): Generator<[string, number]> {
    yield ["port", 80];
  };
  await container.runInScope({ seeds: new Map([["port", 80]]) }, (scope) => expect(scope.resolve("port")).toBe(80));
  await container.runInScope({ seeds: generated() }, (scope) => expect(scope.resolve("port")).toBe(80));
});

test("a constructor gets it, from the scope that it is built for", async () => {
  class Request {
    constructor(readonly url: string) {}
  }
  class Controller {
    constructor(@inject(Request) readonly request: Request) {}
  }
  const container = new Container().register(Controller, Controller, context);
  const urlOf = (url: string) =>
    container.runInScope({ seeds: [[Request, new Request(url)]] }, async () => {
      await Promise.resolve();
      return container.resolve(Controller).request.url;
    });
  expect(await Promise.all([urlOf("/a"), urlOf("/b")])).toEqual(["/a", "/b"]);
});

test("nested scopes see it, and may have one of their own", async () => {
  const container = new Container();
  await container.runInScope({ seeds: [["user", "ada"]] }, async (outer) => {
    await container.runInScope((inner) => expect(inner.resolve("user")).toBe("ada"));
    await container.runInScope({ seeds: [["user", "eve"]] }, (inner) => expect(inner.resolve("user")).toBe("eve"));
    expect(outer.resolve("user")).toBe("ada");
  });
});

test("a nested scope's own seed of undefined stands in front of its parent's", async () => {
  const container = new Container();
  await container.runInScope({ seeds: [["user", "ada"]] }, () =>
    container.runInScope({ seeds: [["user", undefined]] }, (inner) => expect(inner.resolve("user")).toBeUndefined()),
  );
});

test("scopes beside it and after it do not see it", async () => {
  const container = new Container();
  const one = container.createScope({ seeds: [["user", "ada"]] });
  const other = container.createScope();
  expect(() => other.resolve("user")).toThrow(UnregisteredTokenError);
  await one.close();
  await container.runInScope((scope) => expect(() => scope.resolve("user")).toThrow(UnregisteredTokenError));
  await other.close();
});

test("scope.seed gives one later, and can be chained", async () => {
  await new Container().runInScope((scope) => {
    expect(scope.seed("user", "ada").seed("lang", "en")).toBe(scope);
    expect([scope.resolve("user"), scope.resolve("lang")]).toEqual(["ada", "en"]);
  });
});

test("a class that is given as a seed in one scope is built in another", async () => {
  class Clock {}
  const fixed = new Clock();
  const container = new Container();
  await container.runInScope({ seeds: [[Clock, fixed]] }, (scope) => expect(scope.resolve(Clock)).toBe(fixed));
  await container.runInScope((scope) => {
    expect(scope.resolve(Clock)).toBeInstanceOf(Clock);
    expect(scope.resolve(Clock)).not.toBe(fixed);
  });
});

test("a class that cannot be built is an error that says how to give it, in a scope that was not given it", async () => {
  class Request {
    constructor(readonly url: string) {}
  }
  const container = new Container();
  await container.runInScope({ seeds: [[Request, new Request("/")]] }, () => {});
  await container.runInScope((scope) => {
    expect(() => scope.resolve(Request)).toThrow(UnregisteredTokenError);
    expect(() => scope.resolve(Request)).toThrow("container.runInScope({ seeds: [[Request, value]] }, ...)");
  });
});

test("a class that was asked for before is given as a seed all the same", async () => {
  class Clock {}
  const container = new Container();
  container.resolve(Clock);
  const fixed = new Clock();
  await container.runInScope({ seeds: [[Clock, fixed]] }, (scope) => expect(scope.resolve(Clock)).toBe(fixed));
});

test("a token that is registered cannot be seeded, and the error says what can be done", () => {
  const container = new Container().register("user", { useValue: "ada" });
  const open = () => container.createScope({ seeds: [["user", "eve"]] });
  expect(open).toThrow(RegistrationError);
  expect(open).toThrowErrorMatchingInlineSnapshot(`
    [RegistrationError: Cannot seed user: it is registered, and a seed would hide that for some who ask and not for others.
    Fix: register it with { useSeed: true }, or replace it for this scope with scope.override(user, provider).]
  `);
});

test("a token that a container around registered cannot be seeded either", () => {
  const child = new Container().register("user", { useValue: "ada" }).createChildContainer();
  expect(() => child.createScope({ seeds: [["user", "eve"]] })).toThrow(RegistrationError);
});

test("a token registered with useSeed that nobody gave is an error with the way to give it", async () => {
  const container = new Container().register("user", { useSeed: true });
  await container.runInScope((scope) =>
    expect(() => scope.resolve("user")).toThrowErrorMatchingInlineSnapshot(`
    [UnregisteredTokenError: Cannot resolve user: it is given when a scope opens, and neither this scope nor one around it was given it.
    Fix: container.runInScope({ seeds: [[user, value]] }, ...), or scope.seed(user, value) before it is asked for.]
  `),
  );
});

test("outside of every scope a seed is a NoScopeError", () => {
  const container = new Container().register("user", { useSeed: true });
  expect(() => container.resolve("user")).toThrow(NoScopeError);
});

test("one that is optional is undefined where nobody gave it", async () => {
  const container = new Container()
    .register("user", { useSeed: true })
    .register("greeting", { useFactory: (user: unknown) => user ?? "nobody", deps: [dep.optional("user")] });
  await container.runInScope((scope) => expect(scope.resolve("greeting")).toBe("nobody"));
  await container.runInScope({ seeds: [["user", "ada"]] }, (scope) => expect(scope.resolve("greeting")).toBe("ada"));
});

test("tryResolve gives undefined for a seed that this scope was not given", async () => {
  const container = new Container().register("user", { useSeed: true });
  await container.runInScope((scope) => expect(scope.tryResolve("user")).toBeUndefined());
  await container.runInScope({ seeds: [["user", "ada"]] }, (scope) => expect(scope.tryResolve("user")).toBe("ada"));
});

test("a named instance is built of the seeds that its own scope can see", async () => {
  const container = new Container()
    .register("user", { useSeed: true })
    .register(
      "connection",
      { useFactory: (user: unknown) => ({ user }), deps: ["user"] },
      { ...context, scopeName: "connection" },
    );
  await container.runInScope({ name: "connection", seeds: [["user", "ada"]] }, () =>
    container.runInScope({ seeds: [["user", "eve"]] }, (message) => {
      expect(message.resolve("connection")).toEqual({ user: "ada" });
    }),
  );
});

test("beyond the sixteenth slot seeds are found like any other", async () => {
  const seeds = Array.from({ length: 60 }, (_, index) => [`seed ${index}`, index] as const);
  const container = new Container();
  await container.runInScope({ seeds }, async () => {
    await container.runInScope((inner) => {
      for (const [name, value] of seeds) expect(inner.resolve(name)).toBe(value);
    });
  });
});

test("what a seed's iterable throws comes out, and the scope that was being opened is gone", async () => {
  const container = new Container();
  const failing = function* (): Generator<[string, unknown]> {
    yield ["user", "ada"];
    throw new Error("no session");
  };
  await container.runInScope(async (outer) => {
    expect(() => container.createScope({ seeds: failing() })).toThrow("no session");
    expect(currentScope()).toBe(outer);
  });
});
