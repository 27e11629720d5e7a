/** What is being built just now: who a nested `resolve` is for, and where an error arose. */
import { callStack, currentCell } from "../context/cell.js";
import { AmbitError, addHolder, beginPath, CaptiveDependencyError, copyOf } from "../errors.js";
import { Lifecycle, outlivesScopes } from "../registry/lifecycle.js";
import { type Flight, type Home, type Hop, type Plan, type Reach, wayBetween } from "./plan.js";

/** A build that its dependencies must not outlive: of a singleton, or of a named lifetime. */
export class Holding {
  constructor(
    readonly plan: Plan,
    readonly home: Home,
  ) {}
}

/** The frame on the call stack: an owner, or an owner with the long-lived thing that is built for it. */
export type Frame = Home | Holding;

/** The frame for an async build, be it for its beginning or for what comes after an await. */
export function frameOf({ home, holder }: Flight): Frame {
  return holder === undefined ? home : new Holding(holder, home);
}

/** What would hold all that a build of `plan` for `home`, which begins just now, asks for: itself, or what it is built for. */
export function holderOf(plan: Plan, home: Home): Plan | undefined {
  if (outlivesScopes(plan.lifecycle) || plan.scopeName !== undefined) return plan;
  const frame = currentFrame();
  return frame instanceof Holding && frame.home === home ? frame.plan : undefined;
}

export function currentFrame(): Frame | undefined {
  const { frame, cell } = callStack;
  return frame !== undefined && cell === currentCell() ? (frame as Frame) : undefined;
}

export function homeOf(frame: Frame): Home {
  return frame instanceof Holding ? frame.home : frame;
}

/** Calls `fn` with `frame` on the call stack. */
export function within<R>(frame: Frame, fn: () => R): R {
  const { frame: before, cell } = callStack;
  callStack.frame = frame;
  callStack.cell = currentCell();
  try {
    return fn();
  } finally {
    callStack.frame = before;
    callStack.cell = cell;
  }
}

/** How a constructor or a factory asks, as paths say it. */
export const ASKED = "asked for while it was built";

/** Refuses to let a longer-lived thing hold a shorter-lived one. */
export function assertNotCaptive(holder: Plan, held: Plan, via: string): void {
  const reach = held.reaches.find((candidate) => isCaptive(holder, candidate));
  if (reach !== undefined) throw captive(holder, reach, via);
}

/** What `assertNotCaptive` throws, for everything that `held` leads to. */
export function captivesOf(holder: Plan, held: Plan, via: string): CaptiveDependencyError[] {
  return held.reaches.filter((candidate) => isCaptive(holder, candidate)).map((each) => captive(holder, each, via));
}

function captive(holder: Plan, { path: [first, ...rest] }: Reach, via: string): CaptiveDependencyError {
  const path = [holder.step(), { ...first, via }, ...rest];
  return new CaptiveDependencyError(holder.step(), rest.at(-1) ?? first, path);
}

function isCaptive(holder: Plan, { per, scopeName, anywhere }: Reach): boolean {
  // A root and its children share what is the thread's; each of them has its own of what is the container's.
  if (per === "container") return holder.lifecycle === Lifecycle.ThreadScoped;
  if (outlivesScopes(holder.lifecycle)) return true;
  if (holder.scopeName === undefined || anywhere) return false;
  // An unnamed lifetime is the innermost scope's: a named holder would get an instance of its own, which nobody sees.
  return scopeName === undefined || holder.place.family.isInside(scopeName, holder.scopeName);
}

/** Where the path of an error begins so far. */
interface Beginning {
  /** What failed, or its last known holder; `undefined` where that has no plan. */
  readonly plan: Plan | undefined;
  /** Whether somebody asked for it whom nobody knows yet: a constructor or a factory. */
  readonly asked: boolean;
}

const beginnings = new WeakMap<object, Beginning>();

/** Notes where `error` arose, so that its path can be drawn from what was asked for. */
export function arose<E extends AmbitError>(error: E, plan: Plan): E {
  beginnings.set(error, { plan, asked: false });
  return error;
}

/** Has an error that arose in `from`, which no other plan knows, arise in `to`. */
export function moved(error: unknown, from: Plan, to: Plan): unknown {
  return error instanceof AmbitError && beginnings.get(error)?.plan === from ? arose(error, to) : error;
}

/** Notes that what is being built just now asked for what cannot be. */
export function aroseInside(error: unknown): unknown {
  const isInside = callStack.frame !== undefined || currentCell().flight !== undefined;
  if (isInside && error instanceof AmbitError) beginnings.set(error, { plan: undefined, asked: true });
  return error;
}

/** Notes that `error` came out of the constructor or factory of `plan`: whatever failed was asked for there. */
export function passed(error: unknown, plan: Plan): unknown {
  if (!(error instanceof AmbitError) || beginnings.get(error)?.asked !== true) return error;
  addAsker(error, plan);
  return arose(error, plan);
}

function addAsker(error: AmbitError, asker: Plan): void {
  addHolder(error, asker.step(), ASKED);
}

/** The error of a build for one of those who waited for it: each draws the path from what was asked for. */
export function forOneWaiter(error: unknown): unknown {
  if (!(error instanceof AmbitError)) return error;
  const beginning = beginnings.get(error);
  if (beginning === undefined) return error;
  const own = copyOf(error);
  beginnings.set(own, beginning);
  return own;
}

/** Draws the path of an error that came out of the build of `root`. */
export function explain(error: unknown, root: Plan): unknown {
  if (!(error instanceof AmbitError)) return error;
  const beginning = beginnings.get(error);
  if (beginning === undefined) return error;
  const { plan, asked } = beginning;
  if (plan !== undefined) beginPath(error, plan.step());
  const way = plan === undefined || asked ? undefined : wayBetween(root, plan);
  if (way === undefined) addAsker(error, root);
  else addHolders(error, root, way);
  // Whoever asked for the root, while something else was built, adds itself next.
  beginnings.set(error, { plan: root, asked: true });
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
  if (error instanceof AmbitError) beginnings.delete(error);
}
