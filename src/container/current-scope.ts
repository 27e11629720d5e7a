/** The scope that the caller's Context is in. */
import { currentCell } from "../context/cell.js";
import type { Scope } from "../registry/api.js";

/** The current scope, of whichever container; one that has closed stays current in the flows that it had. */
export function currentScope(): Scope | undefined {
  return currentCell().scope as Scope | undefined;
}
