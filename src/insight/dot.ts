/** A graph for Graphviz. */
import type { GraphData, GraphEdge, GraphNode } from "./graph-data.js";
import { LAYERS, layerOf } from "./layers.js";
import { isHeld } from "./sight.js";

/** Lives in columns of lifetimes; problems are red. */
export function toDot({ nodes, edges }: GraphData): string {
  const groups = LAYERS.flatMap((layer, index) => {
    const members = nodes.filter((node) => layerOf(node) === layer);
    if (members.length === 0) return [];
    return [`  subgraph cluster_${index} {`, `    label=${quoted(layer)};`, ...members.map(box), "  }"];
  });
  return (
    ["digraph ambit {", "  rankdir=LR;", "  node [shape=box];", ...groups, ...edges.map(arrow), "}"].join("\n") + "\n"
  );
}

function box({ id, lifetime, problems }: GraphNode): string {
  const color = problems.length > 0 ? ", color=red, penwidth=2" : "";
  return `    ${quoted(id)} [label=${quoted(`${id}\n${lifetime}`)}${color}];`;
}

function arrow({ from, to, kind, problems }: GraphEdge): string {
  const attributes = [
    ...(kind === "direct" ? [] : [`label=${quoted(kind)}`]),
    ...(isHeld(kind) && kind !== "recorded" ? [] : ["style=dashed"]),
    ...(problems.length > 0 ? ["color=red"] : []),
  ];
  return `  ${quoted(from)} -> ${quoted(to)}${attributes.length > 0 ? ` [${attributes.join(", ")}]` : ""};`;
}

/** Graphviz knows only these escapes in a quoted string. */
function quoted(text: string): string {
  return `"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/\r?\n|\r/g, "\\n")
    .replaceAll("\0", "")}"`;
}
