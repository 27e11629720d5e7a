/** The promises that stand for the work of a request. */
export class Work {
  #pending = 0;
  #isTracked = false;
  #whenIdle: (() => void) | undefined;

  /** A promise is pending from now on, until `end`. */
  begin(): void {
    this.#isTracked = true;
    this.#pending += 1;
  }

  end(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#whenIdle?.();
  }

  /** Callbacks go on with the work, or other middleware: only its answer tells when it is done. */
  handOn(): void {
    this.#isTracked = false;
  }

  /** How many promises are pending. */
  get pending(): number {
    return this.#pending;
  }

  /** Whether nothing more will come of it. */
  get isDone(): boolean {
    return this.#isTracked && this.#pending === 0;
  }

  /** Waits for the promises that are pending; there may be none. For one who waits. */
  untilIdle(): Promise<void> | undefined {
    if (this.#pending === 0) return undefined;
    return new Promise((resolve) => (this.#whenIdle = resolve));
  }
}
