/** What a scope waits for, in words: for those who look at one that is open for longer than they thought. */
import { disposingOf } from "./announce.js";
import { OWN } from "./disposal.js";
import type { Lifespan } from "./lifespan.js";
import { eachNested } from "./nested.js";
import { CLOSED, DISPOSING } from "./owner.js";

/** On what ambit itself has put among a scope's disposers: what that waits for before it ends the scope. */
export const KEEPS_OPEN = Symbol("ambit.keepsOpen");

/** Whoever ends a scope, and may say why it has not yet. */
export interface KeepsOpen {
  [KEEPS_OPEN](): string | undefined;
}

/** Why `scope` has not closed, as far as it is known: several reasons, or none. Empty for one that has. */
export function reasonsOpen(scope: Lifespan): string[] {
  if (scope.phase === CLOSED) return [];
  if (scope.phase === DISPOSING) return [disposing(scope)];
  const { extras, flights } = scope;
  const held = counted(extras?.holds, "piece of held work has", "pieces of held work have", "not settled");
  const nested = counted(eachNested(scope.nested).length, "nested scope is", "nested scopes are", "open");
  const built = counted(flights?.size, "build has", "builds have", "not finished");
  return [...keepers(scope), held, built, nested].filter((reason) => reason !== undefined);
}

function disposing(scope: Lifespan): string {
  const name = disposingOf(scope);
  return name === undefined
    ? "a nested scope is closing, or a disposer runs"
    : `the disposer of ${name} has not settled`;
}

function counted(count = 0, one: string, several: string, what: string): string | undefined {
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? one : several} ${what}`;
}

function keepers(scope: Lifespan): (string | undefined)[] {
  const told: (string | undefined)[] = [];
  for (let link = scope.top; link !== undefined; link = link.next) {
    if (link.kind === OWN && isKeeper(link.value)) told.push(link.value[KEEPS_OPEN]());
  }
  return told;
}

function isKeeper(value: unknown): value is KeepsOpen {
  return typeof value === "object" && value !== null && KEEPS_OPEN in value;
}
