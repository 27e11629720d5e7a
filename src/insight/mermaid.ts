/** A graph as a flow chart for Mermaid. */
import type { GraphData, GraphEdge, GraphNode } from "./graph-data.js";
import { LAYERS, layerOf } from "./layers.js";
import { isHeld } from "./sight.js";

/** Lives in columns of lifetimes; problems are red. */
export function toMermaid({ nodes, edges }: GraphData): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const name = (id: string) => names.get(id) ?? "";
  const groups = LAYERS.flatMap((layer, index) => {
    const members = nodes.filter((node) => layerOf(node) === layer);
    if (members.length === 0) return [];
    return [
      `  subgraph layer${index} ["${layer}"]`,
      ...members.map((node) => `    ${name(node.id)}${box(node)}`),
      "  end",
    ];
  });
  const arrows = edges.map((edge) => `  ${name(edge.from)} ${arrow(edge)} ${name(edge.to)}`);
  return ["flowchart LR", ...groups, ...arrows, ...marks({ nodes, edges }, name)].join("\n") + "\n";
}

function box({ id, lifetime }: GraphNode): string {
  return `["${escaped(id)}<br/><small>${escaped(lifetime)}</small>"]`;
}

function arrow({ kind }: GraphEdge): string {
  if (kind === "direct") return "-->";
  return isHeld(kind) && kind !== "recorded" ? `-->|${kind}|` : `-.->|${kind}|`;
}

function marks({ nodes, edges }: Pick<GraphData, "nodes" | "edges">, name: (id: string) => string): string[] {
  const bad = nodes.filter(({ problems }) => problems.length > 0).map(({ id }) => name(id));
  const links = edges.flatMap(({ problems }, index) => (problems.length > 0 ? [index] : []));
  return [
    ...(bad.length > 0 ? ["  classDef problem stroke:#c00,stroke-width:3px", `  class ${bad.join(",")} problem`] : []),
    ...(links.length > 0 ? [`  linkStyle ${links.join(",")} stroke:#c00,stroke-width:3px`] : []),
  ];
}

/** Mermaid's own entities: names are the user's, and may contain anything. */
function escaped(text: string): string {
  return text.replaceAll(/[^\w .()[\]-]/gu, (character) => `#${character.codePointAt(0)};`);
}
