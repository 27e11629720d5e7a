/** Tells how one token is built: by which path, from what, and why each part lives as long as it does. */
import type { GraphData, GraphEdge, GraphNode } from "./graph-data.js";
import type { Problem } from "./problem.js";
import { isHeld } from "./sight.js";

/** One line of the path by which something is built. */
export interface ExplainedStep {
  /** How deep below the token. */
  readonly depth: number;
  readonly node: GraphNode;
  /** How its holder asks for it; `undefined` for the token itself. */
  readonly edge: GraphEdge | undefined;
  /** Whether what it needs is told further up. */
  readonly repeated: boolean;
}

/** Who asks for it, and how: refs and proxies hold nothing. */
export interface ExplainedHolder {
  readonly node: GraphNode;
  readonly edge: GraphEdge;
}

/** How a token is built. Prints as a tree. */
export class Explanation {
  constructor(
    readonly node: GraphNode,
    /** From the token down, each thing once. */
    readonly steps: readonly ExplainedStep[],
    readonly heldBy: readonly ExplainedHolder[],
    /** What is wrong with it, and with what it needs. */
    readonly problems: readonly Problem[],
  ) {}

  /** The token, its tree with lifetimes, why each was chosen, who holds it, and what is wrong. */
  toString(): string {
    const { node } = this;
    return [
      `${node.id} is ${node.lifetime}.`,
      ...node.why.map((line) => `  ${line}`),
      ...section("It is built from:", this.steps.length > 1 ? treeOf(this.steps) : []),
      ...section("It is held by:", this.heldBy.filter(({ edge }) => isHeld(edge.kind)).map(lineOf)),
      ...section("It is found each time by:", this.heldBy.filter(({ edge }) => !isHeld(edge.kind)).map(lineOf)),
      ...section(
        "Problems:",
        this.problems.flatMap((problem) => problem.toString().split("\n")),
      ),
    ].join("\n");
  }
}

function lineOf({ node, edge }: ExplainedHolder): string {
  return `${node.id}, ${node.lifetime}: ${edge.kind}, ${edge.via}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function treeOf(steps: readonly ExplainedStep[]): string[] {
  const labels = steps.map(({ depth, node }) => `${"  ".repeat(depth)}${node.id}`);
  const width = Math.max(...labels.map(({ length }) => length));
  const lifetimes = Math.max(...steps.map(({ node }) => node.lifetime.length));
  return steps.map(({ node, edge, repeated }, index) => {
    const via = edge === undefined ? "" : edge.kind === "direct" ? edge.via : `${edge.kind}, ${edge.via}`;
    const how = repeated ? `${via}; see above` : via;
    return `${labels[index].padEnd(width)}   ${node.lifetime.padEnd(lifetimes)}   ${how}`.trimEnd();
  });
}

/** What a graph tells of one of its nodes. */
export function explanationOf(graph: GraphData, id: string): Explanation | undefined {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const node = nodes.get(id);
  if (node === undefined) return undefined;
  const steps = stepsFrom(node, graph, nodes);
  const heldBy = graph.edges
    .filter(({ to }) => to === id)
    .map((edge) => ({ node: nodes.get(edge.from) as GraphNode, edge }));
  const ids = new Set(steps.flatMap((step) => step.node.problems));
  const problems = graph.problems.filter((problem) => ids.has(problem.id) && problem.severity === "error");
  return new Explanation({ ...node, why: whyOf(node, graph) }, steps, heldBy, problems);
}

function stepsFrom(root: GraphNode, { edges }: GraphData, nodes: ReadonlyMap<string, GraphNode>): ExplainedStep[] {
  const steps: ExplainedStep[] = [];
  const told = new Set<string>();
  const tell = (node: GraphNode, depth: number, edge: GraphEdge | undefined) => {
    const below = edges.filter(({ from }) => from === node.id);
    const repeated = told.has(node.id) && below.length > 0;
    steps.push({ depth, node, edge, repeated });
    if (told.has(node.id)) return;
    told.add(node.id);
    for (const next of below) tell(nodes.get(next.to) as GraphNode, depth + 1, next);
  };
  tell(root, 0, undefined);
  return steps;
}

/** Why a node lives as long as it does, with those for whom it is kept where it is built anew each time. */
export function whyOf(node: GraphNode, { nodes, edges }: GraphData): string[] {
  const keepers = passesOn(node) ? keepersOf(node, nodes, edges) : [];
  if (keepers.length === 0) return [...node.why];
  return [...node.why, `One each is kept by ${keepers.join(", ")}, and lives as long as that.`];
}

function keepersOf(node: GraphNode, nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string[] {
  const keepers = new Set<string>();
  const seen = new Set<string>();
  const climb = (id: string) => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const { from } of edges.filter(({ to, kind }) => to === id && isHeld(kind))) {
      const holder = nodes.find((each) => each.id === from) as GraphNode;
      if (passesOn(holder)) climb(from);
      else keepers.add(`${holder.id} (${holder.lifetime})`);
    }
  };
  climb(node.id);
  return [...keepers];
}

function passesOn({ lifecycle, provider }: GraphNode): boolean {
  return provider !== "value" && (lifecycle === "Transient" || lifecycle === "ResolutionScoped");
}
