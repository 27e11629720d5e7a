/** Builds what a plan stands for, for an owner, unless that has begun to end. */
import { type ContextCell, callStack, currentCell } from "../context/cell.js";
import { CyclicDependencyError } from "../errors.js";
import { isOverflow } from "../plan/depth.js";
import { buildsAround } from "../plan/flight.js";
import { arose, type Frame, forOneWaiter, type Holding, homeOf, within } from "../plan/frame.js";
import { type Flight, type Home, NOT_CONSTANT, type Plan } from "../plan/plan.js";
import { Resolution } from "../plan/resolution.js";
import { CLOSED, DISPOSING } from "../scope/owner.js";
import { explained } from "./explained.js";
import { assertNotOver, remaining, scopeKeeping } from "./remaining.js";

/** How deep `resolve` may be called from inside of `resolve`: beyond it, a factory asks for itself. */
const DEEPEST = 200;
/** From where on that is also why the stack is full, which it is sooner where much lies between the calls. */
const DEEP = 40;
let depth = 0;

/** Builds what `plan` stands for, for `home`. Whoever has the current cell at hand gives it. */
export function obtain(plan: Plan, home: Home, cell?: ContextCell): unknown {
  if (plan.constant !== NOT_CONSTANT && home.phase !== CLOSED) return plan.constant;
  if (home.phase >= DISPOSING) return remaining(plan, home);
  const frame = callStack.frame as Frame | undefined;
  if (depth === DEEPEST) throw askedForItself(plan);
  const { cell: before } = callStack;
  callStack.frame = frameFor(home, frame);
  callStack.cell = cell ?? currentCell();
  depth++;
  try {
    return plan.get(home, plan.perResolution ? new Resolution() : undefined);
  } catch (error) {
    throw explained(depth > DEEP && isOverflow(error) ? askedForItself(plan) : error, plan, frame);
  } finally {
    depth--;
    callStack.frame = frame;
    callStack.cell = before;
  }
}

/** Builds what stands behind a stand-in that was made for `home`, in the resolution in which that was. */
export function obtainLater(
  plan: Plan,
  home: Home,
  holding: Holding | undefined,
  resolution: Resolution | undefined,
): unknown {
  if (home.phase >= DISPOSING) return remaining(plan, home);
  const { frame } = callStack;
  try {
    return within(holding ?? home, () => plan.get(home, resolution ?? new Resolution()));
  } catch (error) {
    throw explained(error, plan, frame);
  }
}

/** Builds it, waiting where that is needed. Never throws: what goes wrong rejects. */
export async function obtainAsync(plan: Plan, home: Home, waiter: Flight | undefined): Promise<unknown> {
  if (home.phase >= DISPOSING) return remaining(plan, home);
  const frame = callStack.frame as Frame | undefined;
  try {
    // What is one flight for all who ask is found where they join it; what is built anew for each is not.
    if (buildsAround(plan, waiter) >= DEEPEST) throw askedForItself(plan);
    const owner = scopeKeeping(plan, home);
    const value = await startAsync(plan, home, waiter);
    if (owner === undefined || owner.phase >= DISPOSING) assertNotOver(value, plan, owner);
    return value;
  } catch (error) {
    const isCycle = isOverflow(error) && buildsAround(plan, waiter) > DEEP;
    throw explained(isCycle ? askedForItself(plan) : forOneWaiter(error), plan, frame ?? waiter);
  }
}

/** The synchronous beginning of an async build; gives a promise only where something has to be waited for. */
export function startAsync(plan: Plan, home: Home, waiter: Flight | undefined): unknown {
  const frame = frameFor(home, callStack.frame as Frame | undefined);
  return within(frame, () => plan.getAsync(home, plan.perResolution ? new Resolution() : undefined, waiter));
}

/** A holder stays on the stack through what it asks for, so that nothing below gets past the check. */
function frameFor(home: Home, asking: Frame | undefined): Frame {
  return asking !== undefined && homeOf(asking) === home ? asking : home;
}

function askedForItself(plan: Plan): CyclicDependencyError {
  return arose(new CyclicDependencyError([plan.name, "...", plan.name]), plan);
}
