/** How long tasks are waited for by an end that does not wait for all of them. */
export class Hurry {
  #timer: NodeJS.Timeout | undefined;
  #resolve!: () => void;
  hasBegun = false;
  readonly over = new Promise<void>((resolve) => (this.#resolve = resolve));

  /** Asked again, the first time counts. */
  after(milliseconds: number): void {
    this.hasBegun = true;
    this.#timer ??= setTimeout(this.#resolve, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
