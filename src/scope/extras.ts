/** What few scopes need, made when it is first asked for, so that the others stay small. */
import { randomUUID } from "node:crypto";
import type { Abort } from "./abort.js";
import type { Failure } from "./disposal.js";
import { type Outcome, SUCCESS, UNVOUCHED } from "./outcome.js";

/** How long things are waited for when nobody says otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT = 10_000;

/** Is told of the end of a scope. Must not throw. */
export interface Onlooker {
  /** It begins to end, in the flow of this call. */
  closing(): void;
  closed(): void;
}

/** What a scope has replaced. */
export interface Overrides {
  /** Its last disposer has run: nobody sees this any more. Must not throw. */
  lift(): void;
}

/** An end that channels have been told of. */
export interface AnnouncedEnd {
  readonly since: number;
  outcome: Outcome;
}

export class Extras<S extends object> {
  name: string | undefined = undefined;
  /** Whether channels say nothing of it: it was never really opened. */
  silent = false;
  /** Its end, once channels have been told of it. */
  announced: AnnouncedEnd | undefined = undefined;
  /** What the work is for, in words: `GET /orders`. */
  origin: string | undefined = undefined;
  /** The guard, where there is one. */
  onlooker: Onlooker | undefined = undefined;
  #id: string | undefined;
  disposeTimeout = DEFAULT_TIMEOUT;
  drainTimeout = DEFAULT_TIMEOUT;
  /** Of a scope in another thread. */
  parentId: string | undefined = undefined;
  external: AbortSignal | undefined = undefined;
  abort: Abort | undefined = undefined;
  /** What `fail` was told first, and whether `succeed` was called. */
  failure: Outcome | undefined = undefined;
  vouched = false;
  /** What an end that is under way tells. */
  told: Outcome | undefined = undefined;
  /** The one promise of closing, where closing is more than a synchronous step. */
  closing: Promise<void> | undefined = undefined;
  /** Settles `closing` where it was asked for before the end knew that it needs one. */
  finished: ((failed: Failure | undefined) => void) | undefined = undefined;
  /** What a synchronous end threw. */
  failed: Failure | undefined = undefined;
  /** The current scope of another container family where this one was opened: found again from inside. */
  around: S | undefined = undefined;
  /** What the container layer keeps for a scope that replaces registrations. */
  overrides: Overrides | undefined = undefined;
  /** What this scope disposes; noted once a build was left behind, here or in a scope inside, which may bring it late. */
  disposes: WeakSet<object> | undefined = undefined;
  /** How many holds are not released yet, and who waits for the last. */
  holds = 0;
  released: (() => void) | undefined = undefined;

  get id(): string {
    return (this.#id ??= randomUUID());
  }

  /** The outcome when the work is said to have ended like this: `fail` outweighs a success. */
  verdict(given: Outcome): Outcome {
    return given.status === "success" && this.failure !== undefined ? this.failure : given;
  }

  /** The outcome of an end of which nobody said how the work went. */
  get unspoken(): Outcome {
    return this.failure ?? (this.vouched ? SUCCESS : UNVOUCHED);
  }

  /** Keeps what late code may ask of a closed scope, and lets go of what only its life needed. */
  shed(): void {
    this.abort?.detach();
    this.abort =
      this.external =
      this.onlooker =
      this.announced =
      this.around =
      this.failure =
      this.told =
      this.released =
      this.finished =
        undefined;
  }
}
