/** tsyringe's beforeResolution and afterResolution. */
import { Container, inject, injectAll, Lifecycle } from "ambit";
import { expect, test } from "vitest";

test("are told what is asked for, and what it gave", () => {
  const calls: unknown[][] = [];
  const container = new Container().register("port", { useValue: 80 });
  container.beforeResolution("port", (...args) => calls.push(["before", ...args]));
  container.afterResolution("port", (...args) => calls.push(["after", ...args]));
  container.resolve("port");
  container.resolveAll("port");
  expect(calls).toEqual([
    ["before", "port", "Single"],
    ["after", "port", 80, "Single"],
    ["before", "port", "All"],
    ["after", "port", [80], "All"],
  ]);
});

test("are told each time, by default; once when they say so", () => {
  const calls: string[] = [];
  const container = new Container().register("port", { useValue: 80 });
  container.beforeResolution("port", () => calls.push("always"), { frequency: "Always" });
  container.beforeResolution("port", () => calls.push("default"));
  container.beforeResolution("port", () => calls.push("once"), { frequency: "Once" });
  for (let time = 0; time < 2; time++) container.resolve("port");
  expect(calls).toEqual(["always", "default", "once", "always", "default"]);
});

test("are told of dependencies too: of one, and of all", () => {
  class Host {
    constructor(
      @inject("port") readonly port: number,
      @injectAll("plugin") readonly plugins: unknown[],
    ) {}
  }
  const calls: unknown[][] = [];
  const container = new Container().register("port", { useValue: 80 }).register("plugin", { useValue: "a" });
  for (const token of ["port", "plugin"]) {
    container.beforeResolution(token, (...args) => calls.push(["before", ...args]));
    container.afterResolution(token, (...args) => calls.push(["after", ...args]));
  }
  container.resolve(Host);
  expect(calls).toEqual([
    ["before", "port", "Single"],
    ["after", "port", 80, "Single"],
    ["before", "plugin", "All"],
    ["after", "plugin", ["a"], "All"],
  ]);
});

test("are told of a singleton each time it is asked for, also when it is there", () => {
  class Db {}
  const calls: unknown[] = [];
  const container = new Container().register(Db, Db, { lifecycle: Lifecycle.Singleton });
  container.resolve(Db);
  container.afterResolution(Db, (_, db) => calls.push(db));
  const db = container.resolve(Db);
  container.resolve(Db);
  expect([calls.length, calls.every((each) => each === db)]).toEqual([2, true]);
});

test("are told in scopes too", () => {
  const calls: unknown[] = [];
  const container = new Container().register(
    "user",
    { useFactory: () => "ann" },
    { lifecycle: Lifecycle.ContextScoped },
  );
  container.afterResolution("user", (_, user, type) => calls.push([user, type]));
  container.runInScopeSync((scope) => [scope.resolve("user"), container.resolve("user"), scope.resolveAll("user")]);
  expect(calls).toEqual([
    ["ann", "Single"],
    ["ann", "Single"],
    [["ann"], "All"],
  ]);
});

test("are told of an unregistered class, and not of what cannot be resolved", () => {
  class Clock {}
  const calls: unknown[] = [];
  const container = new Container();
  for (const token of [Clock, "missing"]) container.beforeResolution(token, (asked) => calls.push(asked));
  container.resolve(Clock);
  expect(() => container.resolve("missing")).toThrow(expect.objectContaining({ code: "ERR_AMBIT_UNREGISTERED" }));
  expect(calls).toEqual([Clock]);
});

test("of a child are told of what the child is asked, not of what the container around it is asked", () => {
  const calls: string[] = [];
  const root = new Container().register("port", { useValue: 80 });
  const child = root.createChildContainer();
  root.beforeResolution("port", () => calls.push("root"));
  child.beforeResolution("port", () => calls.push("child"));
  root.resolve("port");
  child.resolve("port");
  expect(calls).toEqual(["root", "child"]);
});

test("that throw are heard by who asked, and nothing is lost", () => {
  const failure = new Error("not you");
  let fail = true;
  const container = new Container().register("db", { useFactory: () => ({}) }, { lifecycle: Lifecycle.Singleton });
  container.afterResolution("db", () => {
    if (fail) throw failure;
  });
  expect(() => container.resolve("db")).toThrow(failure);
  fail = false;
  expect(container.resolve("db")).toBe(container.resolve("db"));
});

test("promise 8 holds for what they watch", () => {
  const container = new Container().register("user", { useFactory: () => 1 }, { lifecycle: Lifecycle.ContextScoped });
  container.register("cache", { deps: ["user"], useFactory: (user) => user }, { lifecycle: Lifecycle.Singleton });
  container.beforeResolution("user", () => {});
  expect(() => container.runInScopeSync((scope) => scope.resolve("cache"))).toThrow(
    expect.objectContaining({ code: "ERR_AMBIT_CAPTIVE" }),
  );
});

test("resolution-scoped instances are shared through what they watch", () => {
  const container = new Container().register(
    "work",
    { useFactory: () => ({}) },
    { lifecycle: Lifecycle.ResolutionScoped },
  );
  container.beforeResolution("work", () => {});
  container.register("pair", { deps: ["work", "work"], useFactory: (...both) => both });
  const [a, b] = container.resolve<unknown[]>("pair");
  expect(a).toBe(b);
});

test("promise 6: a closing scope still gives what is built, though it is watched", async () => {
  const seen: unknown[] = [];
  const container = new Container().register(
    "user",
    { useFactory: () => "ann" },
    { lifecycle: Lifecycle.ContextScoped },
  );
  container.beforeResolution("user", () => {});
  await container.runInScope((scope) => {
    scope.resolve("user");
    scope.defer(() => seen.push(scope.resolve("user")));
  });
  expect(seen).toEqual(["ann"]);
});
