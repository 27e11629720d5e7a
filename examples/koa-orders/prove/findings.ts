/** What was found wrong, counted by what it is, with the first few as examples. */
export class Findings {
  readonly #counts = new Map<string, number>();
  readonly examples: string[] = [];

  add(what: string, id: string, detail: string): void {
    this.#counts.set(what, this.count(what) + 1);
    if (this.examples.length < 5) this.examples.push(`${id}: ${what}: ${detail}`);
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
