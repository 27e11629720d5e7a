/** The one question of the guard: may an instance be used here and now? */
import type { OpenedScope } from "../container/opened-scope.js";
import { currentCell } from "../context/cell.js";
import { currentFrame, homeOf } from "../plan/frame.js";
import { scopeIn } from "../plan/scope-in.js";
import { Lifespan } from "../scope/lifespan.js";
import { CLOSED } from "../scope/owner.js";

/** `closed`: its scope has ended. Else the live scope in which it is used, and to which it does not belong. */
export type Misplaced = "closed" | Lifespan;

/**
 * Where the use of an instance of `owner` is out of place; `undefined` where it is not.
 *
 * Without a current scope it may be used as long as its own is open. It may in scopes nested in its own, while something
 * is built for one of those, and by disposers, wherever its scope is closed.
 *
 * @param closer in whose flow `owner` is being closed, if it is
 */
export function misplacedUse(owner: OpenedScope, closer: Lifespan | undefined): Misplaced | undefined {
  if (owner.phase === CLOSED) return "closed";
  const current = scopeIn(currentCell(), owner.family);
  if (current === undefined || current.phase === CLOSED || isInside(current, owner)) return undefined;
  // Whoever resolves from a scope that is not the current one builds for that scope.
  const frame = currentFrame();
  const home = frame === undefined ? undefined : homeOf(frame);
  if (home instanceof Lifespan && isInside(home, owner)) return undefined;
  // After `close()` by hand, disposers and those who listen to the signal run in the closer's Context.
  if (closer !== undefined && isInside(current, closer)) return undefined;
  return current;
}

/** Whether `scope` is `outer`, or works inside of it. */
export function isInside(scope: Lifespan, outer: Lifespan): boolean {
  for (let at: Lifespan | undefined = scope; at !== undefined; at = at.enclosing) {
    if (at === outer) return true;
    // A scope of another container family that was opened inside this one.
    const around: Lifespan | undefined = at.extras?.around;
    if (around !== undefined && isInside(around, outer)) return true;
  }
  return false;
}
