/** The order of lifetimes in pictures: what lives longest comes last, so that edges go from left to right. */
import type { GraphNode } from "./graph-data.js";

/** What a column of a picture is called. */
export type Layer = "not registered" | "per call" | "scope" | "container" | "thread" | "values";

/** From the shortest life to the longest; what is missing stands first. */
export const LAYERS: readonly Layer[] = ["not registered", "per call", "scope", "container", "thread", "values"];

/** The column in which a node stands. */
export function layerOf({ lifecycle, provider }: Pick<GraphNode, "lifecycle" | "provider">): Layer {
  if (provider === "nothing") return "not registered";
  if (provider === "value") return "values";
  if (lifecycle === "ContextScoped") return "scope";
  if (lifecycle === "Singleton" || lifecycle === "ContainerScoped") return "container";
  return lifecycle === "ThreadScoped" ? "thread" : "per call";
}
