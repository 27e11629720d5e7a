/** Takes the values of travelling context variables along to another thread, where the same modules were loaded. */
import { TravelError } from "../errors.js";
import { messageOf } from "../thrown.js";
import { ContextCell, currentCell, enter } from "./cell.js";
import { findSpoiled } from "./cloneable.js";
import type { ContextVar } from "./context-var.js";
import { travellerNamed } from "./travellers.js";

/** What goes along: names and values in turn, which a structured clone keeps as they are. Pairs would take twice as long. */
export type Luggage = readonly unknown[];

/**
 * The values of this Context that travel. Defaults stay: the other thread has its own.
 *
 * @throws TravelError ERR_AMBIT_TRAVEL for a value that would not arrive as it is; it names the variable and the part
 */
export function pack(): Luggage {
  const { vars } = currentCell();
  const luggage: unknown[] = [];
  for (let at = 0; at < vars.length; at += 2) {
    const variable = vars[at] as ContextVar<unknown>;
    if (variable.travels !== undefined) luggage.push(variable.name, encode(variable, vars[at + 1]));
  }
  return luggage;
}

function encode({ name, travels }: ContextVar<unknown>, value: unknown): unknown {
  if (travels === true) return assertKept(name, value, `give ${name} a codec: ${CODEC}.`);
  const encoded = attempt(() => travels?.encode(value), `encode of context variable "${name}" failed`);
  return assertKept(
    name,
    encoded,
    `have its encode return what a structured clone keeps: plain objects, arrays, strings.`,
  );
}

const CODEC = "new ContextVar(name, { travels: { encode: (value) => ..., decode: (data) => ... } })";

function assertKept(name: string, value: unknown, fix: string): unknown {
  // Most are strings, and nothing of a string can stay behind.
  if (typeof value === "string") return value;
  const spoiled = attempt(() => findSpoiled(value, name), `context variable "${name}" cannot be read`);
  if (spoiled === undefined) return value;
  const { path, reason } = spoiled;
  throw new TravelError(`Cannot send context variable "${name}" to another thread: ${path} ${reason}.`, fix);
}

/**
 * Calls `fn` in a new Context that has nothing but these values. What no module of this thread knows is left out.
 *
 * @throws TravelError ERR_AMBIT_TRAVEL when a codec cannot decode what arrived
 */
export function unpack<R>(luggage: Luggage, fn: () => R): R {
  const vars: unknown[] = [];
  for (let at = 0; at < luggage.length; at += 2) {
    const variable = travellerNamed(luggage[at] as string) as ContextVar<unknown> | undefined;
    if (variable !== undefined) vars.push(variable, decode(variable, luggage[at + 1]));
  }
  return enter(new ContextCell(vars), fn);
}

function decode({ name, travels }: ContextVar<unknown>, value: unknown): unknown {
  if (travels === true || travels === undefined) return value;
  return attempt(() => travels.decode(value), `decode of context variable "${name}" failed`);
}

/** Runs a user's code, a codec or a getter; what it throws is the cause of what is said. */
function attempt<R>(code: () => R, what: string): R {
  try {
    return code();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TravelError(`Cannot take context variables to another thread: ${what}: ${reason}`, undefined, cause);
  }
}
