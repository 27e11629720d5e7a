/** What `resolve` lets pass and is refused later: when a stand-in is used, when a provider asks. */
import { assertStays } from "../container/proxy.js";
import { AmbitError, AsyncDependencyError, addHolder, beginPath, type PathStep } from "../errors.js";
import { ASKED, captivesOf } from "../plan/frame.js";
import type { Plan } from "../plan/plan.js";
import { Lifecycle, outlivesScopes } from "../registry/lifecycle.js";
import { isAsync } from "../resolve/compile.js";
import type { Survey } from "../resolve/survey.js";
import type { View } from "../resolve/view.js";
import { isHeld, isLater, type SeenLink } from "./sight.js";

/** Adds these refusals to those that the plans were made with. */
export function refuseLate(links: readonly SeenLink[], survey: Survey): void {
  const holders = new Holders(links);
  const waits = new AsyncBehind(links);
  for (const link of links) {
    if (link.kind === "delayed" || link.kind === "recorded") refuseCaptives(link, holders, survey);
    if (link.kind === "proxy") refuseTransients(link, survey);
    if (link.kind === "proxy" || link.kind === "delayed") refuseAsync(link, waits, survey);
  }
}

/** A stand-in keeps what is behind it for whom it was made, and a provider may keep all that it is given. */
function refuseCaptives({ from, to, kind, request }: SeenLink, holders: Holders, survey: Survey): void {
  for (const holder of holders.of(from)) {
    const how = holder === from ? request.via : kind === "recorded" ? ASKED : "behind delay(...)";
    for (const held of to)
      for (const error of captivesOf(holder, held, how))
        survey.refuse(error, holder, holder === from ? request : undefined);
  }
}

/** A proxy asks each time, so that it must not stand for what is built each time. */
function refuseTransients({ from, to, request }: SeenLink, survey: Survey): void {
  for (const plan of to) {
    try {
      assertStays(plan);
    } catch (error) {
      if (!(error instanceof AmbitError)) throw error;
      beginPath(error, plan.step());
      addHolder(error, from.step(), request.via);
      survey.refuse(error, from, request);
    }
  }
}

/** A stand-in is used synchronously: whatever is behind it cannot be waited for. */
function refuseAsync({ from, to, request }: SeenLink, waits: AsyncBehind, survey: Survey): void {
  for (const plan of to) {
    const way = waits.under(plan);
    if (way === undefined) continue;
    const { name } = way.at(-1) as PathStep;
    const fix = `take ${plan.name} with @injectRef(${plan.name}) and await getAsync(), or have resolveAsync(${plan.name}) build it before it is used.`;
    const error = new AsyncDependencyError(name, fix);
    const path = [from.step(), { ...way[0], via: request.via }, ...way.slice(1)];
    beginPath(error, path.at(-1) as PathStep);
    for (let at = path.length - 2; at >= 0; at--) addHolder(error, path[at], path[at + 1].via);
    survey.refuse(error, from, request);
  }
}

/** For whom things are kept: the nearest that live on, through those that live with their holder. */
class Holders {
  readonly #above = new Map<Plan, Plan[]>();

  constructor(links: readonly SeenLink[]) {
    for (const { from, to, kind } of links) {
      if (!isHeld(kind)) continue;
      for (const plan of to) this.#above.set(plan, [...(this.#above.get(plan) ?? []), from]);
    }
  }

  of(plan: Plan, seen = new Set<Plan>()): Plan[] {
    if (seen.has(plan)) return [];
    seen.add(plan);
    if (outlivesScopes(plan.lifecycle) || plan.scopeName !== undefined) return [plan];
    if (plan.lifecycle === Lifecycle.ContextScoped) return [];
    return (this.#above.get(plan) ?? []).flatMap((above) => this.of(above, seen));
  }
}

/** What has to be awaited to build something, as far as it is not there already. */
class AsyncBehind {
  readonly #below = new Map<Plan, SeenLink[]>();

  constructor(links: readonly SeenLink[]) {
    for (const link of links) {
      if (isLater(link.kind)) continue;
      this.#below.set(link.from, [...(this.#below.get(link.from) ?? []), link]);
    }
  }

  /** The way from `plan` to the first async provider. */
  under(plan: Plan, seen = new Set<Plan>()): readonly PathStep[] | undefined {
    if (seen.has(plan) || isThere(plan)) return undefined;
    seen.add(plan);
    if (isAsync(plan.registration)) return [plan.step()];
    for (const { to, request } of this.#below.get(plan) ?? []) {
      for (const next of to) {
        const [first, ...rest] = this.under(next, seen) ?? [];
        if (first !== undefined) return [plan.step(), { ...first, via: request.via }, ...rest];
      }
    }
    return undefined;
  }
}

/** Whether it is built already, or will be before anybody can ask for it. */
function isThere({ registration, place }: Plan): boolean {
  return registration !== undefined && (registration.eager || (place as View).instances.has(registration));
}
