/** The disposer that a class gives to its instances, as its prototype shows it. */
import { DISPOSER_KEYS, type Disposer, type DisposerKey, isDisposer, isObject } from "../scope/disposal.js";
import type { Constructor } from "./token.js";

export interface InheritedDisposer {
  readonly key: DisposerKey;
  readonly dispose: Disposer;
}

/**
 * The disposer that instances of a class inherit. Each may still have another one: its constructor can give it that, and
 * a getter what it likes.
 */
export function inheritedDisposer({ prototype }: Constructor): InheritedDisposer | undefined {
  for (const key of DISPOSER_KEYS) {
    const dispose = inherited(prototype, key);
    if (isDisposer(dispose, key)) return { key, dispose };
  }
  return undefined;
}

/** What instances inherit under a key. Does not call getters, which may want an instance. */
function inherited(prototype: unknown, key: DisposerKey): unknown {
  for (let at = prototype; isObject(at); at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}
