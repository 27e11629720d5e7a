/** What is being built just now: who a nested `resolve` is for, and where an error arose. */
import { callStack } from "../context/cell.js";
import { addHolder, AmbitError, beginPath, CaptiveDependencyError } from "../errors.js";
import { outlivesScopes } from "./lifecycle.js";
import { type Home, type Hop, type Plan, type Reach, wayBetween } from "./plan.js";

/** A build that its dependencies must not outlive: of a singleton, or of a named lifetime. */
export class Holding {
  constructor(
    readonly plan: Plan,
    readonly home: Home,
  ) {}
}

/** The frame on the call stack: an owner, or an owner with the long-lived thing that is built for it. */
export type Frame = Home | Holding;

/** The frame for the build of `plan` in `home`. */
export function frameOf(plan: Plan, home: Home): Frame {
  return outlivesScopes(plan.lifecycle) || plan.scopeName !== undefined ? new Holding(plan, home) : home;
}

export function currentFrame(): Frame | undefined {
  return callStack.frame as Frame | undefined;
}

export function homeOf(frame: Frame): Home {
  return frame instanceof Holding ? frame.home : frame;
}

/** Calls `fn` with `frame` on the call stack. */
export function within<R>(frame: Frame, fn: () => R): R {
  const before = callStack.frame;
  callStack.frame = frame;
  try {
    return fn();
  } finally {
    callStack.frame = before;
  }
}

/** Refuses to let a longer-lived thing hold a shorter-lived one. */
export function assertNotCaptive(holder: Plan, held: Plan, via: string): void {
  const reach = held.reaches.find((candidate) => isCaptive(holder, candidate));
  if (reach === undefined) return;
  const [first, ...rest] = reach.path;
  if (first === undefined) return;
  const path = [holder.step(), { ...first, via }, ...rest];
  throw new CaptiveDependencyError(holder.step(), reach.path.at(-1) ?? first, path);
}

function isCaptive(holder: Plan, { scopeName, anywhere }: Reach): boolean {
  if (outlivesScopes(holder.lifecycle)) return true;
  if (holder.scopeName === undefined || anywhere) return false;
  // An unnamed lifetime is the innermost scope's: a named holder would get an instance of its own, which nobody sees.
  return scopeName === undefined || holder.place.family.isInside(scopeName, holder.scopeName);
}

const arisenAt = new WeakMap<object, Plan>();

/** Notes where `error` arose, so that its path can be drawn from what was asked for. */
export function arose<E extends AmbitError>(error: E, plan: Plan): E {
  arisenAt.set(error, plan);
  return error;
}

/** Draws the path of an error that came out of the build of `root`. */
export function explain(error: unknown, root: Plan): unknown {
  if (!(error instanceof AmbitError)) return error;
  const plan = arisenAt.get(error);
  if (plan === undefined) return error;
  beginPath(error, plan.step());
  const way = wayBetween(root, plan);
  if (way === undefined)
    addHolder(error, root.step(), "asked for while it was built", `Cannot build "${root.name}". Reason:`);
  else addHolders(error, root, way);
  // Whoever asked for the root, while something else was built, adds itself next.
  arisenAt.set(error, root);
  return error;
}

function addHolders(error: AmbitError, root: Plan, way: readonly Hop[]): void {
  const holders = [root, ...way.map(({ plan }) => plan)];
  for (const [index, { edge }] of [...way.entries()].reverse()) {
    addHolder(error, holders[index].step(), edge.via, edge.sentence);
  }
}

/** At the end of the outermost `resolve` the path is complete: a user who keeps the error and throws it again adds nothing. */
export function seal(error: unknown): void {
  if (error instanceof AmbitError) arisenAt.delete(error);
}
