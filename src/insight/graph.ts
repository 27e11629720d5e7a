/** What a container can build, and its pictures in text. */
import { toDot } from "./dot.js";
import type { GraphData, GraphEdge, GraphNode } from "./graph-data.js";
import { toMermaid } from "./mermaid.js";
import type { Problem } from "./problem.js";

/** Everything that a container can build, and what asks for what. */
export class Graph implements GraphData {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly problems: readonly Problem[];

  /** @internal */
  constructor({ nodes, edges, problems }: GraphData) {
    this.nodes = nodes;
    this.edges = edges;
    this.problems = problems;
  }

  /** A flow chart for Mermaid: https://mermaid.js.org. */
  toMermaid(): string {
    return toMermaid(this);
  }

  /** For Graphviz: `dot -Tsvg`. */
  toDot(): string {
    return toDot(this);
  }
}
