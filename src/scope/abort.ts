/** The signal of a scope: fired by its own end, by its caller's signal or by its parent's. */

/** Whether work was aborted, and why; an AbortSignal answers it too. */
export interface AbortState {
  readonly aborted: boolean;
  readonly reason: unknown;
}

export const NOT_ABORTED: AbortState = { aborted: false, reason: undefined };

/** An abort that makes its AbortController only when someone asks for the signal. */
export class Abort {
  #controller: AbortController | undefined;
  #own = NOT_ABORTED;
  #unfollow: (() => void) | undefined;

  constructor(
    readonly external: AbortSignal | undefined,
    readonly parent: Abort | undefined,
  ) {}

  get state(): AbortState {
    return Abort.#firstAborted(this);
  }

  /** A loop, because scopes may be nested more deeply than the call stack goes. */
  static #firstAborted(abort: Abort | undefined): AbortState {
    for (let at = abort; at !== undefined; at = at.parent) {
      if (at.#own.aborted) return at.#own;
      if (at.external?.aborted) return at.external;
    }
    return NOT_ABORTED;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#control();
    return this.#controller.signal;
  }

  /** Fires the signal. The first reason stays. */
  fire(reason: unknown): void {
    if (this.#controller?.signal.aborted ?? this.state.aborted) return;
    this.#own = { aborted: true, reason };
    this.#controller?.abort(reason);
  }

  /** Lets go of the signals above, which may live for as long as the process. */
  detach(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #control(): AbortController {
    const controller = new AbortController();
    const { aborted, reason } = this.state;
    if (aborted) controller.abort(reason);
    else this.#unfollow = follow([this.external, this.parent?.signal], (reason) => this.fire(reason));
    return controller;
  }
}

/** Calls `fire` with the reason of the first signal that aborts; returns what stops listening. */
function follow(signals: readonly (AbortSignal | undefined)[], fire: (reason: unknown) => void): () => void {
  const stops = signals.map((signal) => {
    const listener = () => fire(signal?.reason);
    signal?.addEventListener("abort", listener);
    return () => signal?.removeEventListener("abort", listener);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
