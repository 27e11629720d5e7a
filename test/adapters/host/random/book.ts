/** What the requests did, as their own code says it. The model is held against this book, and not against the adapter. */
import type { Outcome } from "ambit";

export type Status = Outcome["status"];

/** What became of a transaction. REFUSED: COMMIT was sent, and the store said no. */
export type End = "COMMIT" | "ROLLBACK" | "REFUSED";

/** One request. It holds nothing of it, so that there may be very many. */
export interface Entry {
  readonly kind: string;
  readonly path: string;
  /** What happened to its transaction, in order. */
  readonly transaction: ("BEGIN" | End)[];
  /** The rows that it wrote into its transaction. */
  rows: number;
  /** What it had of its own request body when it went on. */
  read: "nothing" | "all" | "a part";
  /** Whether its answer was a stream when the chain settled. */
  streamed: boolean;
  /** Whether Node has handed all of its answer to the kernel. */
  sent: boolean;
  /** What its scope said at the end. */
  outcome: Status | undefined;
  /** How often its instances were disposed. */
  disposed: number;
  /** Whether the app heard of an error of it. */
  told: boolean;
  /** What the scope around its own said at its end, each time; `undefined` where it has but one. */
  around: { readonly outcome: Status; readonly ownHadClosed: boolean }[] | undefined;
}

/** What no request may do, and how often one did. */
export interface Violations {
  usesAfterClose: number;
  closedTwice: number;
  /** Code of one request that ran in the Context of another, or in none. */
  otherContext: number;
  /** Errors that were neither planned nor the network's doing. */
  strangeErrors: number;
}

export class Book {
  readonly violations: Violations = { usesAfterClose: 0, closedTwice: 0, otherContext: 0, strangeErrors: 0 };
  /** The first of them, for whoever looks for the cause. */
  readonly examples: string[] = [];
  readonly #entries = new Map<string, Entry>();

  /** A request has begun; its path is its name. */
  open(kind: string, path: string): Entry {
    if (this.#entries.has(path)) throw new Error(`${path} was asked twice.`);
    const entry: Entry = {
      kind,
      path,
      transaction: [],
      rows: 0,
      read: "nothing",
      streamed: false,
      sent: false,
      outcome: undefined,
      disposed: 0,
      told: false,
      around: undefined,
    };
    this.#entries.set(path, entry);
    return entry;
  }

  count(violation: keyof Violations, path: string, error = new Error("here")): void {
    this.violations[violation] += 1;
    if (this.examples.length < 10) this.examples.push(`${violation} at ${path}: ${error.stack ?? error}`);
  }

  /** `undefined` for a request that never reached the app. */
  at(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }
}
