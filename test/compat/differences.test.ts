/** docs/differences-from-tsyringe.md, number by number: what tsyringe does, and what ambit does. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DependencyContainer } from "tsyringe";
import { beforeEach, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { countAlive } from "../support/gc.js";
import { ROOT } from "../support/repository.js";
import { type Library, libraries, resetBoth, thrownBy } from "./libraries.js";

beforeEach(resetBoth);

/** What a case gives with either. */
function each<T>(run: (library: Library, container: DependencyContainer) => T): Record<string, T> {
  const results = libraries.map(([name, library]) => [name, run(library, library.container.createChildContainer())]);
  return Object.fromEntries(results) as Record<string, T>;
}

async function eachAsync<T>(run: Parameters<typeof each<Promise<T>>>[0]): Promise<Record<string, T>> {
  const results = Object.entries(each(run)).map(async ([name, result]) => [name, await result]);
  return Object.fromEntries(await Promise.all(results)) as Record<string, T>;
}

/** A class whose instances say when they are disposed. */
function disposable(calls: string[], name: string, end: () => unknown = () => undefined) {
  return class {
    dispose(): unknown {
      calls.push(name);
      return end();
    }
  };
}

test("every number of the page has its test here, under the same words", () => {
  const page = readFileSync(join(ROOT, "docs/differences-from-tsyringe.md"), "utf8");
  const own = readFileSync(join(ROOT, "test/compat/differences.test.ts"), "utf8");
  const headings = [...page.matchAll(/^### (\d+\. .+)$/gm)].map(([, heading]) => heading);
  const tests = [...own.matchAll(/^test\("(\d+\. [^"]+)"/gm)].map(([, title]) => title);
  expect(headings.length).toBeGreaterThan(14);
  expect(tests).toEqual(headings);
});

test("1. Disposal is newest first, each awaited, and all run", async () => {
  const order = await eachAsync(async ({ inject, injectable }, container) => {
    const calls: string[] = [];
    const closing = deferred();
    const Db = disposable(calls, "db");
    @injectable()
    class Repository extends disposable(calls, "repository", () => closing.promise) {
      constructor(@inject(Db) readonly db: object) {
        super();
      }
    }
    container.registerSingleton(Db).registerSingleton(Repository);
    container.resolve(Repository);
    const disposed = container.dispose();
    const atOnce = calls.join();
    closing.resolve();
    await disposed;
    return { atOnce, atLast: calls.join() };
  });
  expect(order).toEqual({
    tsyringe: { atOnce: "db,repository", atLast: "db,repository" },
    ambit: { atOnce: "repository", atLast: "repository,db" },
  });

  const disposed = await eachAsync(async (_, container) => {
    const calls: string[] = [];
    const fail = () => {
      throw new Error("no");
    };
    const all = ["a", "b", "c"].map((name) => disposable(calls, name, name === "b" ? fail : undefined));
    for (const target of all) container.registerSingleton(target).resolve(target);
    await expect(container.dispose()).rejects.toThrow("no");
    return calls;
  });
  expect(disposed).toEqual({ tsyringe: ["a", "b"], ambit: ["c", "b", "a"] });
});

test("2. Disposing twice disposes once", async () => {
  const calls = await eachAsync(async (_, container) => {
    const calls: string[] = [];
    const Db = disposable(calls, "db");
    container.registerSingleton(Db).resolve(Db);
    await container.dispose();
    await container.dispose();
    return calls;
  });
  expect(calls).toEqual({ tsyringe: ["db", "db"], ambit: ["db"] });
});

test("3. A parent's singleton belongs to the parent, whichever child asks first", async () => {
  const calls = await eachAsync(async (_, container) => {
    const calls: string[] = [];
    const Db = disposable(calls, "db");
    container.registerSingleton(Db);
    const child = container.createChildContainer();
    const db = child.resolve(Db);
    await child.dispose();
    return { calls: [...calls], stillGiven: container.resolve(Db) === db };
  });
  expect(calls).toEqual({
    tsyringe: { calls: ["db"], stillGiven: true },
    ambit: { calls: [], stillGiven: true },
  });
});

test("4. A parent's singleton is built of what the parent has registered", () => {
  const users = each(({ inject, injectable }, container) => {
    @injectable()
    class Cache {
      constructor(@inject("user") readonly user: string) {}
    }
    container.registerSingleton(Cache).registerInstance("user", "nobody");
    const requestOfAda = container.createChildContainer().registerInstance("user", "Ada");
    const requestOfBob = container.createChildContainer().registerInstance("user", "Bob");
    requestOfAda.resolve(Cache);
    return requestOfBob.resolve(Cache).user;
  });
  expect(users).toEqual({ tsyringe: "Ada", ambit: "nobody" });
});

test("5. Transients that a container has made are not kept alive by it", async () => {
  const alive: DependencyContainer[] = [];
  const kept = await eachAsync(async (_, container) => {
    alive.push(container);
    const Handle = disposable([], "handle");
    return countAlive(Array.from({ length: 100 }, () => new WeakRef(container.resolve(Handle))));
  });
  expect(kept).toEqual({ tsyringe: 100, ambit: 0 });
  expect(alive).toHaveLength(2);
});

test("6. What a factory made for a lifetime is disposed, and Symbol.asyncDispose is honoured", async () => {
  const calls = await eachAsync(async ({ Lifecycle }, container) => {
    const calls: string[] = [];
    const [Made, Shared] = [disposable(calls, "made"), disposable(calls, "shared")];
    class Pool {
      async [Symbol.asyncDispose](): Promise<void> {
        calls.push("pool");
      }
    }
    container.registerSingleton(Pool).resolve(Pool);
    const shared = new Shared();
    container.register("shared", { useFactory: () => shared });
    const named = container.register as (...args: unknown[]) => void;
    named.call(container, "made", { useFactory: () => new Made() }, { lifecycle: Lifecycle.Transient });
    const held = [container.resolve("shared"), container.resolve("made")];
    await container.dispose();
    return { calls, held: held.length };
  });
  expect(calls).toEqual({
    tsyringe: { calls: [], held: 2 },
    ambit: { calls: ["made", "pool"], held: 2 },
  });
});

test("7. instanceCachingFactory keeps no rejection", async () => {
  const outcomes = await eachAsync(async ({ instanceCachingFactory }, container) => {
    const answers = [() => Promise.reject(new Error("down")), () => Promise.resolve("up")];
    container.register<Promise<string>>("db", {
      useFactory: instanceCachingFactory(() => (answers.shift() as () => Promise<string>)()),
    });
    await expect(container.resolve<Promise<string>>("db")).rejects.toThrow("down");
    return container.resolve<Promise<string>>("db").catch((error: Error) => error.message);
  });
  expect(outcomes).toEqual({ tsyringe: "down", ambit: "up" });
});

test("8. One resolution, one instance, for injectAll too", () => {
  const shared = each(({ injectable, injectAll, Lifecycle, scoped }, container) => {
    @scoped(Lifecycle.ResolutionScoped)
    class Work {}
    @injectable()
    class Job {
      constructor(
        readonly work: Work,
        @injectAll(Work) readonly all: Work[],
      ) {}
    }
    const job = container.resolve(Job);
    return job.work === job.all[0];
  });
  expect(shared).toEqual({ tsyringe: false, ambit: true });
});

test("9. A cycle is an error with its path", () => {
  const errors = each((_, container) => {
    container.register("a", { useFactory: (c) => c.resolve("b") });
    container.register("b", { useFactory: (c) => c.resolve("a") });
    return thrownBy(() => container.resolve("a")) as Error & { code?: string };
  });
  expect(errors.tsyringe).toBeInstanceOf(RangeError);
  expect(errors.ambit).toMatchObject({ code: "ERR_AMBIT_CYCLE", message: expect.stringContaining("a -> b -> a") });

  const refusals = each((_, container) => {
    const [one, Two] = [Symbol("one"), class Two {}];
    container.register(one, { useToken: Two });
    return thrownBy(() => container.register(Two, { useToken: one }))?.message;
  });
  expect(refusals).toEqual({
    tsyringe: "Cannot convert a Symbol value to a string",
    ambit: "Token registration cycle detected! Two -> one -> Two",
  });
});

test("10. Falsy is a value", () => {
  const calls = each(({ instanceCachingFactory, Lifecycle }, container) => {
    let made = 0;
    const zero = () => {
      made++;
      return 0;
    };
    container.register("zero", { useFactory: zero });
    container.register("one zero", { useToken: "zero" }, { lifecycle: Lifecycle.Singleton });
    container.register("undefined", { useFactory: instanceCachingFactory<void>(() => void ++made) });
    for (const token of ["one zero", "one zero", "undefined", "undefined"]) container.resolve(token);
    return made;
  });
  expect(calls).toEqual({ tsyringe: 4, ambit: 2 });

  const values = each((_, container) => {
    container.register("nothing", { useValue: undefined });
    return thrownBy(() => container.resolve("nothing"));
  });
  expect(values).toEqual({ tsyringe: expect.any(Error), ambit: undefined });
});

test("11. delay() does not let the longer-lived hold the shorter-lived", () => {
  const users = each(({ delay, inject, injectable, Lifecycle }, container) => {
    class User {
      name = "nobody";
    }
    @injectable()
    class Cache {
      constructor(@inject(delay(() => User)) readonly user: User) {}
    }
    const perRequest = container.register as (...args: unknown[]) => void;
    container.registerSingleton(Cache);
    if (!("ContextScoped" in Lifecycle)) {
      container.register(User, User, { lifecycle: Lifecycle.ContainerScoped });
      const [ada, bob] = ["Ada", "Bob"].map((name) => {
        const request = container.createChildContainer();
        request.resolve(User).name = name;
        return request;
      });
      return [ada, bob].map((request) => request.resolve(Cache).user.name);
    }
    perRequest.call(container, User, User, { lifecycle: Lifecycle.ContextScoped });
    return thrownBy(() => container.resolve(Cache).user.name);
  });
  expect(users).toEqual({
    tsyringe: ["Ada", "Ada"],
    ambit: expect.objectContaining({ code: "ERR_AMBIT_CAPTIVE", message: expect.stringContaining("injectRef(User)") }),
  });
});

test("12. Decorators leave the compiler's metadata as it is, and a container's children end with it", async () => {
  const written = each(({ inject, injectable }) => {
    @injectable()
    class Mailer {
      constructor(@inject("smtp") readonly smtp: string) {}
    }
    return Reflect.getOwnMetadata("design:paramtypes", Mailer) as unknown[];
  });
  expect(written).toEqual({ tsyringe: [expect.objectContaining({ token: "smtp" })], ambit: [String] });

  const children = await eachAsync(async (_, container) => {
    const calls: string[] = [];
    const Db = disposable(calls, "db");
    const child = container.createChildContainer();
    child.registerSingleton(Db).resolve(Db);
    await container.dispose();
    return { calls, refused: thrownBy(() => child.resolve(Db)) instanceof Error };
  });
  expect(children).toEqual({
    tsyringe: { calls: [], refused: false },
    ambit: { calls: ["db"], refused: true },
  });
});

test("13. A factory may have a lifetime", () => {
  const outcomes = each(({ Lifecycle }, container) => {
    const register = container.register as (...args: unknown[]) => void;
    const refused = thrownBy(() =>
      register.call(container, "db", { useFactory: () => ({}) }, { lifecycle: Lifecycle.Singleton }),
    );
    return refused?.message ?? container.resolve("db") === container.resolve("db");
  });
  expect(outcomes).toEqual({
    tsyringe: 'Cannot use lifecycle "Singleton" with ValueProviders or FactoryProviders',
    ambit: true,
  });
});

test("14. What a constructor throws arrives as it was thrown", () => {
  const same = each(({ injectable }, container) => {
    class HttpError extends Error {
      readonly status = 401;
    }
    const thrown = new HttpError("who are you?");
    class CurrentUser {
      constructor() {
        throw thrown;
      }
    }
    @injectable()
    class Controller {
      constructor(readonly user: CurrentUser) {}
    }
    const error = thrownBy(() => container.resolve(Controller));
    return { same: error === thrown, isHttpError: error instanceof HttpError };
  });
  expect(same).toEqual({
    tsyringe: { same: false, isHttpError: false },
    ambit: { same: true, isHttpError: true },
  });
});

test("15. Errors have a class, a code, and more lines than tsyringe's sentences", () => {
  const errors = each((_, container) => {
    const error = thrownBy(() => container.resolve("mailer")) as Error & { code?: string };
    return { name: error.name, code: error.code, lines: error.message.split("\n").length };
  });
  expect(errors).toEqual({
    tsyringe: { name: "Error", code: undefined, lines: 1 },
    ambit: { name: "UnregisteredTokenError", code: "ERR_AMBIT_UNREGISTERED", lines: 2 },
  });
});

test("16. A class that is scoped under a token is scoped under its own name, too", () => {
  const same = each(({ Lifecycle, scoped }, container) => {
    @scoped(Lifecycle.ContainerScoped, "Session")
    class Session {}
    return [container.resolve(Session) === container.resolve(Session), container.isRegistered(Session, true)];
  });
  expect(same).toEqual({ tsyringe: [false, false], ambit: [true, true] });
});

test("17. Container-scoped is one per container, whenever it was registered", () => {
  const unique = each(({ Lifecycle }, container) => {
    const child = container.createChildContainer();
    class Session {}
    container.register(Session, Session, { lifecycle: Lifecycle.ContainerScoped });
    const later = container.createChildContainer();
    return {
      unique: child.resolve(Session) !== container.resolve(Session),
      isTheChilds: later.isRegistered(Session),
    };
  });
  expect(unique).toEqual({
    tsyringe: { unique: false, isTheChilds: true },
    ambit: { unique: true, isTheChilds: false },
  });
});

test("18. registerSingleton(Class, name) means the name", () => {
  const resolved = each((_, container) => {
    class Service {}
    class Fake {}
    container.register("fake", { useClass: Fake }).registerSingleton<object>(Service, "fake");
    return container.resolve(Service) instanceof Fake;
  });
  expect(resolved).toEqual({ tsyringe: false, ambit: true });
});

test("19. What cannot mean what it says is refused when it is registered", () => {
  const refused = each((_, container) => {
    const register = (...args: unknown[]) =>
      thrownBy(() => (container.register as (...all: unknown[]) => void).apply(container, args)) !== undefined;
    const clash = { useValue: 1, useFactory: () => 2 };
    const noClass = { useClass: () => ({}) };
    return [register("clash", clash), register("empty", {}), register("arrow", noClass), register(undefined, clash)];
  });
  expect(refused).toEqual({ tsyringe: [false, false, false, false], ambit: [true, true, true, true] });
});

test("20. A class is given what its parameters say, decorated with @injectable or not", () => {
  const given = each(({ inject, injectable }, container) => {
    class Clock {}
    @injectable()
    class Base {
      constructor(readonly clock: Clock) {}
    }
    class Derived extends Base {}
    class Undecorated {
      constructor(@inject(Clock) readonly clock: Clock) {}
    }
    const undecorated = thrownBy(() => container.resolve(Undecorated));
    return [container.resolve(Derived).clock instanceof Clock, undecorated?.message];
  });
  expect(given).toEqual({
    tsyringe: [false, 'TypeInfo not known for "Undecorated"'],
    ambit: [true, undefined],
  });
});

test("21. A parameter that nothing describes is never silently undefined", () => {
  const given = each(({ inject, injectable }, container) => {
    class Mailer {
      constructor(
        readonly a: unknown,
        readonly b: unknown,
      ) {}
    }
    // Without `emitDecoratorMetadata`, as esbuild compiles it.
    inject("b")(Mailer, undefined, 1);
    injectable()(Mailer);
    container.register("b", { useValue: "b" });
    return thrownBy(() => container.resolve(Mailer))?.message.split("\n")[0] ?? "a is undefined";
  });
  expect(given).toEqual({
    tsyringe: "a is undefined",
    ambit: 'TypeInfo not known for "Mailer": nothing says what to inject as parameter #0.',
  });

  const byType = each(({ injectable }, container) => {
    @injectable()
    class Greeter {
      constructor(readonly name: string) {}
    }
    container.register<unknown>(String, { useValue: "for every string" });
    return thrownBy(() => container.resolve(Greeter)) === undefined;
  });
  expect(byType).toEqual({ tsyringe: true, ambit: false });
});

test("22. autoInjectable honours isOptional, is one resolution, and keeps the class's name", () => {
  const given = each(({ autoInjectable, inject, injectAll, Lifecycle, scoped }) => {
    @scoped(Lifecycle.ResolutionScoped)
    class Work {}
    @autoInjectable()
    class View {
      constructor(
        readonly a?: Work,
        readonly b?: Work,
      ) {}
    }
    @autoInjectable()
    class Page {
      constructor(
        @inject("nothing", { isOptional: true }) readonly nothing?: string,
        @injectAll("nothing", { isOptional: true }) readonly all?: string[],
      ) {}
    }
    const view = new View();
    const refused = thrownBy(() => new Page()) !== undefined;
    return { refused, shared: view.a === view.b, name: (View as { readonly name: string }).name };
  });
  expect(given).toEqual({
    tsyringe: { refused: true, shared: false, name: "" },
    ambit: { refused: false, shared: true, name: "View" },
  });
});

test("23. An interceptor that is called once is called once, also when it resolves the same again", () => {
  const calls = each((_, container) => {
    let calls = 0;
    container.register("a", { useValue: 1 });
    container.beforeResolution("a", () => void (++calls < 10 && container.resolve("a")), { frequency: "Once" });
    container.resolve("a");
    return calls;
  });
  expect(calls).toEqual({ tsyringe: 10, ambit: 1 });
});

test("24. A caching factory makes what it keeps as a singleton is made", async () => {
  const made = await eachAsync(async ({ instanceCachingFactory, predicateAwareClassFactory }, container) => {
    const calls: string[] = [];
    const Pool = disposable(calls, "pool");
    const Other = disposable(calls, "other");
    container.register("user", { useValue: "nobody" });
    container.register("kept", {
      useFactory: instanceCachingFactory((c) => ({ user: c.resolve("user"), pool: c.resolve(Pool) })),
    });
    container.register("chosen", { useFactory: predicateAwareClassFactory<object>(() => true, Other, Pool) });
    const request = container.createChildContainer().registerInstance("user", "Ada");
    request.resolve("kept");
    request.resolve("chosen");
    await request.dispose();
    return { user: container.resolve<{ user: string }>("kept").user, disposed: calls };
  });
  expect(made).toEqual({
    tsyringe: { user: "Ada", disposed: ["pool", "other"] },
    ambit: { user: "nobody", disposed: [] },
  });
});

test("25. What can never be built is refused before anything is built", () => {
  const calls = each(({ inject, injectable }, container) => {
    const calls: string[] = [];
    class Connection {
      constructor() {
        calls.push("connection opened");
      }
    }
    @injectable()
    class Service {
      constructor(
        @inject(Connection) readonly connection: Connection,
        @inject("missing") readonly missing: unknown,
      ) {}
    }
    container.beforeResolution(Connection, () => void calls.push("before connection"));
    expect(() => container.resolve(Service)).toThrow('unregistered dependency token: "missing"');
    return calls;
  });
  expect(calls).toEqual({ tsyringe: ["before connection", "connection opened"], ambit: [] });

  const afterwards = each(({ inject, injectable }, container) => {
    class Settings {}
    @injectable()
    class Service {
      constructor(@inject(Settings) readonly settings: Settings) {}
    }
    container.registerSingleton(Service).resolve(Service);
    container.register(Settings, { useToken: "missing" });
    return thrownBy(() => container.resolve(Service)) !== undefined;
  });
  expect(afterwards).toEqual({ tsyringe: false, ambit: true });
});

test("26. What outlives a resolution shares nothing that is scoped to it", () => {
  const shared = each(({ inject, injectable, Lifecycle, scoped, singleton }, container) => {
    @scoped(Lifecycle.ResolutionScoped)
    class Work {}
    @singleton()
    class Cache {
      constructor(@inject(Work) readonly work: Work) {}
    }
    @injectable()
    class Job {
      constructor(
        @inject(Work) readonly work: Work,
        @inject(Cache) readonly cache: Cache,
      ) {}
    }
    const job = container.resolve(Job);
    return job.work === job.cache.work;
  });
  expect(shared).toEqual({ tsyringe: true, ambit: false });
});

test("27. Reflect need not be loaded first", () => {
  const loads = (name: string) => {
    const program = `import { container } from "${name}"; console.log(typeof container.resolve);`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: ROOT,
      encoding: "utf8",
    });
    return stderr.includes("requires a reflect polyfill") || stdout.trim();
  };
  // The built package: needs a build.
  expect([loads("tsyringe"), loads("ambit")]).toEqual([true, "function"]);
});

test("28. A decorated class keeps its lifetime when nobody has registered it", () => {
  const shared = each(({ singleton, container }) => {
    @singleton()
    class Clock {}
    const before = container.resolve(Clock);
    container.reset();
    const after = container.resolve(Clock);
    return [after === container.resolve(Clock), after === before];
  });
  expect(shared).toEqual({ tsyringe: [false, false], ambit: [true, false] });
});
