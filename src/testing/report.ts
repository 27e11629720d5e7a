/** What an exploration tells. */

/**
 * What is wrong in a finding:
 *
 * - `shared`: what lives in one scope was seen by another, or used there;
 * - `survivor`: it was used after its scope had closed;
 * - `doubled`: it was disposed by hand, or by another scope, and by its owner as well;
 * - `missed`: a disposer that was never called, or never ended; a scope that was never closed;
 * - `failed`: a request, the check or a disposer threw, a rejection was heard by nobody, or a request never ended.
 */
export type FindingKind = "shared" | "survivor" | "doubled" | "missed" | "failed";

/** What is wrong in one order. */
export interface Found {
  readonly kind: FindingKind;
  /** What it is about: the name of a token, or of a request. */
  readonly name: string;
  /** In words. */
  readonly message: string;
  /** What was thrown, where something was. */
  readonly error?: unknown;
}

/** Something that is wrong, with the first order of steps that shows it. */
export interface Finding extends Found {
  /** The steps, in the order in which they happened, up to the end. */
  readonly steps: readonly string[];
  /** Plays this one order again: `explore({ ...options, replay })`. */
  readonly replay: string;
  /** In how many of the orders it was found. */
  readonly orders: number;
  /** Whether it was found again when the order was played a second time. If not, something lives on between orders. */
  readonly repeatable: boolean;
}

/** What an exploration has seen. */
export interface Report {
  /** How many orders were played. */
  readonly orders: number;
  /** Whether these were all that there are. */
  readonly complete: boolean;
  /** What the random ones followed from: `explore({ ...options, seed })` plays the same. */
  readonly seed: number;
  /** What is wrong, each thing once; empty for an application that keeps its promises in all of these orders. */
  readonly findings: readonly Finding[];
}

/** As a finding is shown: what is wrong, after which steps, and how to see it again. */
export function described({ kind, message }: Found, steps: readonly string[], replay: string): string {
  return `${kind}: ${message}\n  after: ${steps.join(" | ")}\n  replay: ${replay}`;
}
