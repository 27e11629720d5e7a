/** Where the guard comes in, which the layer below makes: containers without one do not know of it. */
import type { Scope } from "../registry/api.js";
import type { Registration } from "../registry/registration.js";
import type { LeakReport } from "./leaks.js";
import type { Maker } from "./make.js";
import type { Plan } from "./plan.js";

/** Watches over what lives in the scopes of one container family. */
export interface Guard {
  /** A scope has been opened: remembers where. */
  opened(scope: Scope): void;
  /** `maker`, with stand-ins for what it makes where that lives in scopes. */
  around(plan: Plan, registration: Registration, maker: Maker): Maker;
  /** The registration from which the maker of `registration` is made: the same, or one with another provider. */
  instead?(registration: Registration): Registration;
  /** Where `scope` was opened and when it closed, as a sentence of an error. */
  historyOf(scope: Scope): string | undefined;
  /** Where `scope` was opened: the frames of a stack. */
  originOf(scope: Scope): string | undefined;
  /** A transient that belonged to no scope is gone, and nobody has disposed it. */
  lost(name: string): void;
  report(): LeakReport;
}

/** What a guard watches over: a root container and its children. */
export interface Guarded {
  guard: Guard | undefined;
}

let makeGuard: (() => Guard) | undefined;
const waiting: Guarded[] = [];

/** Gives the family a guard: now, or when there is one to be had. The default container is made before. */
export function equip(family: Guarded): void {
  if (makeGuard === undefined) waiting.push(family);
  else family.guard = makeGuard();
}

/** From now on guards are made like this. */
export function makeGuardsWith(make: () => Guard): void {
  makeGuard = make;
  for (const family of waiting.splice(0)) equip(family);
}

/** Whether containers have a guard that do not say. Read once: what runs must not change under a program's feet. */
export const GUARD_BY_DEFAULT = process.env.AMBIT_GUARD === "1";
