/** The life of one request in its scope, whatever the host: until its response is over, and all that belongs to it. */
import type { OpenedScope } from "../../container/opened-scope.js";
import { enter } from "../../context/cell.js";
import type { Scope } from "../../registry/api.js";
import { KEEPS_OPEN, reasonsOpen } from "../../scope/kept-open.js";
import { type Outcome, outcomeOfThrow } from "../../scope/outcome.js";
import type { Host, Streams } from "./host.js";
import { type Failed, LiveScope } from "./live-scope.js";
import type { LiveScopes } from "./live-scopes.js";
import type { HostOptions, Settings, Who } from "./options.js";
import { clientLeft, outcomeOfCut, outcomeOfWork, overruled, type Thrown } from "./outcome.js";
import { overdueError, tellOf, warn } from "./reports.js";
import { onResponseOver, type Wire, wasSent } from "./response-over.js";

export abstract class HostRequest<W extends Who, O extends HostOptions<W> = HostOptions<W>> extends LiveScope {
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
    super(who[0], scope, all);
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
    if (this.over) return this.settled ? this.missing : `its response is over, and ${this.missing}`;
    if (!this.settled) return this.host.unsettled;
    const isStreaming = this.streams?.allClosed === false;
    return isStreaming ? "its body is a stream that is still being sent" : "its response is not over";
  }

  /** What is still to end when the response is over, in words. */
  protected get missing(): string | undefined {
    if (!this.settled) return this.host.unsettled;
    if (this.streams?.allClosed === false) return "a stream that was its body has not closed";
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
    let undoneBy: Thrown | undefined;
    try {
      if (this.thrown === undefined) prepare?.();
      outcome = this.#overruled(outcomeOfWork(this.status, this.scope, this.thrown), this.thrown);
    } catch (error) {
      if (this.thrown === undefined) undoneBy = this.thrown = { error };
      else this.report(error);
      outcome = { status: "error", error: this.thrown.error };
    }
    const failed = this.end(outcome);
    if (failed instanceof Promise) return failed.then((failed) => this.#undoneBy(outcome, failed) ?? undoneBy);
    return this.#undoneBy(outcome, failed) ?? undoneBy;
  }

  #undoneBy({ status }: Outcome, failed: Failed): Thrown | undefined {
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
    if (failed !== undefined) this.report(failed.error);
  }

  #lateOutcome(work: Outcome | undefined): Outcome {
    const failure = this.thrown ?? this.brokenBy;
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
    if (this.#cut) this.abort(this.brokenBy?.error ?? clientLeft());
    if (this.#cut || this.settled) this.#reportLater();
    this.#whenOver?.();
    if (!this.settled) this.onOverEarly();
  }

  /** The stream of an answer is known to the innermost request alone. */
  get brokenBy(): Thrown | undefined {
    return this.streams?.failure ?? this.inner?.brokenBy;
  }

  /** What hears of the signal runs in the scope's Context: the server's events have none. */
  protected abort(reason: unknown): void {
    enter(this.scope, () => this.scope.abort(reason));
  }

  /** Tells `onError`; without one, `otherwise`. */
  protected report(error: unknown, otherwise: (error: unknown) => void = (error) => this.tell(error)): void {
    const { onError } = this.settings;
    const tell = onError === undefined ? otherwise : (error: unknown) => onError(error, ...this.who);
    tellOf(error, tell, this.title, this.host.name);
  }

  protected override hasClosed(): void {
    clearTimeout(this.#overdue);
  }

  /** Unless the scope closes before. */
  #reportLater(): void {
    const { patience } = this.settings;
    this.#overdue = setTimeout(() => {
      const missing = [this.missing ?? reasonsOpen(this.scope)].flat();
      const error = overdueError(this.title, missing, patience, this.scope.signal.aborted);
      this.report(error, () => warn(error.message, this.host.name));
    }, patience).unref();
  }
}
