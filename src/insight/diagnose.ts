/** Finds everything that `resolve` would refuse, before anything is built. */
import { ForeignRegistration } from "../plan/foreign.js";
import type { Plan } from "../plan/plan.js";
import type { Registration } from "../registry/registration.js";
import type { View } from "../resolve/view.js";
import { noteOf, type Problem, problemOf } from "./problem.js";
import type { Sight } from "./sight.js";

/** Errors first, then notes on what could not be seen; each once. */
export function problemsOf(sight: Sight): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { error } of sight.refusals) {
    const problem = problemOf(error);
    problems.set(problem.toString(), problem);
  }
  for (const plan of sight.plans) {
    const note = noteOn(plan, sight);
    if (note !== undefined) problems.set(note.toString(), note);
  }
  return [...problems.values()];
}

/** Whether it may ask for what nobody declared, and was not seen to run. */
export function isUnseen(registration: Registration, { family }: View): boolean {
  const { kind, provider, token } = registration;
  if (registration instanceof ForeignRegistration) return true;
  const isFunction = kind === "useFactory" || kind === "useAsyncFactory" || kind === "useGenerator";
  if (!isFunction || provider.deps !== undefined || family.builtIn.has(token)) return false;
  return family.recorder?.hasSeen(registration) !== true;
}

function noteOn(plan: Plan, { view }: Sight): Problem | undefined {
  const { name, registration } = plan;
  if (registration === undefined || !isUnseen(registration, view)) return undefined;
  if (registration instanceof ForeignRegistration) {
    const fix = `register ${name} here too, or leave it to the other container.`;
    return noteOf(plan.step(), `Cannot see what ${name} needs: a joined container builds it.`, fix);
  }
  const { kind } = registration;
  const fix = `say it with { deps: [...], ${kind}(...) }, or call container.recordEdges() and let it run once.`;
  return noteOf(plan.step(), `Cannot see what ${name} asks for: its ${kind} is a function of the container.`, fix);
}
