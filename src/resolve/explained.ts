/** What becomes of errors on their way out of a `resolve()`. */
import { DEEP, isOverflow, nestedTooDeeply } from "../plan/depth.js";
import { explain, seal } from "../plan/frame.js";
import type { Plan } from "../plan/plan.js";

/** What `resolve` throws for an error of the build of `plan`: with its path, and the last one seals that. */
export function explained(error: unknown, plan: Plan, asker: object | undefined): unknown {
  if (plan.levels > DEEP && isOverflow(error)) return nestedTooDeeply(plan.name, error);
  explain(error, plan);
  if (asker === undefined) seal(error);
  return error;
}
