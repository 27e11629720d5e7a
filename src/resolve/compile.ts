/** Turns registrations into plans: finds what they need, and refuses what can never work before anything is built. */
import { AmbitError, addHolder, beginPath, MissingTypeInfoError, UnregisteredTokenError } from "../errors.js";
import { isOverflow, nestedTooDeeply } from "../plan/depth.js";
import { ForeignRegistration, unlessFound } from "../plan/foreign.js";
import { aroseInside, assertNotCaptive, captivesOf } from "../plan/frame.js";
import { isAsyncGenerator } from "../plan/generator.js";
import { applyLifetime } from "../plan/lifetimes.js";
import { type Edge, Plan, type Source, standInFor } from "../plan/plan.js";
import { eachReach, reachesOf, seedReach } from "../plan/reach.js";
import { IS_UNDEFINED, readSlot, SLOTS_FLAT } from "../plan/slots.js";
import { allSource, constantSource, transformSource } from "../plan/sources.js";
import { Lifecycle, outlivesScopes } from "../registry/lifecycle.js";
import { ScopeRef } from "../registry/ref.js";
import { Registration } from "../registry/registration.js";
import { type Delayed, type InjectionToken, inCode, isDelayed, isNormalToken, nameOfToken } from "../registry/token.js";
import { answersTo, answerTo, isSometimesSeeded } from "./answers.js";
import { delayedSource } from "./delayed.js";
import { allIfGiven, ifGiven } from "./if-given.js";
import { makerOf } from "./maker-of.js";
import { type Request, requestsOf } from "./requests.js";
import { findSeed, seedNotGiven } from "./seeds.js";
import type { Survey } from "./survey.js";
import { circleIn, type Trail } from "./trail.js";
import type { View } from "./view.js";
import { intercepted, watchedAll } from "./watched.js";

/** The plan that answers `resolve(token)`. */
export function planFor(view: View, token: InjectionToken): Plan {
  view.refresh();
  let plan = view.plans.get(token);
  if (plan === undefined)
    view.plans.set(token, (plan = compileAsked(token, () => compileToken(view, token, undefined))));
  return plan;
}

/** The plan that answers `resolveAll(token)`. */
export function planForAll(view: View, token: InjectionToken): Plan {
  view.refresh();
  let plan = view.plansForAll.get(token);
  if (plan === undefined) view.plansForAll.set(token, (plan = compileAsked(token, () => compileAll(view, token))));
  return plan;
}

/** Compiles all that answers `token`. */
export function compileAll(view: View, token: InjectionToken, trail?: Trail): Plan {
  const plan = new Plan(`all of ${nameOfToken(token)}`, Lifecycle.Transient, undefined, view);
  const request = { token, multiple: true, optional: false, via: "registration" };
  const { source, plans } = allOf(view, request, trail);
  finish(plan, [{ source, plans, via: request.via }]);
  plan.get = source.get;
  plan.getAsync = source.getAsync;
  return plan;
}

/** Compiles what is asked for just now: where a constructor or a factory asks, the path of a failure goes on with it. */
export function compileAsked(token: InjectionToken, compiled: () => Plan): Plan {
  try {
    return compiled();
  } catch (error) {
    throw aroseInside(isOverflow(error) ? nestedTooDeeply(nameOfToken(token), error) : error);
  }
}

/** The plan of what answers `token`. */
export function compileToken(view: View, token: InjectionToken | undefined, trail: Trail | undefined): Plan {
  if (token === undefined) throw MissingTypeInfoError.undefinedClass();
  if (isUnregisteredDelay(view, token)) return delayedPlan(view, token);
  const registration = answerTo(view, token);
  if (registration !== undefined) {
    const plan = compile(view, registration, trail);
    return trail?.survey === undefined ? intercepted(view, token, plan) : plan;
  }
  const name = nameOfToken(token);
  const error = isNormalToken(token)
    ? UnregisteredTokenError.of(String(token), inCode(token))
    : UnregisteredTokenError.notAToken(name);
  beginPath(error, { name, lifetime: "not registered" });
  throw error;
}

/** The plan of one registration, for those who resolve in `view`. */
export function compile(view: View, registration: Registration, trail?: Trail): Plan {
  const at = viewOf(view, registration);
  at.refresh();
  const survey = trail?.survey;
  // What outlives scopes holds nothing of theirs.
  const leftOpen = outlivesScopes(registration.lifecycle) ? undefined : trail?.leftOpen;
  const compiled = (survey ?? leftOpen)?.plansIn(at) ?? at.compiled;
  const known = compiled.get(registration) ?? circleIn(trail, registration, at);
  if (known !== undefined) return known;
  const plan = new Plan(registration.name, registration.lifecycle, registration.scopeName, at, registration);
  fill(plan, { registration, view: at, plan, above: trail, survey, leftOpen, asking: undefined });
  if (at.isJoined && at.isImplicit(registration))
    Object.assign(plan, unlessFound(plan, elsewhere(at, registration.token)));
  compiled.set(registration, plan);
  return plan;
}

/** Finds the plan for what only a joined container knows, and only since other plans were made. */
function elsewhere(view: View, token: InjectionToken): () => Plan | undefined {
  return () => {
    const registration = view.foreignTo(token);
    if (registration === undefined) return undefined;
    view.root.changed();
    return compile(view, registration);
  };
}

/** Whose registrations the dependencies come from: what is shared sees what all who share it see. */
function viewOf(view: View, registration: Registration): View {
  const { lifecycle } = registration;
  if (lifecycle === Lifecycle.Singleton) return view.whereRegistered(registration).base;
  if (lifecycle === Lifecycle.ThreadScoped) return view.root;
  return lifecycle === Lifecycle.ContainerScoped ? view.base : view;
}

function fill(plan: Plan, trail: Trail): void {
  const { registration, survey, leftOpen } = trail as Trail & { registration: Registration };
  const { provider, kind } = registration;
  if (kind === "useValue") return plan.settle(provider.useValue);
  if (kind === "useSeed") return fillSeed(plan, trail);
  try {
    finish(plan, edgesOf(plan, registration, trail), registration, survey);
  } catch (error) {
    if (leftOpen === undefined || !(error instanceof UnregisteredTokenError)) throw error;
    if (registration.lifecycle !== Lifecycle.ContextScoped) throw error;
    leftOpen.leave(registration, error);
    finish(plan, [], registration);
  }
  if (survey !== undefined) return;
  if (registration.lifecycle === Lifecycle.ContextScoped && registration.slot < 0)
    registration.slot = plan.place.family.slots++;
  plan.slot = registration.slot;
  const maker = leftOpen?.makerOf(registration) ?? makerOf(plan, registration);
  applyLifetime(plan, registration, trail.view.family.recorder?.watching(plan, maker) ?? maker);
}

/** What follows from the edges of a plan. */
function finish(plan: Plan, edges: readonly Edge[], registration?: Registration, survey?: Survey): void {
  plan.edges = edges;
  for (const { plans } of edges) for (const { levels } of plans) if (levels >= plan.levels) plan.levels = levels + 1;
  plan.reaches = reachesOf(plan, registration, survey && eachReach);
  // The scope that keeps it may see other registrations than those who ask: it may be built of anything.
  const varies = plan.lifecycle === Lifecycle.ContextScoped && plan.place.family.views > 1;
  plan.async = varies || isAsync(registration) || edges.some(({ source }) => source.async);
  plan.perResolution =
    varies ||
    plan.lifecycle === Lifecycle.ResolutionScoped ||
    edges.some(({ plans }) => plans.some((next) => next.perResolution));
  if (survey !== undefined) return;
  for (const { plans, via } of edges) for (const held of plans) assertNotCaptive(plan, held, via);
}

/** Whether its own provider is async. */
export function isAsync(registration: Registration | undefined): boolean {
  return registration?.kind === "useAsyncFactory" || isAsyncGenerator(registration?.provider.useGenerator);
}

function edgesOf(plan: Plan, registration: Registration, trail: Trail): Edge[] {
  const requests = unlessRefused(trail, undefined, () => requestsOf(plan, registration)) ?? [];
  return requests.map((request) => {
    trail.asking = request;
    return unlessRefused(trail, request, () => edgeOf(plan, request, trail)) ?? brokenEdge(request, trail);
  });
}

/** What `look` gives. Where that throws, a survey notes why, and goes on without. */
function unlessRefused<T>(trail: Trail, request: Request | undefined, look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (trail.survey === undefined || !(error instanceof AmbitError)) throw error;
    trail.survey.refuse(error, trail.plan, request);
    return undefined;
  }
}

function brokenEdge(request: Request, { plan, view, survey }: Trail): Edge {
  survey?.link(plan, request, [], view);
  return { source: constantSource(undefined), plans: [], via: request.via };
}

function edgeOf(holder: Plan, request: Request, trail: Trail): Edge {
  const { view, survey } = trail;
  const { via, sentence } = request;
  try {
    const { source, plans } = sourceOf(holder, view, request, trail);
    survey?.link(holder, request, plans, view);
    for (const error of survey === undefined ? [] : plans.flatMap((held) => captivesOf(holder, held, via)))
      survey?.refuse(error, holder, request);
    return { source, plans, via, sentence };
  } catch (error) {
    if (error instanceof AmbitError) addHolder(error, holder.step(), via, sentence);
    throw error;
  }
}

interface Found {
  readonly source: Source;
  readonly plans: readonly Plan[];
}

function sourceOf(holder: Plan, view: View, request: Request, trail: Trail | undefined): Found {
  const { token, as, transform } = request;
  if (as !== undefined) return { source: constantSource(handleFor(view, as, token as InjectionToken)), plans: [] };
  const inner = isUnregisteredDelay(view, token)
    ? delayedOf(holder, view, token, request)
    : request.multiple
      ? allOf(view, request, trail)
      : oneOf(view, request, trail);
  if (transform === undefined) return inner;
  const transformer = compileToken(view, transform.token, trail);
  return { source: transformSource(transformer, inner.source, transform.args), plans: [transformer, ...inner.plans] };
}

/** What finds the instance of the current scope later: nothing is built for it now. */
function handleFor({ container, host }: View, as: "ref" | "proxy", token: InjectionToken): object {
  return as === "proxy" ? host.standInFor(token) : new ScopeRef(container, token);
}

function oneOf(view: View, { token, optional }: Request, trail: Trail | undefined): Found {
  // Optional is what nobody registered; a class is there without being registered, as in tsyringe.
  if (optional && isNormalToken(token) && answerTo(view, token) === undefined) {
    const source = constantSource(undefined);
    return {
      source: view.isJoined ? { ...source, ...unlessFound(source, elsewhere(view, token)) } : source,
      plans: [],
    };
  }
  const plan = compileToken(view, token, trail);
  return { source: optional ? ifGiven(view, token as InjectionToken, plan) : plan, plans: [plan] };
}

/** The plan that answers `tryResolve(token)`; `undefined` where nothing does. */
export function planIfAny(view: View, token: InjectionToken, find = planFor): Plan | undefined {
  view.refresh();
  if (isNormalToken(token) && answerTo(view, token) === undefined) return undefined;
  return ifGiven(view, token, find(view, token));
}

function allOf(view: View, { token, optional }: Request, trail: Trail | undefined): Found {
  const answers = token === undefined ? [] : answersTo(view, token);
  if (answers.length === 0 && optional && isNormalToken(token)) return { source: constantSource([]), plans: [] };
  // What nobody answers is an error of which `compileToken` knows the words.
  if (answers.length === 0) return { source: allSource([compileToken(view, token, trail)]), plans: [] };
  if (answers[0] instanceof ForeignRegistration) return { source: answers[0].all(), plans: [] };
  const plans = answers.map((registration) => compile(view, registration, trail));
  const given = optional ? allIfGiven(answers, plans) : allSource(plans);
  return { source: watchedAll(view, token as InjectionToken, given), plans };
}

/** Whether it is tsyringe's `delay`, and nothing was registered for it: it may be a token like any other. */
export function isUnregisteredDelay(view: View, token: unknown): token is Delayed {
  return isDelayed(token) && view.find(token as never) === undefined;
}

function delayedOf(holder: Plan, view: View, token: Delayed, { multiple, via }: Request): Found {
  const one = delayedSource(
    token,
    (target) => planFor(view, target),
    (held) => assertNotCaptive(holder, held, via),
  );
  return { source: multiple ? allSource([one]) : one, plans: [] };
}

function delayedPlan(view: View, token: Delayed): Plan {
  const plan = new Plan("delay(...)", Lifecycle.Transient, undefined, view);
  const source = delayedSource(
    token,
    (target) => planFor(view, target),
    () => {},
  );
  plan.get = source.get;
  plan.getAsync = source.getAsync;
  return plan;
}

/** The way to build a class in the scopes that were not given it; `undefined` for what can only be given. */
function fallbackFor(view: View, token: InjectionToken, trail: Trail): Plan | undefined {
  if (!isSometimesSeeded(view, token)) return undefined;
  try {
    // What it refuses is no problem: it is given, then.
    return compile(view, view.implicit(token), { ...trail, survey: undefined, leftOpen: undefined });
  } catch (error) {
    if (error instanceof AmbitError) return undefined;
    throw error;
  }
}

/** A seed is found, not built; a class that was only sometimes given as one is built where it was not. */
function fillSeed(plan: Plan, trail: Trail): void {
  const { registration, view } = trail as Trail & { registration: Registration };
  const { token } = registration;
  const { family } = view;
  if (registration.slot < 0) registration.slot = family.slots++;
  const { slot } = registration;
  plan.slot = slot;
  const fallback = fallbackFor(view, token, trail);
  if (fallback === undefined) plan.reaches = [seedReach(plan)];
  else standInFor(plan, fallback);
  if (slot < SLOTS_FLAT) plan.flat = slot;
  plan.get = (home, resolution) => {
    const own = readSlot(home, slot);
    if (own !== undefined && own !== IS_UNDEFINED) return own;
    const seed = findSeed(home, slot);
    if (seed !== undefined) return seed.value;
    if (fallback === undefined) throw seedNotGiven(plan, home);
    return fallback.get(home, resolution);
  };
  plan.getAsync = (home, resolution, waiter) =>
    findSeed(home, slot) === undefined && fallback !== undefined
      ? fallback.getAsync(home, resolution, waiter)
      : plan.get(home, resolution);
}
