/** What a run amounted to. */
import type { Book } from "./book.js";
import type { Plan } from "./plans.js";

export class Figures {
  readonly #counts = new Map<string, number>();

  count(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by);
  }

  countPlan({ requests, farewell, moment, pipelined, breaksOff }: Plan): void {
    this.count("actions", requests.length);
    this.count("connections");
    if (pipelined && requests.length > 1) this.count("pipelined connections");
    if (breaksOff) this.count("heads that broke off");
    this.count(farewell === "stay" ? "stayed" : `left by ${farewell}`);
    if (farewell !== "stay") this.count(`left ${moment.what}`);
    for (const { method, body } of requests) this.count(body === undefined ? method : `${method} sent ${body.sends}`);
  }

  countBook(book: Book): void {
    for (const { outcome, transaction, read } of book.all()) {
      this.count("scopes");
      this.count(`outcome ${outcome}`);
      this.count(transaction[1] ?? "no end");
      if (read !== "nothing") this.count(`read ${read}`);
    }
  }

  /** "a: 1, b: 2", sorted. */
  inWords(): string {
    const sorted = [...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1));
    return sorted.map(([what, count]) => `${what}: ${count}`).join(", ");
  }
}
