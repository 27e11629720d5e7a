/**
 * Promise 7: what is yours stays yours. Values, seeds, and what a bare factory gives are never disposed by ambit; what a
 * class or a generator built, and what a factory with a lifecycle gave, is the container's. `owned` overrules.
 */
import { Container, Lifecycle, type RegistrationOptions } from "ambit";
import { expect, test } from "vitest";

class Disposable {
  disposed = 0;

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

const context = { lifecycle: Lifecycle.ContextScoped } as const;

/** Resolves `token` in a scope and outside of one, ends everything, and gives how often `value` was disposed. */
async function disposalsOf(value: Disposable, container: Container, token: string): Promise<number> {
  await container.runInScope(async (scope) => {
    scope.resolve(token);
    await scope.resolveAsync(token);
  });
  await container.dispose();
  return value.disposed;
}

test("7: a value that was registered is never disposed", async () => {
  const value = new Disposable();
  const container = new Container().register("value", { useValue: value });
  expect(await disposalsOf(value, container, "value")).toBe(0);
});

test("7: an instance that was registered in tsyringe's words is never disposed", async () => {
  const value = new Disposable();
  const container = new Container();
  container.registerInstance("value", value);
  expect(await disposalsOf(value, container, "value")).toBe(0);
});

test("7: a value that was registered with owned: true is disposed with its container, asked for or not", async () => {
  const value = new Disposable();
  const container = new Container().register("value", { useValue: value }, { owned: true });
  await container.dispose();
  expect(value.disposed).toBe(1);
});

test("7: a seed is never disposed, not by the scope that was given it, nor by one inside it", async () => {
  const value = new Disposable();
  const container = new Container();
  await container.runInScope({ seeds: [["socket", value]] }, async (outer) => {
    outer.resolve("socket");
    await container.runInScope((inner) => inner.resolve("socket"));
  });
  await container.dispose();
  expect(value.disposed).toBe(0);
});

test("7: what a bare factory gives is never disposed", async () => {
  const shared = new Disposable();
  const container = new Container().register("shared", { useFactory: () => shared });
  expect(await disposalsOf(shared, container, "shared")).toBe(0);
});

test("7: what a bare factory of dependencies gives is never disposed", async () => {
  const shared = new Disposable();
  const container = new Container()
    .register("name", { useValue: "pool" })
    .register("shared", { useFactory: () => shared, deps: ["name"] });
  expect(await disposalsOf(shared, container, "shared")).toBe(0);
});

test.each<[string, RegistrationOptions]>([
  ["Transient", { lifecycle: Lifecycle.Transient }],
  ["ResolutionScoped", { lifecycle: Lifecycle.ResolutionScoped }],
  ["ContextScoped", context],
  ["ContainerScoped", { lifecycle: Lifecycle.ContainerScoped }],
  ["Singleton", { lifecycle: Lifecycle.Singleton }],
  ["ThreadScoped", { lifecycle: Lifecycle.ThreadScoped }],
  ["no lifecycle but owned: true", { owned: true }],
])("7: what a factory with %s gives is the container's", async (_, options) => {
  const given = new Disposable();
  const container = new Container().register("given", { useFactory: () => given }, options);
  expect(await disposalsOf(given, container, "given")).toBe(1);
});

test.each<[string, RegistrationOptions]>([
  ["ContextScoped", context],
  ["Singleton", { lifecycle: Lifecycle.Singleton }],
  ["Transient", { lifecycle: Lifecycle.Transient }],
])("7: owned: false leaves to its giver what a factory with %s gives", async (_, options) => {
  const given = new Disposable();
  const container = new Container().register("given", { useFactory: () => given }, { ...options, owned: false });
  expect(await disposalsOf(given, container, "given")).toBe(0);
});

test("7: owned: false leaves alone what a class built", async () => {
  const container = new Container().register(Disposable, Disposable, { ...context, owned: false });
  const built = await container.runInScope((scope) => scope.resolve(Disposable));
  expect(built.disposed).toBe(0);
});

test("7: what a class built is the container's, also one that nobody registered", async () => {
  const built = await new Container().runInScope((scope) => scope.resolve(Disposable));
  expect(built.disposed).toBe(1);
});

test("7: what an async factory gave is the container's, unless owned: false", async () => {
  const [given, kept] = [new Disposable(), new Disposable()];
  const container = new Container()
    .register("given", { useAsyncFactory: async () => given }, context)
    .register("kept", { useAsyncFactory: async () => kept }, { ...context, owned: false });
  await container.runInScope((scope) => Promise.all([scope.resolveAsync("given"), scope.resolveAsync("kept")]));
  expect([given.disposed, kept.disposed]).toEqual([1, 0]);
});

test("7: a generator is the only disposer of what it yields", async () => {
  const yielded = new Disposable();
  const container = new Container().register(
    "yielded",
    {
      *useGenerator() {
        yield yielded;
      },
    },
    context,
  );
  await container.runInScope((scope) => scope.resolve("yielded"));
  expect(yielded.disposed).toBe(0);
});
