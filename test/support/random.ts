/** Numbers that look random and are the same for the same seed, and the seed of a run. */
import { randomFrom } from "#src/testing/orders.js";

/** The seed that the environment gives, for these tests or for all, or any. */
export const seedOf = (given: string | undefined): number =>
  Number(given ?? process.env.AMBIT_SEED ?? Date.now() % 1_000_000);

/**
 * What random tests of this run draw from. They have it in their names: so every failure tells it, also one of time, of a
 * count at the end, or of a promise that nobody listened to.
 */
export const SEED = seedOf(process.env.AMBIT_SEED);

export class Random {
  /** At least 0, less than 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = randomFrom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }
}
