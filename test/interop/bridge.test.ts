/** `bridge`: joins any two containers as the two default ones are. */
import { bridge, Container, container, contextScoped, dep, Lifecycle, NoScopeError, singleton } from "ambit";
import { container as tsyringeContainer } from "tsyringe";
import { expect, test } from "vitest";

class User {
  readonly name = "user";
}
class Holder {
  constructor(readonly user: User) {}
}

function bridged() {
  const ours = new Container();
  const theirs = tsyringeContainer.createChildContainer();
  const join = () => bridge(ours, theirs);
  return { ours, theirs, join };
}

test("what was registered before and after is known to the other side", () => {
  const { ours, theirs, join } = bridged();
  ours.register("before", { useFactory: () => ({ at: "before" }) }, { lifecycle: Lifecycle.ContextScoped });
  join();
  ours.register("after", { useFactory: () => ({ at: "after" }) }, { lifecycle: Lifecycle.ContextScoped });
  const [before, after] = ["before", "after"].map((token) => theirs.resolve<{ at: string }>(token));
  ours.runInScopeSync(() => expect([before?.at, after?.at]).toEqual(["before", "after"]));
  expect(() => before?.at).toThrow(NoScopeError);
});

test("what only the other side knows is found, from the containers below as well", () => {
  const { ours, theirs, join } = bridged();
  join();
  theirs.register("theirs", { useValue: 1 });
  expect(ours.resolve("theirs")).toBe(1);
  expect(ours.createChildContainer().resolve("theirs")).toBe(1);
  expect(new Container().tryResolve("theirs")).toBeUndefined();
});

test("two of the other side are asked in turn", () => {
  const { ours, theirs, join } = bridged();
  const more = tsyringeContainer.createChildContainer();
  join();
  bridge(ours, more);
  more.register("more", { useValue: 2 });
  theirs.register("one", { useValue: 1 });
  expect([ours.resolve("one"), ours.resolve("more")]).toEqual([1, 2]);
});

test("a name that has become something else is not told when what it stood for is", () => {
  const { ours, theirs, join } = bridged();
  join();
  ours.register("user", { useToken: User }).register("user", { useClass: Holder, deps: ["other"] } as never);
  ours.register(User, User, { lifecycle: Lifecycle.ContextScoped });
  expect([theirs.isRegistered(User), theirs.isRegistered("user")]).toEqual([true, false]);
});

test("joining again tells the other side what it has forgotten, and nothing twice", () => {
  const { ours, theirs, join } = bridged();
  ours.register(User, { useClass: User }, { lifecycle: Lifecycle.ContextScoped });
  join();
  join();
  expect(theirs.resolveAll(User)).toHaveLength(1);
  theirs.reset();
  expect(theirs.isRegistered(User)).toBe(false);
  join();
  const user = theirs.resolve(User);
  expect(() => user.name).toThrow(NoScopeError);
});

test("what it has told is not taken for the other side's own after a reset of ours", () => {
  const { ours, theirs, join } = bridged();
  ours.register("user", { useClass: User }, { lifecycle: Lifecycle.ContextScoped });
  join();
  ours.reset();
  expect(theirs.isRegistered("user")).toBe(true);
  expect(ours.tryResolve("user")).toBeUndefined();
});

test("overrides in a scope are seen by what the other side holds", () => {
  const { ours, theirs, join } = bridged();
  ours.register(User, { useClass: User }, { lifecycle: Lifecycle.ContextScoped });
  join();
  theirs.register(Holder, { useFactory: (container) => new Holder(container.resolve(User)) });
  const holder = theirs.resolve(Holder);
  ours.runInScopeSync((scope) => {
    scope.override(User, { useValue: { name: "fake" } });
    expect(holder.user.name).toBe("fake");
  });
});

test("what is registered anew is given to the other side as it lives now", () => {
  const { ours, theirs, join } = bridged();
  join();
  ours.register(User, { useClass: User }, { lifecycle: Lifecycle.Singleton });
  ours.register(User, { useClass: User }, { lifecycle: Lifecycle.ContextScoped });
  const user = ours.runInScopeSync(() => theirs.resolve(User));
  expect(() => user.name).toThrow(NoScopeError);
  expect(theirs.resolveAll(User)).toHaveLength(1);
});

test.each([
  ["a name", { useToken: User }, undefined],
  ["something context-lived", { useClass: User }, { lifecycle: Lifecycle.ContextScoped }],
])("what was %s and is a value now, is that value on both sides", (_, provider, options) => {
  const { ours, theirs, join } = bridged();
  join();
  ours.register(User, { useClass: User }, { lifecycle: Lifecycle.Singleton });
  ours.register("user", provider as { useToken: typeof User }, options);
  ours.register("user", { useValue: "Ada" });
  expect([theirs.resolve("user"), ours.resolve("user")]).toEqual(["Ada", "Ada"]);
});

test("an alias leads where it leads now, also one that was registered before its target", () => {
  const { ours, theirs, join } = bridged();
  join();
  ours.register("early", { useToken: User });
  ours.register(User, { useClass: User }, { lifecycle: Lifecycle.ContextScoped });
  ours.register("late", { useToken: "before" }).register("late", { useToken: "early" });
  const given = ours.runInScopeSync(() => ["early", "late"].map((token) => theirs.resolve<User>(token)));
  for (const user of given) expect(() => user.name).toThrow(NoScopeError);
});

test("what a child container's other side knows is registered there", () => {
  const root = new Container();
  const child = root.createChildContainer();
  const theirs = tsyringeContainer.createChildContainer().register("theirs", { useValue: 1 });
  bridge(child, theirs);
  expect([child.isRegistered("theirs", true), child.isRegistered("theirs")]).toEqual([true, false]);
  expect(root.isRegistered("theirs", true)).toBe(false);
});

test("what the other side gives is not disposed by ours, though it was registered to keep it", async () => {
  const { ours, theirs, join } = bridged();
  const ended: string[] = [];
  class Theirs {
    dispose(): void {
      ended.push("theirs");
    }
  }
  join();
  theirs.registerSingleton(Theirs);
  ours.register("kept", { useFactory: (given: Theirs) => given, deps: [Theirs] }, { lifecycle: Lifecycle.Singleton });
  expect(ours.resolve("kept")).toBe(theirs.resolve(Theirs));
  await ours.dispose();
  expect(ended).toEqual([]);
});

test("a container of the other side that was disposed knows nothing any more", async () => {
  const { ours, theirs, join } = bridged();
  join();
  await theirs.dispose();
  ours.register("later", { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped });
  expect(ours.resolve(User)).toBeInstanceOf(User);
  expect(ours.tryResolve("nobody")).toBeUndefined();
});

test("what the other side has heard of only since it was first asked for is found there", () => {
  const { ours, theirs, join } = bridged();
  join();
  ours.register(Holder, { useClass: Holder, deps: [User] });
  ours.register("optional", { useFactory: (found: unknown) => ({ found }), deps: [dep.optional("found")] });
  ours.resolve(User);
  ours.resolve(Holder);
  expect(ours.resolve("optional")).toEqual({ found: undefined });
  theirs.registerSingleton(User).register("found", { useValue: 1 });
  expect(ours.resolve(Holder).user).toBe(theirs.resolve(User));
  expect(ours.createChildContainer().resolve(User)).toBe(theirs.resolve(User));
  expect(ours.resolve("optional")).toEqual({ found: 1 });
});

test("what only the other side knows has no stand-in: nobody here knows how long it lives", () => {
  const { ours, theirs, join } = bridged();
  join();
  theirs.register("theirs", { useFactory: () => new User() });
  ours.register(Holder, { useClass: Holder, deps: [dep.proxy("theirs")] }, { lifecycle: Lifecycle.Singleton });
  const { user } = ours.resolve(Holder);
  expect(() => user.name).toThrow("Cannot stand in for theirs: only a joined container knows it");
});

test("a class of ambit's decorators is the default container's, where the other side was told of it: nobody gets a second", () => {
  @singleton()
  class Clock {}
  @contextScoped()
  class Request {
    readonly path = "/";
  }
  const { ours, join } = bridged();
  join();
  expect(ours.resolve(Clock)).toBe(container.resolve(Clock));
  ours.runInScopeSync(() => expect(() => ours.resolve(Request).path).toThrow(NoScopeError));
  ours.register(Request, Request, { lifecycle: Lifecycle.ContextScoped });
  ours.runInScopeSync(() => expect(ours.resolve(Request).path).toBe("/"));
});
