/** The path of an error: from what was asked for down to what failed, whoever asked in between, and each who waited. */
import {
  type AmbitError,
  Container,
  CyclicDependencyError,
  type DependencyContainer,
  delay,
  inject,
  instanceCachingFactory,
  Lifecycle,
  NoScopeError,
} from "ambit";
import { expect, test } from "vitest";

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const singleton = { lifecycle: Lifecycle.Singleton } as const;

function thrownBy(fn: () => unknown): AmbitError {
  try {
    fn();
  } catch (error) {
    return error as AmbitError;
  }
  throw new Error("it threw nothing");
}

const namesOf = ({ path }: AmbitError) => path.map(({ name }) => name);
const linesOf = ({ path }: AmbitError) => path.map(({ name, via }) => (via === undefined ? name : `${name} ${via}`));

test("what fails three steps down has each step with what leads to it", () => {
  const container = new Container()
    .register("user", { useFactory: () => ({}) }, context)
    .register("repository", { deps: ["user"], useFactory: (user) => user })
    .register("orders", { deps: ["clock", "repository"], useFactory: (_, repository) => repository })
    .register("clock", { useFactory: () => "clock" })
    .register("page", { deps: ["orders", "repository"], useFactory: (orders) => orders });
  const error = thrownBy(() => container.resolve("page"));
  expect(error).toBeInstanceOf(NoScopeError);
  expect(linesOf(error)).toEqual(["page", "orders dependency #0", "repository dependency #1", "user dependency #0"]);
});

test("what an interceptor asks for in vain is asked for by what it watches", () => {
  const container = new Container().register("page", { useFactory: () => "page" });
  container.beforeResolution("page", () => void container.resolve("missing"), { frequency: "Always" });
  const error = thrownBy(() => container.resolve("page"));
  expect(linesOf(error)).toEqual(["page", "missing asked for while it was built"]);
});

test("a cycle of flights is told to each who waited for a part of it, with the whole round and its own way there", async () => {
  const names = ["a", "b", "c"];
  const container = new Container();
  for (const [index, name] of names.entries()) {
    const useAsyncFactory = async (asked: DependencyContainer) => {
      await Promise.resolve();
      return { next: await asked.resolveAsync(names[(index + 1) % 3]) };
    };
    container.register(name, { useAsyncFactory }, context);
  }
  await container.runInScope(async (scope) => {
    const asked = names.map((name) => scope.resolveAsync(name).catch((error: CyclicDependencyError) => error));
    const errors = (await Promise.all(asked)) as CyclicDependencyError[];
    expect(errors.map((error) => namesOf(error).join(" "))).toEqual(["a b c a", "b c a", "c a"]);
    for (const { message } of errors) expect(message).toContain("it needs itself (a -> b -> c -> a)");
  });
});

test("an error of ambit's that came from elsewhere reaches all who wait as the very same object", async () => {
  const error = thrownBy(() => new Container().resolve("missing"));
  const container = new Container().register("shared", { useAsyncFactory: () => Promise.reject(error) }, singleton);
  const asked = [container.resolveAsync("shared"), container.resolveAsync("shared")];
  for (const settled of await Promise.allSettled(asked)) {
    const { reason } = settled as PromiseRejectedResult;
    expect(reason).toBe(error);
    expect(namesOf(error)).toEqual(["missing"]);
  }
});

test("what an interceptor asks for in vain is not taken for a dependency of the same name", () => {
  const container = new Container()
    .register("user", { useFactory: () => ({}) }, context)
    .register("page", { deps: ["user"], useFactory: (user) => user });
  container.beforeResolution("page", () => void container.resolve("user"), { frequency: "Always" });
  const error = thrownBy(() => container.resolve("page"));
  expect(linesOf(error)).toEqual(["page", "user asked for while it was built"]);
});

test("what a caching factory asks for in vain was asked for by what it is registered for", () => {
  const container = new Container().register("kept", {
    useFactory: instanceCachingFactory((asked) => asked.resolve("missing")),
  });
  const error = thrownBy(() => container.resolve("kept"));
  expect(linesOf(error)).toEqual(["kept", "missing asked for while it was built"]);
});

test("an error of ambit's that came from elsewhere leaves a caching factory as it is", () => {
  const error = thrownBy(() => new Container().resolve("missing"));
  const fail = () => {
    throw error;
  };
  const container = new Container().register("kept", { useFactory: instanceCachingFactory(fail) });
  expect(thrownBy(() => container.resolve("kept"))).toBe(error);
  expect(namesOf(error)).toEqual(["missing"]);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7])(
  "what a constructor with %i parameters asks for in vain has its class on the path",
  (count) => {
    const container = new Container().register("part", { useValue: 1 });
    class Asking {
      readonly missing = container.resolve("missing");
    }
    container.register("asking", { useClass: Asking, deps: Array.from({ length: count }, () => "part") });
    expect(linesOf(thrownBy(() => container.resolve("asking")))).toEqual([
      "asking",
      "missing asked for while it was built",
    ]);
  },
);

test("a named lifetime is told with the name of its scope", () => {
  const container = new Container().register("job", { useFactory: () => 1 }, { ...context, scopeName: "job" });
  const error = thrownBy(() => container.resolve("job"));
  expect(error.path.map(({ lifetime }) => lifetime)).toEqual(["context-scoped (job)"]);
});

test("what fails behind a stand-in of delay is told from what the stand-in is for", () => {
  const container = new Container();
  class Lazy {
    readonly missing = container.resolve("missing");
  }
  class Holder {
    constructor(@inject(delay(() => Lazy)) readonly lazy: Lazy) {}
  }
  const { lazy } = container.resolve(Holder);
  expect(linesOf(thrownBy(() => lazy.missing))).toEqual(["Lazy", "missing asked for while it was built"]);
});
