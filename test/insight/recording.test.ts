/** What factories and constructors were seen to ask for. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, inject, Lifecycle } from "ambit";
import { expect, test } from "vitest";

const scoped = { lifecycle: Lifecycle.ContextScoped };
const single = { lifecycle: Lifecycle.Singleton };

class Tx {}

function recordedIn(container: Container): string[] {
  return container
    .graph()
    .edges.filter(({ kind }) => kind === "recorded")
    .map(({ from, to }) => `${from} -> ${to}`);
}

test("an edge that a factory used is in the graph, whether its answer was there already or not", () => {
  const container = new Container().recordEdges();
  container.register("value", { useValue: 1 }).register("config", { useFactory: () => ({}), deps: [] }, single);
  container.register("opaque", {
    useFactory: (from) => [from.resolve("value"), from.resolve("config"), from.resolveAll("value")],
  });
  container.resolve("config");
  container.resolve("opaque");
  expect(recordedIn(container)).toEqual(["opaque -> value", "opaque -> config"]);
  expect(container.diagnose()).toEqual([]);
});

test("nothing is recorded before it is asked for", () => {
  const container = new Container();
  container.register("value", { useValue: 1 }).register("opaque", { useFactory: (from) => from.resolve("value") });
  container.resolve("opaque");
  expect(recordedIn(container)).toEqual([]);
});

test("what was resolved before is recorded from then on", () => {
  const container = new Container();
  container.register("value", { useValue: 1 }).register("opaque", { useFactory: (from) => from.resolve("value") });
  container.resolve("opaque");
  container.recordEdges();
  container.resolve("opaque");
  expect(recordedIn(container)).toEqual(["opaque -> value"]);
});

test("each ask is its asker's: a constructor's in a factory, a factory's after an await, a generator's", async () => {
  const container = new Container().recordEdges();
  class Locator {
    readonly value = container.resolve("value");
  }
  class Waits {
    readonly other = container.resolve("other");
    constructor(@inject("slow") readonly slow: unknown) {}
  }
  container.register("value", { useValue: 1 }).register("other", { useValue: 2 });
  container.register("outer", { useFactory: (from) => [from.resolve(Locator), from.resolve("other")] });
  container.register("slow", { useAsyncFactory: async (from) => (await nextTurn(), from.resolve("value")) }, single);
  container.register(
    "generated",
    {
      *useGenerator(from) {
        yield from.resolve("other");
      },
    },
    scoped,
  );
  await container.runInScope(async (scope) => {
    scope.resolve("outer");
    scope.resolve("generated");
    await scope.resolveAsync(Waits);
  });
  expect(recordedIn(container).sort()).toEqual([
    "Locator -> value",
    "Waits -> other",
    "generated -> other",
    "outer -> Locator",
    "outer -> other",
    "slow -> value",
  ]);
});

test("what was refused once is a problem from then on, though its factory caught it", () => {
  const container = new Container().recordEdges();
  container.register(Tx, Tx, scoped);
  const hidden = (ask: () => unknown) => {
    try {
      return ask();
    } catch {
      return undefined;
    }
  };
  container.register("cache", { useFactory: (from) => ({ tx: hidden(() => from.resolve(Tx)) }) }, single);
  expect(container.diagnose().map(({ id }) => id)).toEqual(["unseen: cache"]);
  container.resolve("cache");
  expect(container.diagnose().map(({ id }) => id)).toEqual(["captive: cache -> Tx"]);
});

test("what a transient's factory asked for is held by the singleton that it is built for", () => {
  const container = new Container().recordEdges();
  container.register(Tx, Tx, scoped).register("asks", { useFactory: (from) => from.resolve(Tx) });
  container.runInScopeSync((scope) => scope.resolve("asks"));
  expect(container.diagnose()).toEqual([]);
  container.register("cache", { useFactory: () => 1, deps: ["asks"] }, single);
  expect(container.diagnose().map(({ id }) => id)).toEqual(["captive: cache -> Tx"]);
});

test("classes that were asked for from outside are in the graph; what was tried in vain is no problem", () => {
  const container = new Container().recordEdges();
  class Controller {
    constructor(@inject(Tx) readonly tx: Tx) {}
  }
  container.resolve(Controller);
  expect(() => container.resolve("gone")).toThrow('"gone"');
  expect(container.graph().nodes.map(({ id }) => id)).toEqual(["Tx", "Controller"]);
  expect(container.diagnose()).toEqual([]);
});

test("children and containers around are recorded too, and others are not", () => {
  const root = new Container();
  const child = root.createChildContainer();
  const other = new Container();
  child.recordEdges();
  for (const container of [root, other]) {
    container.register("value", { useValue: 1 }).register("opaque", { useFactory: (from) => from.resolve("value") });
  }
  root.resolve("opaque");
  other.resolve("opaque");
  expect(recordedIn(root)).toEqual(["opaque -> value"]);
  expect(recordedIn(child)).toEqual(["opaque -> value"]);
  expect(recordedIn(other)).toEqual([]);
});
