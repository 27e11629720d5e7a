/** The graph as data and as text, and the explanation of one token. */
import { Container, dep, inject, injectAll, injectRef, Lifecycle, token, UnregisteredTokenError } from "ambit";
import { expect, test } from "vitest";

const scoped = { lifecycle: Lifecycle.ContextScoped };
const single = { lifecycle: Lifecycle.Singleton };

class Tx {
  async [Symbol.asyncDispose]() {}
}
class Orders {
  constructor(
    @inject(Tx) readonly tx: Tx,
    @injectAll("rule") readonly rules: unknown[],
  ) {}
}
class Prices {
  constructor(
    @injectRef(Tx) readonly tx: unknown,
    @inject(Orders) readonly orders: unknown,
  ) {}
}

function shop(): Container {
  const container = new Container();
  container.register(Tx, Tx, scoped).register("rule", { useValue: 1 }).register("rule", { useToken: Tx });
  container
    .register("ctx", { useSeed: true })
    .register("job", { useFactory: () => 1 }, { ...scoped, scopeName: "job" });
  return container.register(Orders, Orders).register(Prices, Prices, single);
}

test("has a node for each registration, with lifetime, provider and end", () => {
  const nodes = shop()
    .graph()
    .nodes.map(({ id, lifetime, provider, disposer, unseen }) => [id, lifetime, provider, disposer, unseen]);
  expect(nodes).toEqual([
    ["Tx", "context-scoped", "class", "[Symbol.asyncDispose]()", false],
    ["rule", "value", "value", undefined, false],
    ["rule #2", "alias", "alias", undefined, false],
    ["ctx", "context-scoped", "seed", undefined, false],
    ["job", "context-scoped (job)", "factory", "perhaps", true],
    ["Orders", "transient", "class", undefined, false],
    ["Prices", "singleton", "class", undefined, false],
  ]);
});

test("has an edge for each thing that is asked for, with how, and marks what is refused", () => {
  const edges = shop()
    .graph()
    .edges.map(({ from, to, kind, problems }) => [from, kind, to, ...problems].join(" "));
  expect(edges).toEqual([
    "rule #2 alias Tx",
    "Orders direct Tx",
    "Orders all rule",
    "Orders all rule #2",
    "Prices ref Tx",
    "Prices direct Orders captive: Prices -> Orders -> Tx",
  ]);
});

test("has a node for what nobody registered", () => {
  const container = new Container();
  container
    .register("a", { useFactory: () => 1, deps: ["gone"] })
    .register("b", { useFactory: () => 1, deps: ["gone"] });
  const { nodes, edges } = container.graph();
  expect(nodes.at(-1)).toMatchObject({ id: "gone", lifetime: "not registered", provider: "nothing" });
  expect(edges.map(({ from, to }) => `${from} -> ${to}`)).toEqual(["a -> gone", "b -> gone"]);
});

test("is plain data", () => {
  const graph = shop().graph();
  expect(Object.keys(JSON.parse(JSON.stringify(graph)))).toEqual(["nodes", "edges", "problems"]);
});

test("tokens of one name are told apart, also from a name that looks like the second", () => {
  const container = new Container();
  for (const name of [token("x"), "x #2", token("x"), "x"]) container.register(name, { useValue: 1 });
  const ids = container.graph().nodes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(4);
});

test("draws a flow chart for Mermaid, in which no name can be code", () => {
  const container = new Container();
  container
    .register('"]; click x "javascript:alert(1)"', { useFactory: () => 1, deps: [dep.ref("b\nc")] })
    .register("b\nc", { useValue: 1 });
  expect(container.graph().toMermaid()).toBe(`flowchart LR
  subgraph layer1 ["per call"]
    n0["#34;]#59; click x #34;javascript#58;alert(1)#34;<br/><small>transient</small>"]
  end
  subgraph layer5 ["values"]
    n1["b#10;c<br/><small>value</small>"]
  end
  n0 -.->|ref| n1
`);
});

test("draws for Graphviz, in which no name can be code", () => {
  const container = new Container();
  container.register('a" \\', { useFactory: () => 1, deps: ["gone"] });
  expect(container.graph().toDot()).toBe(`digraph ambit {
  rankdir=LR;
  node [shape=box];
  subgraph cluster_0 {
    label="not registered";
    "gone" [label="gone\\nnot registered", color=red, penwidth=2];
  }
  subgraph cluster_1 {
    label="per call";
    "a\\" \\\\" [label="a\\" \\\\\\ntransient", color=red, penwidth=2];
  }
  "a\\" \\\\" -> "gone" [color=red];
}
`);
});

test("explains by which path something is built, why each part lives as long, and who holds it", () => {
  const container = new Container();
  container.register(Tx, Tx, scoped).register("rule", { useValue: 1 }).register(Orders, Orders);
  container.register("handler", { useFactory: () => 1, deps: [Orders] }, scoped);
  expect(container.explain(Orders).toString()).toBe(`Orders is transient.
  It was registered with useClass.
  Transient: built anew for each resolve() and each parameter; it ends with the owner that it was made for.
  One each is kept by handler (context-scoped), and lives as long as that.

It is built from:
  Orders   transient
    Tx     context-scoped   parameter #0 (tx)
    rule   value            all, parameter #1 (rules)

It is held by:
  handler, context-scoped: direct, dependency #0`);
});

test("explains what is wrong with something, and with what it needs", () => {
  const explanation = shop().explain(Prices);
  expect(explanation.problems.map(({ id }) => id)).toContain("captive: Prices -> Orders -> Tx");
  expect(explanation.toString()).toContain("Problems:\n  CaptiveDependencyError [ERR_AMBIT_CAPTIVE]: Cannot inject");
});

test("what finds something each time is not called its holder", () => {
  const container = new Container();
  container.register(Tx, Tx, scoped).register("cache", { useFactory: () => 1, deps: [dep.ref(Tx)] }, single);
  const told = container.explain(Tx).toString();
  expect(told).toContain("It is found each time by:\n  cache, singleton: ref, dependency #0");
  expect(told).not.toContain("held by");
});

test("tells a circle without end only once", () => {
  const container = new Container();
  container.register("a", { useFactory: () => 1, deps: ["b"] }).register("b", { useFactory: () => 1, deps: ["a"] });
  expect(container.explain("a").steps.map(({ node, repeated }) => [node.id, repeated])).toEqual([
    ["a", false],
    ["b", false],
    ["a", true],
  ]);
});

test("explains a class that nobody registered, and refuses a token that nothing answers", () => {
  expect(new Container().explain(Tx).toString()).toContain(
    "Nobody registered it: a class is there without being registered.",
  );
  expect(() => new Container().explain("gone")).toThrow(UnregisteredTokenError);
});

test("explains in a child what a container around it has, though the child hides it", () => {
  const root = new Container();
  root.register("clock", { useFactory: () => 1, deps: [] }, single);
  root.register("prices", { useFactory: () => 1, deps: ["clock"] }, single);
  const child = root.createChildContainer();
  child.register("clock", { useValue: 1 }).register("clock", { useValue: 2 });
  const why = child
    .explain("prices")
    .steps.map(({ node }) => [node.id, ...node.why.filter((line) => /regist/.test(line))]);
  expect(why).toEqual([
    [
      "prices",
      "It was registered in a container around this one with useFactory.",
      "A singleton: one for the container that it was registered in, until that is disposed.",
    ],
    [
      "clock #3",
      "It was registered in a container around this one with useFactory; for this one, what is registered nearer hides it.",
      "A singleton: one for the container that it was registered in, until that is disposed.",
    ],
  ]);
  child.clearInstances();
  expect(child.explain("clock").node.why[0]).toBe("It was registered in a container around this one with useFactory.");
});

test("what only a child registered is not there for what lives in a container around it", () => {
  const root = new Container();
  root.register("prices", { useFactory: () => 1, deps: ["clock"] }, single);
  const child = root.createChildContainer();
  child.register("clock", { useValue: 1 });
  const whyNot = (container: Container) => container.explain("prices").steps.map(({ node }) => node.why[0])[1];
  expect(whyNot(child)).toContain("what asks for it lives in a container around this one");
  expect(whyNot(root)).toContain("nobody registered it");
});

test.each(["gone", 42, { is: "no token" }, undefined])("refuses to explain %o as resolve does", (token) => {
  const container = new Container();
  const asked = token as string;
  const refused = (ask: () => unknown): unknown => {
    try {
      return ask();
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refused(() => container.explain(asked))).toBe(refused(() => container.resolve(asked)));
});
