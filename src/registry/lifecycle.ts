/** How long instances live, and who may hold whom. */
import { TsyringeLifecycle } from "./tsyringe.js";

/** tsyringe's lifetimes, with the same numbers, and two more. */
export const Lifecycle = {
  ...TsyringeLifecycle,
  /** One per scope: a request, a job. */
  ContextScoped: 4,
  /** One per worker thread and root container. */
  ThreadScoped: 5,
} as const;

export type Lifecycle = (typeof Lifecycle)[keyof typeof Lifecycle];

/** Each lifetime as a type, as tsyringe's enum has them: `Lifecycle.Singleton`. */
export declare namespace Lifecycle {
  /** One per `resolve()` and per parameter. */
  type Transient = typeof TsyringeLifecycle.Transient;
  /** One per container. */
  type Singleton = typeof TsyringeLifecycle.Singleton;
  /** One per `resolve()` call. */
  type ResolutionScoped = typeof TsyringeLifecycle.ResolutionScoped;
  /** One per container; child containers have their own. */
  type ContainerScoped = typeof TsyringeLifecycle.ContainerScoped;
  /** One per scope: a request, a job. */
  type ContextScoped = 4;
  /** One per worker thread and root container. */
  type ThreadScoped = 5;
}

const PROSE: Record<Lifecycle, string> = {
  [Lifecycle.Transient]: "transient",
  [Lifecycle.Singleton]: "singleton",
  [Lifecycle.ResolutionScoped]: "resolution-scoped",
  [Lifecycle.ContainerScoped]: "container-scoped",
  [Lifecycle.ContextScoped]: "context-scoped",
  [Lifecycle.ThreadScoped]: "thread-scoped",
};

/** "singleton", "context-scoped (connection)": the lifetime as errors and graphs say it. */
export function prose(lifecycle: Lifecycle, scopeName?: string): string {
  return scopeName === undefined ? PROSE[lifecycle] : `${PROSE[lifecycle]} (${scopeName})`;
}

/** "Singleton": the name that `Lifecycle` has for it. */
export function enumName(lifecycle: Lifecycle): string {
  return Object.entries(Lifecycle).find(([, value]) => value === lifecycle)?.[0] ?? String(lifecycle);
}

/** Whether instances outlive every scope. Returns true if and only if they live until a container or a thread ends. */
export function outlivesScopes(lifecycle: Lifecycle): boolean {
  return (
    lifecycle === Lifecycle.Singleton || lifecycle === Lifecycle.ContainerScoped || lifecycle === Lifecycle.ThreadScoped
  );
}

/** Whether `lifecycle` is one of the six. */
export function isLifecycle(value: unknown): value is Lifecycle {
  return typeof value === "number" && value in PROSE;
}
