/** What a scope is opened with, as far as its life goes. */
import { ScopeStateError } from "../errors.js";
import type { Extras } from "./extras.js";

/** How a scope is called, what ends its work, and how long its end waits. */
export interface LifespanOptions {
  /** Named lifetimes live in the nearest scope of their name. */
  readonly name?: string | undefined;
  /** The id of the scope in another thread, or another process, that this one works for. */
  readonly parentId?: string | undefined;
  /** Fires `scope.signal` too. */
  readonly signal?: AbortSignal | undefined;
  /** How long one disposer is waited for, in milliseconds; default 10,000. */
  readonly disposeTimeout?: number | undefined;
  /** How long closing waits for holds, in milliseconds; default 10,000. */
  readonly drainTimeout?: number | undefined;
}

/** Applies what few callers ask for. */
export function configure(scope: { readonly more: Extras<object> }, options: LifespanOptions): void {
  const { name, parentId, signal, disposeTimeout, drainTimeout } = options;
  if (name !== undefined) scope.more.name = name;
  if (parentId !== undefined) scope.more.parentId = parentId;
  if (signal !== undefined) scope.more.external = signal;
  if (disposeTimeout !== undefined) scope.more.disposeTimeout = milliseconds(disposeTimeout, "disposeTimeout");
  if (drainTimeout !== undefined) scope.more.drainTimeout = milliseconds(drainTimeout, "drainTimeout");
}

/** The longest that Node's timers can wait; beyond it they fire at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

function milliseconds(value: number, option: string): number {
  if (typeof value !== "number" || !(value >= 0)) {
    throw new ScopeStateError(
      `Cannot open a scope with ${option} ${String(value)}: it is a time in milliseconds, 0 or more.`,
    );
  }
  return Math.min(value, LONGEST_TIMEOUT);
}
