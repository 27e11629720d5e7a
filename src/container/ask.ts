/** One `resolve()`: for whom it builds, and what becomes of errors on the way out. */
import { callStack, type ContextCell, currentCell } from "../context/cell.js";
import { CLOSED, DISPOSING } from "../scope/owner.js";
import { disposerOf } from "../scope/disposal.js";
import { CyclicDependencyError } from "../errors.js";
import { Lifespan } from "../scope/lifespan.js";
import { endedError } from "./claim.js";
import { flightOf } from "./flight.js";
import { arose, assertNotCaptive, currentFrame, explain, type Frame, Holding, homeOf, seal } from "./frame.js";
import { nearestNamed } from "./lifetimes.js";
import { type Flight, type Home, NOT_CONSTANT, type Plan } from "./plan.js";
import type { Registration } from "./registration.js";
import { Resolution } from "./resolution.js";
import { findSeed } from "./seeds.js";
import { keptInSlot } from "./slots.js";

/** How deep `resolve` may be called from inside of `resolve`: beyond it, a factory asks for itself. */
const DEEPEST = 400;
let depth = 0;

/** Gives what `plan` stands for to whoever asks a container just now; `outside` is for those in no scope. */
export function ask(plan: Plan, outside: Home): unknown {
  const frame = currentFrame();
  if (frame !== undefined && homeOf(frame).family === outside.family) return askInside(plan, frame);
  const cell = currentCell();
  const flight = flightOf(cell);
  if (flight !== undefined && flight.home.family === outside.family) return askInside(plan, flight);
  return obtain(plan, scopeIn(cell, outside.family) ?? outside);
}

/** The same, asynchronously. */
export async function askAsync(plan: Plan, outside: Home): Promise<unknown> {
  const frame = currentFrame();
  const cell = currentCell();
  // Whoever builds something waits for what it asks for, of another family too: a circle of waiting must be found.
  const flight = flightOf(cell);
  if (frame !== undefined && homeOf(frame).family === outside.family) {
    if (frame instanceof Holding) assertNotCaptive(frame.plan, plan, ASKED);
    return obtainAsync(plan, homeOf(frame), flight);
  }
  if (flight === undefined || flight.home.family !== outside.family) {
    return obtainAsync(plan, scopeIn(cell, outside.family) ?? outside, flight);
  }
  assertNotCaptive(flight.plan, plan, ASKED);
  return obtainAsync(plan, flight.home, flight);
}

const ASKED = "asked for while it was built";

/** Asked by a constructor or factory: what it gets lives where the thing that is being built lives. */
function askInside(plan: Plan, asker: Frame | Flight): unknown {
  if ("plan" in asker) assertNotCaptive(asker.plan, plan, ASKED);
  return obtain(plan, asker instanceof Holding || "waitsFor" in asker ? asker.home : asker);
}

/** The scope of a Context, or the nearest around it, of this container family. */
export function scopeIn(cell: ContextCell, family: object): OpenedHome | undefined {
  let scope = cell.scope as OpenedHome | undefined;
  while (scope !== undefined && scope.family !== family) {
    scope = (scope.extras?.around ?? scope.enclosing) as OpenedHome | undefined;
  }
  return scope;
}

type OpenedHome = Lifespan & Home;

/** Builds what `plan` stands for, for `home`. */
export function obtain(plan: Plan, home: Home): unknown {
  if (plan.constant !== NOT_CONSTANT && home.phase !== CLOSED) return plan.constant;
  if (home.phase >= DISPOSING) return remaining(plan, home);
  const frame = callStack.frame as Frame | undefined;
  if (++depth > DEEPEST) throw tooDeep(plan);
  // A holder stays on the stack through what it asks for, so that nothing below gets past the check.
  if (frame === undefined || homeOf(frame) !== home) callStack.frame = home;
  try {
    return plan.get(home, plan.perResolution ? new Resolution() : undefined);
  } catch (error) {
    throw explained(error, plan, frame);
  } finally {
    depth--;
    callStack.frame = frame;
  }
}

/** Builds it, waiting where that is needed. Never throws: what goes wrong rejects. */
export async function obtainAsync(plan: Plan, home: Home, waiter: Flight | undefined): Promise<unknown> {
  if (home.phase >= DISPOSING) return remaining(plan, home);
  const frame = callStack.frame as Frame | undefined;
  try {
    return await startAsync(plan, home, waiter);
  } catch (error) {
    throw explained(error, plan, frame ?? waiter);
  }
}

/** The synchronous beginning of an async build; gives a promise only where something has to be waited for. */
export function startAsync(plan: Plan, home: Home, waiter: Flight | undefined): unknown {
  const { frame } = callStack;
  callStack.frame = home;
  try {
    return plan.getAsync(home, plan.perResolution ? new Resolution() : undefined, waiter);
  } finally {
    callStack.frame = frame;
  }
}

function explained(error: unknown, plan: Plan, asker: object | undefined): unknown {
  explain(error, plan);
  if (asker === undefined) seal(error);
  return error;
}

function tooDeep(plan: Plan): CyclicDependencyError {
  depth--;
  return arose(new CyclicDependencyError([plan.name, "...", plan.name]), plan);
}

/** What a closing owner still gives: what is built and not yet disposed. */
function remaining(plan: Plan, home: Home): unknown {
  const kept = home.phase === CLOSED ? undefined : keptBy(plan, home);
  if (kept === undefined) throw explained(endedError(home, plan), plan, undefined);
  return kept.value;
}

function keptBy(plan: Plan, home: Home): { readonly value: unknown } | undefined {
  const { registration, scopeName, slot, constant } = plan;
  if (constant !== NOT_CONSTANT) return { value: constant };
  const [aliased] = registration?.kind === "useToken" ? plan.edges.flatMap(({ plans }) => plans) : [];
  if (aliased !== undefined) return keptBy(aliased, home);
  if (slot < 0 || registration === undefined) return undefined;
  if (registration.kind === "useSeed") return findSeed(home, slot);
  const scope = scopeName === undefined ? home : nearestNamed(home, scopeName);
  if (!(scope instanceof Lifespan)) return undefined;
  const kept = keptInSlot(scope, slot);
  return kept !== undefined && isAlive(kept.value, registration, scope) ? kept : undefined;
}

/** Whether what a scope keeps has not been disposed, by it or by whoever else owns it. */
function isAlive(value: unknown, { kind, owned }: Registration, scope: Lifespan): boolean {
  if (kind === "useGenerator") return scope.owns(value);
  return !owned || disposerOf(value) === undefined || scope.isOwned(value);
}
