/** What is being compiled, outermost first: it finds cycles. */
import { addHolder, beginPath, CyclicDependencyError } from "../errors.js";
import type { Plan } from "../plan/plan.js";
import type { Registration } from "../registry/registration.js";
import type { LeftOpen } from "./left-open.js";
import type { Request } from "./requests.js";
import type { Survey } from "./survey.js";
import type { View } from "./view.js";

export interface Trail {
  /** `undefined` at the beginning of a survey, which asks for everything. */
  readonly registration: Registration | undefined;
  readonly view: View;
  readonly plan: Plan;
  readonly above: Trail | undefined;
  /** Notes what is refused, so that the rest can be looked at; without one the first refusal is thrown. */
  readonly survey: Survey | undefined;
  /** Leaves to the container of a scope what that builds, where this one cannot. */
  readonly leftOpen?: LeftOpen | undefined;
  /** What it asks for just now. */
  asking: Request | undefined;
}

/**
 * Refuses to compile what is being compiled already. A survey notes the circle and goes on with what there is of it;
 * `undefined` where there is none.
 *
 * @throws CyclicDependencyError ERR_AMBIT_CYCLE
 */
export function circleIn(trail: Trail | undefined, registration: Registration, view: View): Plan | undefined {
  const names: string[] = [];
  for (let at = trail; at?.registration !== undefined; at = at.above) {
    names.unshift(at.plan.name);
    if (at.registration !== registration || at.view !== view) continue;
    const error = new CyclicDependencyError([...names, registration.name]);
    beginPath(error, at.plan.step());
    if (trail?.survey === undefined) throw error;
    closeCircle(error, trail, at);
    trail.survey.refuse(error, trail.plan, trail.asking);
    return at.plan;
  }
  return undefined;
}

/** Has the path go all the way round, as it does where the error is thrown through its holders. */
function closeCircle(error: CyclicDependencyError, end: Trail, start: Trail): void {
  for (let at: Trail | undefined = end; at !== undefined; at = at === start ? undefined : at.above) {
    if (at.asking !== undefined) addHolder(error, at.plan.step(), at.asking.via, at.asking.sentence);
  }
}
