/** Values that a scope is given when it opens: they are found from every scope inside it, and stay their giver's. */
import { type AmbitError, RegistrationError, UnregisteredTokenError } from "../errors.js";
import { arose } from "../plan/frame.js";
import { noScope } from "../plan/lost-context.js";
import type { Home, Plan } from "../plan/plan.js";
import { keepInSlot, keptInSlot } from "../plan/slots.js";
import { Registration } from "../registry/registration.js";
import { type InjectionToken, nameOfToken } from "../registry/token.js";
import { Lifespan } from "../scope/lifespan.js";
import type { View } from "./view.js";

/** Gives `home` a value for each token. */
export function plantSeeds(home: Home, view: View, seeds: Iterable<readonly [InjectionToken, unknown]>): void {
  // By index an array, which is what most give, takes half the time.
  if (Array.isArray(seeds)) for (let at = 0; at < seeds.length; at++) plantSeed(home, view, seeds[at][0], seeds[at][1]);
  else if (typeof seeds?.[Symbol.iterator] !== "function") throw noPairs();
  else for (const [token, value] of seeds) plantSeed(home, view, token, value);
}

/** Gives `home` a value for `token`. */
export function plantSeed(home: Home, view: View, token: InjectionToken, value: unknown): void {
  const registration = seedRegistration(view, token);
  if (registration.slot < 0) registration.slot = view.family.slots++;
  keepInSlot(home, registration.slot, value);
}

function seedRegistration(view: View, token: InjectionToken): Registration {
  const registered = view.find(token)?.at(-1);
  if (registered !== undefined && registered.kind !== "useSeed") throw notASeed(token);
  return registered ?? view.family.seeds.get(token) ?? newSeed(view, token);
}

function newSeed(view: View, token: InjectionToken): Registration {
  const { family } = view;
  const registration = new Registration(token, { useSeed: true }, {});
  family.seeds.set(token, registration);
  // Plans that were made before do not look for it.
  view.root.changed();
  return registration;
}

/** The value for a seed's slot: this scope's, or that of the nearest scope around it which has one. */
export function findSeed(home: Home, slot: number): { readonly value: unknown } | undefined {
  for (let scope: Home | undefined = home; scope instanceof Lifespan; scope = scope.enclosing as Home | undefined) {
    const kept = keptInSlot(scope, slot);
    if (kept !== undefined) return kept;
  }
  return undefined;
}

/** Nobody gave the seed, or there is no scope that could have been given it. */
export function seedNotGiven(plan: Plan, home: Home): AmbitError {
  const error =
    home.place === undefined ? noScope(plan.name, undefined, home.family) : UnregisteredTokenError.notSeeded(plan.name);
  return arose(error, plan);
}

function noPairs(): RegistrationError {
  return new RegistrationError(
    "Cannot open a scope with these seeds: they are no list of tokens and values.",
    "{ seeds: [[Token, value], ...] }, or a Map; of an object with names Object.entries(...).",
  );
}

function notASeed(token: InjectionToken): RegistrationError {
  const name = nameOfToken(token);
  return new RegistrationError(
    `Cannot seed ${name}: it is registered, and a seed would hide that for some who ask and not for others.`,
    `register it with { useSeed: true }, or replace it for this scope with scope.override(${name}, provider).`,
  );
}
