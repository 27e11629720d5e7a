/**
 * Code of its own for a class that is built often.
 *
 * Closures of one function share what the engine learns of it. Shared by all classes, neither `new`, nor what gives the
 * arguments, nor a look for a disposer is inlined, which costs 16 to 20 ns an instance. Making the code costs 2 to 5 µs,
 * and reading the class for it some more, so that what is built once or twice goes without; so does everything under a
 * policy that forbids it.
 */
import { type InheritedDisposer, inheritedDisposer } from "../registry/inherited-disposer.js";
import { mayReturnAnother } from "../registry/source.js";
import type { Constructor } from "../registry/token.js";
import { DISPOSER_KEYS, PLAIN } from "../scope/disposal.js";
import { DISPOSING } from "../scope/owner.js";
import { claimBuilt, tooLate } from "./claim.js";
import { passed } from "./frame.js";
import { type Get, type Home, NOT_CONSTANT, Plan, type Source } from "./plan.js";
import { arrayOf, BUSY, IS_UNDEFINED, indexOf, pageNumberOf, SLOTS_FLAT } from "./slots.js";

/** After how many instances a class is given code of its own. Tests set it: to 0 for at once, to Infinity for never. */
export const ownCode = { after: 4 };

/** How instances of a class are made. */
export interface Recipe {
  readonly target: Constructor;
  /** Of the arguments, in order. */
  readonly sources: readonly Source[];
  /** Whether it is disposed by whom it is built for. */
  readonly owned: boolean;
}

/** Where a scope keeps the instance, and what is done in all but the usual case. */
export interface KeptIn {
  readonly slot: number;
  readonly build: Get;
  /** Refuses what was finished while its scope was ending, and ends it. */
  readonly late: (home: Home, value: unknown) => unknown;
}

/** Has a class that is made often made by code of its own from then on, and looked for by it where scopes keep it. */
export function promoteWhenOften(plan: Plan, recipe: Recipe, kept?: KeptIn): void {
  const { make, get } = plan;
  let times = 0;
  const counting: Get = (home, resolution) => {
    if (++times === ownCode.after) promote();
    return make(home, resolution);
  };
  plan.make = counting;
  if (get === make) plan.get = counting;
  if (ownCode.after === 0) promote();

  function promote() {
    const ends = endsOf(recipe);
    const own = ownMake(plan, recipe, ends) ?? make;
    // Another way of giving it, which somebody has put around this one, stays.
    if (plan.get === counting) plan.get = own;
    else if (kept !== undefined && plan.get === get) plan.get = ownGet(plan, recipe, ends, kept) ?? get;
    plan.make = own;
  }
}

/** What an instance is looked at for, and what is done about it. */
interface Ends {
  /** Sees whether it has another disposer than its class gives it: then it is claimed as any value is. */
  readonly look: string;
  readonly claim: string;
  readonly inherited: InheritedDisposer | undefined;
}

/** In code of its own a look at each instance costs next to nothing: all of them have the same shape. */
function endsOf({ target, owned }: Recipe): Ends {
  if (!owned) return { look: "", claim: "", inherited: undefined };
  // Another's instance stays the other's: it is looked at closely.
  const inherited = mayReturnAnother(target) ? undefined : inheritedDisposer(target);
  const last = inherited === undefined ? DISPOSER_KEYS.length - 1 : DISPOSER_KEYS.indexOf(inherited.key);
  const expected = DISPOSER_KEYS.slice(0, last + 1).map((key) => (key === inherited?.key ? "disposer" : "undefined"));
  const differs = expected.map((each, index) => `value[key${index}] !== ${each}`).join(" || ");
  return {
    // What throws for a key that it does not have is looked at with more care.
    look: `
    let differs;
    try { differs = ${differs}; } catch { differs = true; }`,
    claim: `
    if (differs) value = claimBuilt(owner, value, target, plan);
    ${inherited === undefined ? "" : `else owner.push(value, disposer, ${PLAIN});`}`,
    inherited,
  };
}

/** A new instance each time. `undefined` where code may not be made. */
function ownMake(plan: Plan, recipe: Recipe, ends: Ends): Get | undefined {
  const body = `
    let value;
    try { value = new target(${args(recipe)}); }
    catch (error) { throw passed(error, plan); }
    ${ends.look}
    ${ends.inherited === undefined ? "" : `if (owner.phase >= ${DISPOSING}) return tooLate(owner, value, plan);`}
    ${ends.claim}
    return value;`;
  return codeOf(body, givenTo(plan, recipe, ends));
}

/** One for each scope. `undefined` where code may not be made. */
function ownGet(plan: Plan, recipe: Recipe, ends: Ends, { slot, build, late }: KeptIn): Get | undefined {
  const at = indexOf(slot);
  const body = `
    ${slot < SLOTS_FLAT ? "let { slots } = owner;" : pageOf(slot)}
    const found = ${slot < SLOTS_FLAT ? "slots" : "slots?."}[${at}];
    if (found !== undefined) return found === BUSY || found === IS_UNDEFINED ? build(owner, resolution) : found;
    if (owner.place !== place || owner.phase >= ${DISPOSING} || owner.flights !== undefined)
      return build(owner, resolution);
    ${slot < SLOTS_FLAT ? "" : `slots ??= arrayOf(owner, ${slot});`}
    slots[${at}] = BUSY;
    let value;
    try {
    value = new target(${args(recipe)});
    ${ends.look}
    if (owner.phase >= ${DISPOSING}) return late(owner, value);
    ${ends.claim}
    } catch (error) { slots[${at}] = undefined; throw passed(error, plan); }
    slots[${at}] = value;
    return value;`;
  const { place } = plan;
  return codeOf(body, { ...givenTo(plan, recipe, ends), BUSY, IS_UNDEFINED, arrayOf, place, build, late });
}

function pageOf(slot: number): string {
  return `
    let page = owner.pages;
    while (page !== undefined && page.number !== ${pageNumberOf(slot)}) page = page.next;
    let slots = page?.slots;`;
}

/** What the code is given, by the name that it has in there. */
type Given = Readonly<Record<string, unknown>>;

function givenTo(plan: Plan, { target, sources }: Recipe, { inherited }: Ends): Given {
  const arguments_ = sources.map((source, index) => [`source${index}`, isSettled(source) ? source.constant : source]);
  const keys = DISPOSER_KEYS.map((key, index) => [`key${index}`, key]);
  const disposer = inherited?.dispose;
  return { plan, target, passed, claimBuilt, tooLate, disposer, ...Object.fromEntries([...arguments_, ...keys]) };
}

function args({ sources }: Recipe): string {
  return sources
    .map((source, index) => (isSettled(source) ? `source${index}` : `source${index}.get(owner, resolution)`))
    .join(", ");
}

/** A change that could unsettle it makes all plans anew. */
function isSettled(source: Source): source is Plan {
  return source instanceof Plan && source.constant !== NOT_CONSTANT;
}

/** Nothing in its text is anybody's but ambit's. */
function codeOf(body: string, given: Given): Get | undefined {
  try {
    // oxlint-disable-next-line no-implied-eval
    const code = new Function(...Object.keys(given), `"use strict"; return (owner, resolution) => {${body}};`);
    return code(...Object.values(given)) as Get;
  } catch {
    return undefined;
  }
}
