/** The variables of this thread that go along to others, by name: the other thread knows them by nothing else. */
import { ContextStateError } from "../errors.js";

const travellers = new Map<string, object>();

/** Has `variable` found by its name. @throws ContextStateError ERR_AMBIT_CONTEXT_STATE for a second one of that name */
export function registerTraveller(name: string, variable: object): void {
  if (travellers.has(name)) {
    throw new ContextStateError(
      `Cannot make a second travelling context variable "${name}": another thread could not tell the two apart.`,
      "give it another name; make each variable once, at the top of a module.",
    );
  }
  travellers.set(name, variable);
}

/** The variable of that name; `undefined` where its module was not loaded in this thread. */
export function travellerNamed(name: string): object | undefined {
  return travellers.get(name);
}
