/** What an owner still gives that has begun to end. */
import { ContainerDisposedError } from "../errors.js";
import { endedError } from "../plan/claim.js";
import { whereKept } from "../plan/lifetimes.js";
import { type Home, NOT_CONSTANT, type Place, type Plan, planBehind } from "../plan/plan.js";
import type { OpenedHome } from "../plan/scope-in.js";
import { keptInSlot } from "../plan/slots.js";
import { outlivesScopes } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import { unguarded } from "../scope/behind.js";
import { disposerOf } from "../scope/disposal.js";
import { Lifespan } from "../scope/lifespan.js";
import { CLOSED } from "../scope/owner.js";
import { explained } from "./explained.js";
import { findSeed } from "./seeds.js";

/** What a closing owner still gives: what is built and not yet disposed. */
export function remaining(plan: Plan, home: Home): unknown {
  const kept = home.phase === CLOSED ? undefined : keptBy(plan, home);
  if (kept === undefined) throw explained(endedError(home, plan), plan, undefined);
  return kept.value;
}

interface Kept {
  readonly value: unknown;
}

function keptBy(plan: Plan | undefined, home: Home): Kept | undefined {
  if (plan === undefined) return undefined;
  if (plan.constant !== NOT_CONSTANT) return { value: plan.constant };
  if (plan.registration === undefined) return keptByAll(plan, home);
  return keptInSlotOf(plan, home) ?? keptBy(aliasedBy(plan) ?? planBehind(plan), home);
}

/** All that was registered for a token, where each of them is built. */
function keptByAll({ edges }: Plan, home: Home): Kept | undefined {
  const all = edges.flatMap(({ plans }) => plans).map((plan) => keptBy(plan, home));
  return all.length > 0 && all.every((kept) => kept !== undefined)
    ? { value: all.map(({ value }) => value) }
    : undefined;
}

function keptInSlotOf(plan: Plan, home: Home): Kept | undefined {
  const { slot } = plan;
  if (slot < 0) return undefined;
  if (plan.registration?.kind === "useSeed") return findSeed(home, slot);
  const { registration } = behind(plan);
  const scope = scopeKeeping(plan, home);
  if (scope === undefined || registration === undefined) return undefined;
  const kept = keptInSlot(scope, slot);
  return kept !== undefined && isAlive(kept.value, registration, scope) ? kept : undefined;
}

/** What an alias stands for; every other plan itself. */
function behind(plan: Plan): Plan {
  const aliased = aliasedBy(plan);
  return aliased === undefined ? plan : behind(aliased);
}

function aliasedBy({ registration, edges }: Plan): Plan | undefined {
  return registration?.kind === "useToken" ? edges.flatMap(({ plans }) => plans)[0] : undefined;
}

/** What keeps the value: an alias without a lifetime of its own leaves that to what it stands for. */
function keeperOf(plan: Plan): Plan {
  const aliased = plan.slot < 0 && !outlivesScopes(plan.lifecycle) ? aliasedBy(plan) : undefined;
  return aliased === undefined ? plan : keeperOf(aliased);
}

/** The scope that ends what `home` is given by this plan; `undefined` where that outlives scopes. */
export function scopeKeeping(plan: Plan, home: Home): OpenedHome | undefined {
  const { registration, lifecycle } = keeperOf(plan);
  if (outlivesScopes(lifecycle)) return undefined;
  const scope = registration === undefined ? home : whereKept(home, registration);
  return scope instanceof Lifespan ? scope : undefined;
}

/** Whoever waits for a build hears of it a few microtasks after it is there: its owner may have ended it by then. */
export function assertNotOver(value: unknown, plan: Plan, scope: OpenedHome | undefined): void {
  const { registration, place } = behind(plan);
  if (scope === undefined) return assertNotEnded(place);
  if (registration === undefined) return;
  if (scope.phase === CLOSED || !isAlive(value, registration, scope)) throw endedError(scope, plan);
}

function assertNotEnded({ ended }: Place): void {
  if (ended) throw new ContainerDisposedError();
}

/** Whether what a scope keeps has not been disposed, by it or by whoever else owns it. */
function isAlive(kept: unknown, { kind, owned }: Registration, scope: Lifespan): boolean {
  const value = unguarded(kept);
  if (kind === "useGenerator") return scope.owns(value);
  return !owned || disposerOf(value) === undefined || scope.isOwned(value);
}
