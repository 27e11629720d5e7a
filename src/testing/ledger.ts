/** What was found in one order. */
import { ScopeLeakError } from "../errors.js";
import { messageOf } from "../thrown.js";
import type { Found } from "./report.js";

export class Ledger {
  readonly #found = new Map<string, Found>();

  get found(): readonly Found[] {
    return [...this.#found.values()];
  }

  /** The same thing is kept once. */
  add(found: Found): void {
    const key = keyOf(found);
    if (!this.#found.has(key)) this.#found.set(key, found);
  }

  /** `name` threw. The guard has told of a leak itself, with the name of what leaked. */
  failed(name: string, error: unknown): void {
    if (error instanceof ScopeLeakError) return;
    this.add({ kind: "failed", name, message: `${name} failed: ${messageOf(error)}`, error });
  }

  /** The order could not go on: the check, or a rejection that nobody heard. */
  cutShort(error: unknown): void {
    const unheard = error instanceof Error ? error.cause : undefined;
    if (unheard instanceof ScopeLeakError) return;
    this.add({ kind: "failed", name: "the order", message: messageOf(error), error });
  }
}

/** By what a finding is known to be the same: ids and counts differ from order to order, and requests are alike. */
export function keyOf({ kind, name, message }: Found): string {
  return kind === "failed"
    ? `${kind} ${message.split("\n")[0].replaceAll(/[\da-f]*\d[\da-f-]*/g, "#")}`
    : `${kind} ${name}`;
}
