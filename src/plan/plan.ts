/** A plan: how to give what one registration stands for, worked out once. */
import type { PathStep } from "../errors.js";
import type { DependencyContainer } from "../registry/api.js";
import { type Lifecycle, prose } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import type { Owner, Unfinished } from "../scope/owner.js";
import type { Resolution } from "./resolution.js";

/** Whose registrations a plan sees, and where its long-lived instances are kept. */
export interface Place {
  /** The same place without the overrides of a scope. */
  readonly base: Place;
  readonly container: DependencyContainer;
  /** What a root container and its children have in common. */
  readonly family: {
    slots: number;
    readonly views: number;
    readonly recorder: Watcher | undefined;
    isInside(inner: string, outer: string): boolean;
  };
  /** Owns the long-lived instances. */
  readonly home: Owner;
  /** Singletons, container-scoped and thread-scoped instances, by registration. */
  readonly instances: Map<Registration, unknown>;
  /** Whether its container, or one around it, has been disposed. */
  readonly ended: boolean;
}

/** Hears which provider runs; see `Recorder`. */
export interface Watcher {
  running<R>(plan: Plan, fn: () => R): R;
}

/** An owner for which something can be built: a scope, a container, or a container asked outside of every scope. */
export interface Home extends Owner {
  /** What context-lived instances are built from; `undefined` where none can live. */
  readonly place: Place | undefined;
  /** What its root container and all its children have in common. */
  readonly family: object;
  /** Whether what it owns outlives every scope. */
  readonly longLived: boolean;
  /** The plan of a registration in its place. */
  planOf(registration: Registration): Plan;
  /** Whether this value is one of its containers, or an instance that they own. */
  containerOwns(value: unknown): boolean;
  /** Hears of disposal failures that have no caller. */
  readonly report: (error: unknown) => void;
}

/** An async build under way. */
export interface Flight extends Unfinished {
  readonly plan: Plan;
  readonly home: Home;
  /** What would hold what it asks for, if that must not be shorter-lived. */
  readonly holder: Plan | undefined;
  /** The build that began it and waits for it; none once it has settled. */
  waiter: Flight | undefined;
  /** The builds that it waits for, or has waited for: those wait for nothing any more. */
  readonly waitsFor: Set<Flight>;
  /** What those who join it are given; `undefined` while its synchronous beginning runs. */
  promise: Promise<unknown> | undefined;
  /** The scope that is current in its flow; in one that it has opened inside, it only waits. */
  current: object | undefined;
  settled: boolean;
}

/** Gives a value for an owner. */
export type Get<T = unknown> = (owner: Home, resolution: Resolution | undefined) => T;

/** The async way: gives a promise only where something has to be awaited. `waiter` is the build that waits for it. */
export type GetAsync<T = unknown> = (
  owner: Home,
  resolution: Resolution | undefined,
  waiter: Flight | undefined,
) => T | Promise<T>;

/** Where one argument comes from. */
export interface Source {
  get: Get;
  getAsync: GetAsync;
  /** Whether `getAsync` may give a promise to wait for. If not, a promise is a value like any other. */
  readonly async: boolean;
}

/** One thing that a plan needs, and how its holder asks for it. */
export interface Edge {
  readonly source: Source;
  /** The plans behind it; none for a ref, which finds its instance when it is asked. */
  readonly plans: readonly Plan[];
  /** `parameter #0 (tx)`. */
  readonly via: string;
  /** tsyringe's sentence for a failure below, if it has one: `Cannot inject the dependency "tx" at position #0 of ...`. */
  readonly sentence?: string | undefined;
}

/** Something shorter-lived that a plan leads to without another such thing in between. */
export interface Reach {
  /** Whether it lives in a scope, or in whichever container is asked. */
  readonly per: "scope" | "container";
  /** The name of its scope; `undefined` for the innermost scope. */
  readonly scopeName: string | undefined;
  /** Whether a holder from any scope finds the right one: a seed of a scope around it, the scope itself. */
  readonly anywhere: boolean;
  /** From the plan itself down to that thing. */
  readonly path: readonly [PathStep, ...PathStep[]];
}

/** Marks a plan whose value is not a constant. */
export const NOT_CONSTANT = Symbol("not constant");

export class Plan implements Source {
  /** The value, once it can never change: a singleton that is built, a `useValue`. */
  constant: unknown = NOT_CONSTANT;
  edges: readonly Edge[] = [];
  reaches: readonly Reach[] = [];
  /** Whether an async provider may have to be waited for. */
  async = false;
  /** Where scopes keep it, if it is context-lived or a seed. */
  slot = -1;
  /** As `slot`, where a scope has what is to be given there and nowhere else. */
  flat = -1;
  /** Whether some instance below is, or may be, shared within one resolution. */
  perResolution = false;
  /** How many builds are nested in each other to build it, itself included. */
  levels = 1;
  /** Makes a new value, whatever the lifetime. */
  make: Get = notCompiled;
  // These are replaced when more is known: after the first build, when a singleton is there.
  get: Get = notCompiled;
  getAsync: GetAsync = notCompiled;

  constructor(
    readonly name: string,
    readonly lifecycle: Lifecycle,
    readonly scopeName: string | undefined,
    readonly place: Place,
    /** What it was made from; `undefined` for a plan around others. */
    readonly registration?: Registration,
  ) {}

  /** This plan as a line of a path. */
  step(via?: string): PathStep {
    return { name: this.name, lifetime: prose(this.lifecycle, this.scopeName), via };
  }

  /** From now on this value is all that it gives. */
  settle(value: unknown): void {
    this.constant = value;
    this.get = () => value;
    this.getAsync = this.get;
    this.async = false;
  }
}

/** Gives `plan` what others look at in `behind`, whose values it may give. */
export function standInFor(plan: Plan, behind: Plan): void {
  const { edges, reaches, async, perResolution } = behind;
  Object.assign(plan, { edges, reaches, async, perResolution });
  stoodInFor.set(plan, behind);
}

/** By what stands in for it: beside the plans, which are read all the time, because it hardly ever is. */
const stoodInFor = new WeakMap<Plan, Plan>();

/** The plan whose values this one may give; `undefined` for most. */
export function planBehind(plan: Plan): Plan | undefined {
  return stoodInFor.get(plan);
}

function notCompiled(): never {
  throw new Error("a plan was used while it was being compiled");
}

/** One step down from a holder: the edge, and the plan behind it. */
export interface Hop {
  readonly edge: Edge;
  readonly plan: Plan;
}

/** The way from `from` down to `to`; `undefined` where no edge leads there. */
export function wayBetween(from: Plan, to: Plan, seen = new Set<Plan>()): readonly Hop[] | undefined {
  if (from === to) return [];
  seen.add(from);
  for (const edge of from.edges) {
    for (const plan of edge.plans) {
      if (seen.has(plan)) continue;
      const rest = wayBetween(plan, to, seen);
      if (rest !== undefined) return [{ edge, plan }, ...rest];
    }
  }
  return undefined;
}
