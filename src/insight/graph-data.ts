/** A graph as plain data: what `JSON.stringify` writes, and what pictures are drawn from. */
import type { Lifecycle } from "../registry/lifecycle.js";
import type { Problem } from "./problem.js";
import type { NodeProvider } from "./reasons.js";
import type { EdgeKind } from "./sight.js";

/** Something that can be asked for. */
export interface GraphNode {
  /** Its name, with a number where several have the same. */
  readonly id: string;
  /** The token as errors call it. */
  readonly name: string;
  /** As errors say it: "singleton", "context-scoped (connection)"; "value", "alias", "not registered". */
  readonly lifetime: string;
  /** The name that `Lifecycle` has for it; `undefined` for what is not registered. */
  readonly lifecycle: keyof typeof Lifecycle | undefined;
  /** The name of the scope in which it lives. */
  readonly scopeName: string | undefined;
  readonly provider: NodeProvider;
  /** How it ends; "perhaps" where only an instance shows it, `undefined` for what has no end of its own. */
  readonly disposer: string | undefined;
  /** Whether its own provider is async. */
  readonly async: boolean;
  /** Why it lives as long as it does, in sentences. */
  readonly why: readonly string[];
  /** Whether it may ask for more than its edges show: a factory without `deps`, a joined container. */
  readonly unseen: boolean;
  /** The ids of the problems that it has; see `Problem`. */
  readonly problems: readonly string[];
}

/** One thing that a node asks for. */
export interface GraphEdge {
  /** The id of the node that asks. */
  readonly from: string;
  readonly to: string;
  /** Refs and proxies hold nothing; "recorded" is what a provider was seen to ask for, and nobody declared. */
  readonly kind: EdgeKind;
  /** `parameter #0 (tx)`. */
  readonly via: string;
  /** The ids of the problems that it has. */
  readonly problems: readonly string[];
}

/** What `JSON.stringify` makes of a graph. */
export interface GraphData {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly problems: readonly Problem[];
}
