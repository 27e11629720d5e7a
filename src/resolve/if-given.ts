/** Optional seeds: nothing, where a scope was not given one. */
import { type Get, Plan, type Source, standInFor } from "../plan/plan.js";
import { allSource } from "../plan/sources.js";
import type { Registration } from "../registry/registration.js";
import { type InjectionToken, isDelayed } from "../registry/token.js";
import { answerTo, isSometimesSeeded } from "./answers.js";
import { findSeed } from "./seeds.js";
import type { View } from "./view.js";

/** As `plan`, but `undefined` in a scope that was not given this seed. */
export function ifGiven(view: View, token: InjectionToken, plan: Plan): Plan {
  const answer = isDelayed(token) ? undefined : answerTo(view, token);
  if (answer?.kind !== "useSeed" || isSometimesSeeded(view, token)) return plan;
  const { slot } = answer;
  const maybe = new Plan(plan.name, plan.lifecycle, plan.scopeName, view, plan.registration);
  standInFor(maybe, plan);
  maybe.slot = slot;
  maybe.get = (home, resolution) => (findSeed(home, slot) === undefined ? undefined : plan.get(home, resolution));
  maybe.getAsync = maybe.get;
  return maybe;
}

/** A seed that a scope was not given is none of all. */
export function allIfGiven(answers: readonly Registration[], plans: readonly Plan[]): Source {
  const all = allSource(plans);
  const [{ kind, slot }] = answers;
  if (kind !== "useSeed" || answers.length > 1) return all;
  const get: Get = (home, resolution) => (findSeed(home, slot) === undefined ? [] : all.get(home, resolution));
  return { get, getAsync: get, async: false };
}
