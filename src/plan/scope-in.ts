/** Which scope a Context has for one container family. */
import type { ContextCell } from "../context/cell.js";
import type { Lifespan } from "../scope/lifespan.js";
import type { Home } from "./plan.js";

/** A scope as an owner for which something can be built. */
export type OpenedHome = Lifespan & Home;

/** The scope of a Context, or the nearest around it, of this container family. */
export function scopeIn(cell: ContextCell, family: object): OpenedHome | undefined {
  let scope = cell.scope as OpenedHome | undefined;
  while (scope !== undefined && scope.family !== family) {
    scope = (scope.extras?.around ?? scope.enclosing) as OpenedHome | undefined;
  }
  return scope;
}
