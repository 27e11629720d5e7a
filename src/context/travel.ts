/** Takes the values of travelling context variables along to another thread, where the same modules were loaded. */
import { TravelError } from "../errors.js";
import { ContextCell, currentCell, enter } from "./cell.js";
import { findSpoiled } from "./cloneable.js";
import type { ContextVar } from "./context-var.js";
import { travellerNamed } from "./travellers.js";
import { entriesOf, NO_VARIABLES, type Variables, withValue } from "./variables.js";

/** What goes along: names and values that a structured clone keeps as they are. */
export type Luggage = readonly (readonly [name: string, value: unknown])[];

/**
 * The values of this Context that travel. Defaults stay: the other thread has its own.
 *
 * @throws TravelError ERR_AMBIT_TRAVEL for a value that would not arrive as it is; it names the variable and the part
 */
export function pack(): Luggage {
  const luggage: [string, unknown][] = [];
  for (const [variable, value] of entriesOf<ContextVar<unknown>>(currentCell().vars)) {
    if (variable.travels !== undefined) luggage.push([variable.name, encode(variable, value)]);
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
  let vars: Variables = NO_VARIABLES;
  for (const [name, value] of luggage) {
    const variable = travellerNamed(name) as ContextVar<unknown> | undefined;
    if (variable !== undefined) vars = withValue(vars, -1, variable, decode(variable, value));
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
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TravelError(`Cannot take context variables to another thread: ${what}: ${reason}`, undefined, cause);
  }
}
