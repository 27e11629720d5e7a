/** What is built in a schedule. */
import type { Witness } from "./witness.js";

/** One thing that was built, and its end. */
export interface Instance {
  readonly name: string;
  readonly witness: Witness;
  /** Whether it was finished when its scope disposed already; `undefined` where that cannot be seen. */
  readonly late: boolean | undefined;
  /** When its disposer was called. */
  begun: number | undefined;
  /** Whether its disposer has settled. */
  ended: boolean;
}
