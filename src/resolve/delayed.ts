/** tsyringe's `delay`: what stands in for a class until it is first used. */
import { standIn } from "../plan/claim.js";
import { assertNotCaptive, currentFrame, Holding } from "../plan/frame.js";
import type { Get, Plan, Source } from "../plan/plan.js";
import type { Constructor, Delayed } from "../registry/token.js";
import { obtainLater } from "./obtain.js";

/** A stand-in that asks when it is first used, for the same home. `check` refuses what its holder may not hold. */
export function delayedSource(
  token: Delayed,
  planOf: (target: Constructor) => Plan,
  check: (held: Plan) => void,
): Source {
  const get: Get = (home, resolution) => {
    const frame = currentFrame();
    // What holds the stand-in holds what is behind it, also where something transient stands in between.
    const holding = frame instanceof Holding && frame.home === home ? frame : undefined;
    // A longer life keeps nothing of the scope in which it began.
    const kept = holding === undefined ? resolution : resolution?.partOf(home);
    const build = (target: Constructor) => {
      const plan = planOf(target);
      check(plan);
      if (holding !== undefined) assertNotCaptive(holding.plan, plan, "behind delay(...)");
      return obtainLater(plan, home, holding, kept);
    };
    return standIn(token.createProxy(build));
  };
  return { get, getAsync: get, async: false };
}
