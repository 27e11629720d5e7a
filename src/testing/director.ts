/** Decides, in one order, when what waits goes on, and what goes wrong. */
import { ContextVar } from "../context/context-var.js";
import type { World } from "./scheduler.js";

/** Thrown where an exploration lets something fail, in place of what it would have thrown itself. */
export class InjectedFailure extends Error {
  /** @param label of the step that failed */
  constructor(readonly label: string) {
    super(`${label}: an exploration lets it fail`);
    this.name = "InjectedFailure";
  }
}

/** The request in whose flow something happens, for the labels of steps. */
export const player = new ContextVar<string | undefined>("ambit/testing request", { default: undefined });

export class Director {
  /** Whether something was made to fail. */
  hasFailed = false;
  /** Nothing waits for the director any more: the order is over. */
  over = false;
  readonly #world: World;
  #failures: number;
  #aborts: number;

  /** @param budget how many failures and aborts there may be in this order */
  constructor(world: World, { failures, aborts }: { readonly failures: number; readonly aborts: number }) {
    this.#world = world;
    this.#failures = failures;
    this.#aborts = aborts;
  }

  /** Waits for its turn. With `mayFail`, an order may reject it with an `InjectedFailure`. */
  wait(label: string, mayFail = false): Promise<void> {
    if (this.over) return Promise.resolve();
    const who = player.get();
    const full = who === undefined ? label : `${who}: ${label}`;
    return mayFail ? this.#waitOrFail(full) : this.#world.step(full);
  }

  /** Lets the client of a request leave at any step, or not at all, until the returned function is called. */
  offerAbort(label: string, abort: () => void): () => void {
    const go = () => {
      this.#aborts--;
      abort();
    };
    return this.#world.offer({ label, go, possible: () => this.#aborts > 0 });
  }

  #waitOrFail(label: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const withdraw = this.#world.offer({
        label,
        go: () => {
          withdrawFailure();
          resolve();
        },
      });
      const fail = () => {
        withdraw();
        this.#failures--;
        this.hasFailed = true;
        reject(new InjectedFailure(label));
      };
      const possible = () => this.#failures > 0;
      const withdrawFailure = this.#world.offer({ label: `${label} fails`, go: fail, possible });
    });
  }
}

let current: Director | undefined;

/** Whose turn it is: `step` and `io` ask it. */
export function direct(director: Director | undefined): void {
  current = director;
}

/** The director of the order that is played, if one is. */
export function currentDirector(): Director | undefined {
  return current;
}
