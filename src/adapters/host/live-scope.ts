/** A request's scope, from its opening to its end, whoever ends it. */
import type { Scope } from "../../container/api.js";
import { Failure, OWN } from "../../scope/disposal.js";
import { KEEPS_OPEN, type KeepsOpen } from "../../scope/kept-open.js";
import type { Outcome } from "../../scope/outcome.js";
import type { LiveScopes } from "./live-scopes.js";
import type { Thrown } from "./outcome.js";

/** What the disposers of a scope threw, if any did. */
export type Failed = Failure | undefined;

export abstract class LiveScope implements KeepsOpen {
  /** Whether the scope has closed. */
  closed = false;
  readonly #all: LiveScopes;
  #told: Outcome | undefined;
  #whenClosed: (() => void) | undefined;

  constructor(
    readonly scope: Scope,
    all: LiveScopes,
  ) {
    this.#all = all;
    all.add(scope);
    scope.push(this, LiveScope.#hear, OWN);
  }

  abstract [KEEPS_OPEN](): string | undefined;

  /** Why a success is none: the scope was ended by somebody else, such as a container at shutdown. */
  protected get undone(): Thrown | undefined {
    const told = this.#told;
    if (told === undefined || told.status === "success") return undefined;
    return { error: told.status === "error" ? told.error : told.reason };
  }

  /** Ends the scope. Never throws; gives a promise only when something has to be awaited. */
  protected end(outcome: Outcome): Failed | Promise<Failed> {
    const ending = this.scope.end(outcome);
    if (!(ending instanceof Promise)) return this.#hasClosed(ending);
    return ending.then(
      () => this.#hasClosed(undefined),
      (error: unknown) => this.#hasClosed(new Failure(error)),
    );
  }

  /** Waits for the end. For one who waits. */
  protected async untilClosed(): Promise<void> {
    if (!this.closed) await new Promise<void>((resolve) => (this.#whenClosed = resolve));
  }

  #hasClosed(failed: Failed): Failed {
    this.closed = true;
    this.#all.delete(this.scope);
    this.#whenClosed?.();
    return failed;
  }

  static #hear(this: unknown, outcome?: Outcome): void {
    (this as LiveScope).#told = outcome;
  }
}
