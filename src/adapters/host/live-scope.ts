/** A request's scope, from its opening to its end, whoever ends it; one inside the other, where several containers have one. */
import { type ContextCell, currentCell } from "../../context/cell.js";
import type { Scope } from "../../registry/api.js";
import { Failure, OWN } from "../../scope/disposal.js";
import { KEEPS_OPEN, type KeepsOpen } from "../../scope/kept-open.js";
import type { Outcome } from "../../scope/outcome.js";
import type { LiveScopes } from "./live-scopes.js";
import type { Thrown } from "./outcome.js";

/** What the disposers of a scope threw, if any did. */
export type Failed = Failure | undefined;

/** On what a host gives its handlers: the innermost scope of its request. */
const INNERMOST = Symbol("ambit.request");

/** The request that came through `scopePerRequest` with `given`; the innermost, if there are several. */
export function requestOf(given: object): LiveScope | undefined {
  return (given as { [INNERMOST]?: LiveScope })[INNERMOST];
}

/** The innermost of them whose scope is open, which what happens belongs to; the outermost when none is. */
export function openRequestOf(given: object): LiveScope | undefined {
  let request = requestOf(given);
  while (request?.closed && request.outer !== undefined) request = request.outer;
  return request;
}

export abstract class LiveScope implements KeepsOpen {
  /** Whether the scope has closed. */
  closed = false;
  /** The same request, in the scope of another container further out. */
  readonly outer: LiveScope | undefined;
  /** And further in. */
  protected inner: LiveScope | undefined;
  readonly #all: LiveScopes;
  #told: Outcome | undefined;
  #whenClosed: (() => void) | undefined;

  /** @param given what the host gives its handlers */
  constructor(
    given: object,
    readonly scope: Scope,
    all: LiveScopes,
  ) {
    this.outer = requestOf(given);
    if (this.outer !== undefined) this.outer.inner = this;
    (given as { [INNERMOST]?: LiveScope })[INNERMOST] = this;
    this.#all = all;
    all.add(scope);
    scope.push(this, LiveScope.#hear, OWN);
  }

  abstract [KEEPS_OPEN](): string | undefined;

  /** The Context of what is handed over now: the caller's, with all that was set there, where that is in the scope. */
  get cellNow(): ContextCell {
    const cell = currentCell();
    return cell.scope === this.scope ? cell : this.scope;
  }

  /** What broke its answer, here or further in. */
  abstract get brokenBy(): Thrown | undefined;

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
  async untilClosed(): Promise<void> {
    if (!this.closed) await new Promise<void>((resolve) => (this.#whenClosed = resolve));
  }

  /** Lets go of what only an open scope needs. */
  protected hasClosed(): void {}

  #hasClosed(failed: Failed): Failed {
    this.closed = true;
    this.hasClosed();
    this.#all.delete(this.scope);
    this.#whenClosed?.();
    return failed;
  }

  static #hear(this: unknown, outcome?: Outcome): void {
    (this as LiveScope).#told = outcome;
  }
}
