/** What ambit says where nobody listens. */
import { stackOf } from "../thrown.js";

/** Tells of a disposer that failed with nobody there to be told, as a process warning. */
export function warn(error: unknown): void {
  process.emitWarning(`A disposer failed, and nobody was there to be told: ${stackOf(error)}`, {
    type: "AmbitDisposalWarning",
  });
}
