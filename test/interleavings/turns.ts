/** The disposers of one owner, one at a time: which one runs, and what became of those before it. */
import type { World } from "#src/testing/scheduler.js";
import type { Instance } from "./instance.js";

/** Stands for a `DisposeTimeoutError`. */
export const TIMED_OUT = Symbol("a disposer that took too long");

export class Turns {
  readonly #failures: unknown[] = [];
  readonly #givenUp = new Set<Instance>();
  #last: Instance | undefined;
  /** How many settled in the very moment in which they were given up, or would have been. */
  #doubtful = 0;

  constructor(
    readonly world: World,
    readonly timeout: number,
  ) {}

  /** What they failed with, those included that took too long. */
  get failures(): readonly unknown[] {
    this.leave();
    return this.#failures;
  }

  /** More failures than these nobody may be told of. */
  get mostFailures(): number {
    return this.failures.length + this.#doubtful;
  }

  begin(instance: Instance): void {
    this.leave();
    this.#last = instance;
  }

  end(instance: Instance, failure: unknown): void {
    if (instance === this.#last && this.isOverdue(instance)) this.#doubtful++;
    if (failure !== undefined && !this.#givenUp.has(instance)) this.#failures.push(failure);
  }

  /** Something comes after the disposer that ran last: it must have settled, or taken too long. */
  leave(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last === undefined || last.ended) return;
    if (!this.isOverdue(last)) throw new Error(`3: nobody waited for ${last.name}`);
    this.#givenUp.add(last);
    this.#failures.push(TIMED_OUT);
  }

  /** Whether nobody need wait for its disposer any more. */
  isOverdue({ begun }: Instance): boolean {
    return begun !== undefined && this.world.now >= begun + this.timeout;
  }

  /** Nothing came after a disposer that took too long. */
  assertNotStuck(): void {
    const last = this.#last;
    if (last?.begun === undefined || last.ended) return;
    if (this.world.now > last.begun + this.timeout) throw new Error(`5: ${last.name} was waited for too long`);
  }
}
