/** Everything at once, before anything is built, in the words of `resolve`. */
import {
  AmbitError,
  bridge,
  CaptiveDependencyError,
  type Constructor,
  Container,
  ContainerDisposedError,
  delay,
  dep,
  inject,
  injectAll,
  injectProxy,
  injectRef,
  Lifecycle,
  type Problem,
  ValidationError,
} from "ambit";
import { container as tsyringeContainer } from "tsyringe";
import { expect, test } from "vitest";

const scoped = { lifecycle: Lifecycle.ContextScoped };
const single = { lifecycle: Lifecycle.Singleton };

class Tx {}
class Cache {
  constructor(@inject(Tx) readonly tx: Tx) {}
}

function idsOf(container: Container, ...tokens: Constructor[]): string[] {
  return container.diagnose(...tokens).map(({ id }) => id);
}

function errorOf(fn: () => unknown): AmbitError {
  try {
    fn();
  } catch (error) {
    if (error instanceof AmbitError) return error;
  }
  throw new Error("nothing was refused");
}

test("finds several problems of one class and of what it needs, each once", () => {
  class Deep {
    constructor(
      @inject("gone") readonly gone: unknown,
      @inject("lost") readonly lost: unknown,
    ) {}
  }
  class Top {
    constructor(
      @inject(Deep) readonly deep: Deep,
      @inject("away") readonly away: unknown,
      @inject(Tx) readonly tx: Tx,
    ) {}
  }
  const container = new Container();
  container.register(Tx, Tx, scoped).register(Deep, Deep).register(Top, Top, single);
  expect(idsOf(container)).toEqual([
    "unregistered: Deep -> gone",
    "unregistered: Deep -> lost",
    "unregistered: Top -> away",
    "captive: Top -> Tx",
  ]);
});

test("says what resolve says, with the path and the fix, and builds nothing", () => {
  const built: string[] = [];
  class Noisy {
    constructor() {
      built.push("Noisy");
    }
  }
  class Holder {
    constructor(@inject(Noisy) readonly noisy: Noisy) {}
  }
  const container = new Container();
  container.register(Noisy, Noisy, scoped).register(Holder, Holder, single);
  const [problem] = container.diagnose();
  const thrown = errorOf(() => container.resolve(Holder));
  expect(problem.toString()).toBe(`CaptiveDependencyError [ERR_AMBIT_CAPTIVE]: ${thrown.message}`);
  expect(problem.error).toBeInstanceOf(CaptiveDependencyError);
  expect(problem.path).toEqual(thrown.path);
  expect(problem.fix).toBe(
    "make Holder context-scoped, or take @injectRef(Noisy) and call get() each time it is needed.",
  );
  expect(built).toEqual([]);
});

test("tells of every short-lived thing below a singleton, not of the first of its kind", () => {
  class One {}
  class Two {}
  class Middle {
    constructor(
      @inject(One) readonly one: One,
      @inject(Two) readonly two: Two,
    ) {}
  }
  const container = new Container();
  container.register(One, One, scoped).register(Two, Two, scoped);
  container.register("cache", { useFactory: (middle: Middle) => middle, deps: [Middle] }, single);
  expect(idsOf(container)).toEqual(["captive: cache -> Middle -> One", "captive: cache -> Middle -> Two"]);
});

test("tells a circle once, all the way round, and goes on behind it", () => {
  const container = new Container();
  container.register("a", { useFactory: () => 1, deps: ["b"] });
  container.register("b", { useFactory: () => 1, deps: ["c"] });
  container.register("c", { useFactory: () => 1, deps: ["a", "gone"] });
  expect(idsOf(container)).toEqual(["cycle: a -> b -> c -> a", "unregistered: c -> gone"]);
  expect(container.diagnose()[0].message).toBe(
    errorOf(() => container.resolve("a"))
      .message.split("\n")
      .find((line) => line.includes("needs itself"))
      ?.trim(),
  );
});

test("tells of a class that says nothing of its parameters, and of one that is not there", () => {
  class Bare {
    constructor(readonly x: string) {}
  }
  const container = new Container();
  container.register("bare", { useClass: Bare });
  class Late {
    constructor(readonly x: unknown) {}
  }
  inject(undefined as never)(Late, undefined, 0);
  container.register("late", { useClass: Late });
  expect(container.diagnose().map(({ kind }) => kind)).toEqual(["missing-type-info", "missing-type-info"]);
});

test("a ref, a proxy, an optional and a seed are no problem", () => {
  class Works {
    constructor(
      @injectRef(Tx) readonly ref: unknown,
      @injectProxy(Tx) readonly proxy: Tx,
      @inject("maybe", { isOptional: true }) readonly maybe: unknown,
    ) {}
  }
  const container = new Container();
  container.register(Tx, Tx, scoped).register("ctx", { useSeed: true }).register(Works, Works, single);
  container.register("handler", { useFactory: () => 1, deps: ["ctx"] }, scoped);
  expect(container.diagnose()).toEqual([]);
  expect(() => container.validate()).not.toThrow();
});

test("a ref to what nobody registered is told before it is asked", () => {
  const container = new Container();
  container.register("cache", { useFactory: () => 1, deps: [dep.ref("gone")] }, single);
  expect(idsOf(container)).toEqual(["unregistered: cache -> gone"]);
});

test("a proxy of what is built anew each time is told before it is used", () => {
  const container = new Container();
  container.register("anew", { useClass: Tx });
  container.register("cache", { useFactory: () => 1, deps: [dep.proxy("anew")] }, single);
  expect(idsOf(container)).toEqual(["registration: cache -> anew"]);
});

test("what stands behind delay is held, also by whoever holds what has the stand-in", () => {
  class Late {
    constructor(@inject(delay(() => Tx)) readonly tx: Tx) {}
  }
  const container = new Container();
  container.register(Tx, Tx, scoped);
  container.register("cache", { useFactory: (late: Late) => late, deps: [Late] }, single);
  expect(idsOf(container)).toEqual(["captive: cache -> Tx"]);
});

test("behind a stand-in, what has a scope of its own is where holding ends", () => {
  class Inner {
    constructor(@inject(delay(() => Tx)) readonly tx: Tx) {}
  }
  const container = new Container();
  container.register(Tx, Tx, scoped).register(Inner, Inner, scoped);
  container.register("cache", { useFactory: () => 1, deps: [delay(() => Inner) as never] }, single);
  expect(idsOf(container)).toEqual(["captive: cache -> Inner"]);
});

test("a stand-in of what has to be awaited is told, through what is between them", () => {
  const container = new Container();
  container.register("db", { useAsyncFactory: async () => ({}), deps: [] }, scoped);
  container.register("users", { useFactory: () => ({}), deps: ["db"] }, scoped);
  container.register("cache", { useFactory: () => 1, deps: [dep.proxy("users")] }, single);
  container.register("waits", { useFactory: () => 1, deps: [dep.ref("users")] }, single);
  expect(idsOf(container)).toEqual(["async: cache -> users -> db"]);
});

test("what is built, or built when a worker starts, does not have to be awaited", async () => {
  const container = new Container();
  const given = { useAsyncFactory: async () => ({}), deps: [] } as const;
  container.register("eager", given, { lifecycle: Lifecycle.ThreadScoped, eager: true });
  container.register("db", given, single);
  container.register("cache", { useFactory: () => 1, deps: [dep.proxy("db"), dep.proxy("eager")] }, single);
  expect(idsOf(container)).toEqual(["async: cache -> db"]);
  await container.resolveAsync("db");
  expect(idsOf(container)).toEqual([]);
});

test("declared scope names: an outer one does not hold what lives in an inner one", () => {
  const register = (container: Container) =>
    container
      .register("message", { useFactory: () => 1, deps: [] }, { ...scoped, scopeName: "message" })
      .register("connection", { useFactory: () => 1, deps: ["message"] }, { ...scoped, scopeName: "connection" });
  const declared = register(new Container({ scopes: ["connection", "message"] }));
  expect(idsOf(declared)).toEqual(["captive: connection -> message"]);
  expect(idsOf(register(new Container()))).toEqual([]);
});

test("every registration of a token is looked at, and all that @injectAll gathers", () => {
  class Gathers {
    constructor(@injectAll("plugin") readonly plugins: unknown[]) {}
  }
  const container = new Container();
  container.register("plugin", { useFactory: () => 1, deps: ["gone"] }).register("plugin", { useClass: Tx }, scoped);
  container.register(Gathers, Gathers, single);
  expect(idsOf(container)).toEqual(["unregistered: plugin -> gone", "captive: Gathers -> plugin"]);
});

test("an alias is looked through", () => {
  const container = new Container();
  container.register(Tx, Tx, scoped).register("tx", { useToken: Tx });
  container.register("cache", { useFactory: () => 1, deps: ["tx"] }, single);
  expect(idsOf(container)).toEqual(["captive: cache -> tx -> Tx"]);
});

test("a child container sees what it has, and what its singletons of outside do not see", () => {
  const root = new Container();
  root.register("shared", { useFactory: () => 1, deps: ["setting"] }, single);
  root.register("own", { useFactory: () => 1, deps: ["setting"] });
  const child = root.createChildContainer();
  child.register("setting", { useValue: 1 });
  expect(idsOf(child)).toEqual(["unregistered: shared -> setting"]);
  expect(idsOf(root)).toEqual(["unregistered: shared -> setting", "unregistered: own -> setting"]);
});

test("classes that nobody registered are looked at when they are named", () => {
  class Controller {
    constructor(@inject("gone") readonly gone: unknown) {}
  }
  expect(idsOf(new Container())).toEqual([]);
  expect(idsOf(new Container(), Controller)).toEqual(["unregistered: Controller -> gone"]);
  expect(new Container().diagnose("nowhere").map(({ id }) => id)).toEqual(["unregistered: nowhere"]);
});

test("a factory of the container is a note, which does not fail validate", () => {
  const container = new Container();
  container.register("opaque", { useFactory: (from) => from.resolve("gone") });
  container.register("clear", { useFactory: () => 1, deps: [] });
  const [note, ...rest] = container.diagnose();
  expect(rest).toEqual([]);
  expect({ ...note }).toMatchObject({ kind: "unseen", severity: "note", id: "unseen: opaque", code: undefined });
  expect(() => container.validate()).not.toThrow();
});

test("what only a joined container knows is a note", () => {
  const other = tsyringeContainer.createChildContainer();
  other.register("theirs", { useValue: 1 });
  const container = new Container();
  bridge(container, other);
  container.register("ours", { useFactory: () => 1, deps: ["theirs"] });
  expect(idsOf(container)).toEqual(["unseen: theirs"]);
});

test("validate throws all of them in one error, whose text has each", () => {
  const container = new Container();
  container.register(Tx, Tx, scoped).register(Cache, Cache, single);
  container.register("b", { useFactory: () => 1, deps: ["gone"] });
  const thrown = errorOf(() => container.validate()) as unknown as ValidationError;
  expect(thrown).toBeInstanceOf(ValidationError);
  expect(thrown.errors.map(({ code }: AmbitError) => code)).toEqual(["ERR_AMBIT_CAPTIVE", "ERR_AMBIT_UNREGISTERED"]);
  for (const error of thrown.errors) expect(thrown.message).toContain(error.message);
});

test("leaves no trace: plans and slots are as if nobody had looked", () => {
  const container = new Container();
  container.register("unused", { useClass: Tx }, scoped).register(Tx, Tx, scoped);
  const { slots, changes } = container.view.family;
  container.diagnose();
  container.graph();
  expect(container.view.family).toMatchObject({ slots, changes });
  expect(container.view.compiled.size).toBe(0);
});

test("problems are plain data for JSON, without the error", () => {
  const container = new Container();
  container.register(Tx, Tx, scoped).register(Cache, Cache, single);
  const [problem] = JSON.parse(JSON.stringify(container.diagnose())) as Problem[];
  expect(Object.keys(problem)).toEqual(["id", "kind", "severity", "code", "path", "message", "fix"]);
  expect(problem.path).toEqual([
    { name: "Cache", lifetime: "singleton" },
    { name: "Tx", lifetime: "context-scoped", via: "parameter #0 (tx)" },
  ]);
});

test("a disposed container tells nothing", async () => {
  const container = new Container();
  await container.dispose();
  for (const ask of [
    () => container.diagnose(),
    () => container.graph(),
    () => container.explain(Tx),
    () => container.recordEdges(),
  ])
    expect(ask).toThrow(ContainerDisposedError);
});
