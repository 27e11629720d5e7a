/** The life of one request in its scope, whatever the host: until its response is over, and all that belongs to it. */
import { enter } from "../../context/cell.js";
import type { Scope } from "../../container/api.js";
import type { OpenedScope } from "../../container/opened-scope.js";
import { KEEPS_OPEN } from "../../scope/kept-open.js";
import { type Outcome, outcomeOfThrow } from "../../scope/outcome.js";
import { type Failed, LiveScope } from "./live-scope.js";
import type { LiveScopes } from "./live-scopes.js";
import type { HostOptions, Settings, Who } from "./options.js";
import { clientLeft, outcomeOfCut, outcomeOfWork, overruled, type Thrown } from "./outcome.js";
import { overdueError, warn } from "./reports.js";
import { onResponseOver, wasSent, type Wire } from "./response-over.js";

/** On what a host gives its handlers: the request whose scope it belongs to. */
const REQUEST = Symbol("ambit.request");

/** The request that came through `scopePerRequest` with `given`; the innermost, if there are several. */
export function requestOf(given: object): AnyRequest | undefined {
  return (given as { [REQUEST]?: AnyRequest })[REQUEST];
}

/** A request of any host. */
export type AnyRequest = HostRequest<any>;

/** The streams that were ever an answer. */
export interface Streams {
  /** What the first stream threw that failed before the response was over. */
  readonly failure: Thrown | undefined;
  readonly allClosed: boolean;
  /** Ends what is left, now that nobody will send it, and waits until each has closed; there may be none. */
  close(): Promise<void> | undefined;
}

/** What there is to know of a host. */
export interface Host<W extends Who> {
  /** For the names of warnings: "Koa". */
  readonly name: string;
  /** For reports: "GET /orders". */
  titleOf(...who: W): string;
  /** Gives a new scope what is the host's. */
  seed(scope: Scope, ...who: W): void;
  /** What is missing while the work has not settled: "its middleware have not settled". */
  readonly unsettled: string;
}

export abstract class HostRequest<W extends Who, O extends HostOptions<W> = HostOptions<W>> extends LiveScope {
  /** The same request, in the scope of another container further out. */
  readonly outer: AnyRequest | undefined;
  protected inner: AnyRequest | undefined;
  /** Whether the work has said that it is done. */
  protected settled = false;
  protected thrown: Thrown | undefined;
  #failed: Outcome | undefined;
  protected over = false;
  /** Whether the response was over before all of it had left. Hosts end also what was cut: later, Node would deny it. */
  #cut = false;
  #whenOver: (() => void) | undefined;
  #overdue: NodeJS.Timeout | undefined;

  /** @param wire `undefined` where Node's server has no part in it: `responseIsOver` is then the host's to call */
  constructor(
    readonly host: Host<W>,
    readonly who: W,
    readonly wire: Wire | undefined,
    scope: Scope,
    readonly settings: Settings<O>,
    all: LiveScopes,
  ) {
    super(scope, all);
    const [given] = who;
    this.outer = requestOf(given);
    if (this.outer !== undefined) this.outer.inner = this;
    (given as { [REQUEST]?: AnyRequest })[REQUEST] = this;
  }

  /** The status that the answer has, or will have. */
  protected abstract get status(): number;
  /** Whether the status has been sent. */
  protected abstract get headSent(): boolean;
  protected abstract get streams(): Streams | undefined;
  protected get title(): string {
    return this.host.titleOf(...this.who);
  }
  /** Where errors go without `onError`. */
  protected abstract tell(error: unknown): void;
  /** What a late end waits for, beside the response and its streams. */
  protected untilWorkEnds(): Promise<unknown> | undefined {
    return undefined;
  }
  /** The response is over, and the work has not said that it is done. */
  protected onOverEarly(): void {}

  /** What the request waits for, in words. */
  [KEEPS_OPEN](): string | undefined {
    const { unsettled } = this.host;
    if (!this.settled) return this.over ? `its response is over, and ${unsettled}` : unsettled;
    const isStreaming = this.streams?.allClosed === false;
    if (!this.over) return isStreaming ? "its body is a stream that is still being sent" : "its response is not over";
    if (isStreaming) return "a stream that was its body has not closed";
    return this.inner?.closed === false ? "the request's scope in another container is open" : undefined;
  }

  /** To be called once the host's own fields are there. */
  protected watch(): void {
    if (this.wire !== undefined) onResponseOver(this.wire, () => this.responseIsOver(!wasSent(this.wire!)));
  }

  /**
   * Ends the scope before the answer leaves, so that a commit which fails is an error and not a lie.
   *
   * @param prepare the last of the work
   * @returns what undid a success, if anything did; a promise only where something has to be awaited
   */
  protected endBefore(prepare?: () => void): Thrown | undefined | Promise<Thrown | undefined> {
    let outcome: Outcome;
    try {
      if (this.thrown === undefined) prepare?.();
      outcome = this.#overruled(outcomeOfWork(this.status, this.scope, this.thrown), this.thrown);
    } catch (error) {
      if (this.thrown === undefined) this.thrown = { error };
      else this.report(error);
      outcome = { status: "error", error: this.thrown.error };
    }
    const failed = this.end(outcome);
    if (failed instanceof Promise) return failed.then((failed) => this.#undoneBy(outcome, failed));
    return this.#undoneBy(outcome, failed);
  }

  #undoneBy({ status }: Outcome, failed: Failed): Thrown | undefined {
    clearTimeout(this.#overdue);
    if (this.thrown === undefined && status === "success") return failed ?? this.undone;
    if (failed !== undefined) this.report(failed.error, (this.scope as OpenedScope).report);
    return undefined;
  }

  /**
   * Ends the scope once the response is over, and all that was ever its body has closed. Holds are the scope's own affair.
   *
   * @param work how the work ended; without, it is asked then, and a status counts only if it was sent
   */
  protected endAfterResponse(work?: Outcome): Promise<void> {
    return enter(this.scope, () => this.#endAfterResponse(work));
  }

  async #endAfterResponse(work: Outcome | undefined): Promise<void> {
    if (!this.over) await new Promise<void>((resolve) => (this.#whenOver = resolve));
    await this.streams?.close();
    await this.untilWorkEnds();
    await this.inner?.untilClosed();
    const failed = await this.end(this.#lateOutcome(work));
    clearTimeout(this.#overdue);
    if (failed !== undefined) this.report(failed.error);
  }

  #lateOutcome(work: Outcome | undefined): Outcome {
    const failure = this.thrown ?? this.streams?.failure;
    let outcome = work ?? this.#outcomeNow();
    if (outcome.status === "success" && this.#cut) outcome = outcomeOfCut(this.scope, failure);
    try {
      return this.#overruled(outcome, failure);
    } catch (error) {
      this.report(error);
      return { status: "error", error };
    }
  }

  /** The work has thrown. Whether it ended by the signal can be said only now: the signal may fire because of it. */
  protected threw(error: unknown): void {
    if (this.thrown !== undefined) return;
    this.thrown = { error };
    this.#failed = outcomeOfThrow(error, this.scope.abortState);
  }

  /** A status that was not sent says nothing. */
  #outcomeNow(): Outcome {
    return this.#failed ?? outcomeOfWork(this.headSent ? this.status : 0, this.scope, this.thrown);
  }

  /** `outcome`, unless the app's own idea of it overrules it. */
  #overruled(outcome: Outcome, thrown: Thrown | undefined): Outcome {
    return overruled(outcome, this.settings.outcome?.(...this.who, thrown?.error), this.scope);
  }

  protected responseIsOver(cut: boolean): void {
    if (this.over) return;
    this.over = true;
    if (this.closed) return;
    this.#cut = cut;
    if (this.#cut) this.abort(this.streams?.failure?.error ?? clientLeft());
    if (this.#cut || this.settled) this.#reportLater();
    this.#whenOver?.();
    if (!this.settled) this.onOverEarly();
  }

  /** What hears of the signal runs in the scope's Context: the server's events have none. */
  protected abort(reason: unknown): void {
    enter(this.scope, () => this.scope.abort(reason));
  }

  /** Tells `onError`; without one, `otherwise`. */
  protected report(error: unknown, otherwise: (error: unknown) => void = (error) => this.tell(error)): void {
    const { onError } = this.settings;
    if (onError === undefined) otherwise(error);
    else onError(error, ...this.who);
  }

  /** Unless the scope closes before. */
  #reportLater(): void {
    const { patience } = this.settings;
    this.#overdue = setTimeout(() => {
      const missing = this.settled ? "a stream that was its body has not closed" : this.host.unsettled;
      const error = overdueError(this.title, missing, patience);
      this.report(error, () => warn(error.message, this.host.name));
    }, patience).unref();
  }
}
