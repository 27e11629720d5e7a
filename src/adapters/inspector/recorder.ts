/** Listens to the channels, and remembers the last of what they said. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type {
  Channels,
  DisposeMessage,
  ResolveMessage,
  ScopeCloseMessage,
  ScopeOpenMessage,
} from "../../scope/channels.js";
import type { Settings } from "./options.js";
import { type Build, buildOf, ScopeRecord } from "./scope-record.js";

/** Of how many open scopes details are kept: beyond it they leak, and what they do is only counted. */
const MOST_OPEN = 2_000;

/** How often what happened, since the inspector started. */
export interface Counters {
  opened: number;
  success: number;
  error: number;
  aborted: number;
  built: number;
  found: number;
  failedBuilds: number;
  disposed: number;
  failedDisposals: number;
}

/** A closed scope, and its place in the row of all that have closed. */
export interface Finished {
  readonly number: number;
  readonly record: ScopeRecord;
}

export class Recorder {
  readonly counters: Counters = {
    opened: 0,
    success: 0,
    error: 0,
    aborted: 0,
    built: 0,
    found: 0,
    failedBuilds: 0,
    disposed: 0,
    failedDisposals: 0,
  };
  /** Grows with every message. */
  version = 0;
  /** By id: the scopes that have opened since, and not closed. */
  readonly open = new Map<string, ScopeRecord>();
  /** What was last built outside of scopes, and for containers. */
  readonly longLived: Build[] = [];
  readonly #settings: Settings;
  /** The last closed scopes, the oldest first from `#closed % remember` on. */
  readonly #ring: Finished[] = [];
  #closed = 0;
  readonly #listeners: readonly (readonly [keyof Channels, (message: unknown) => void])[];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#listeners = [
      ["ambit:scope.open", (message) => this.#opened(message as ScopeOpenMessage)],
      ["ambit:scope.close", (message) => this.#closes(message as ScopeCloseMessage)],
      ["ambit:resolve", (message) => this.#resolved(message as ResolveMessage)],
      ["ambit:dispose", (message) => this.#disposed(message as DisposeMessage)],
    ];
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener);
  }

  /** Hears no more, and forgets. */
  stop(): void {
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener);
    this.open.clear();
    this.#ring.length = this.longLived.length = 0;
  }

  /** How many scopes have closed. */
  get closed(): number {
    return this.#closed;
  }

  /** The scopes that closed after the one of this number, the oldest first; of the last few, at most `most`. */
  finishedSince(number: number, most = Number.POSITIVE_INFINITY): Finished[] {
    const { remember } = this.#settings;
    const first = Math.max(number, this.#closed - Math.min(remember, most));
    return Array.from({ length: this.#closed - first }, (_, i) => this.#ring[(first + i) % remember]);
  }

  #opened(message: ScopeOpenMessage): void {
    this.version++;
    this.counters.opened++;
    if (this.open.size < MOST_OPEN) this.open.set(message.scopeId, new ScopeRecord(message));
  }

  #closes(message: ScopeCloseMessage): void {
    this.version++;
    const record = this.open.get(message.scopeId);
    if (message.step === "begin") return record?.begins(message);
    this.counters[message.outcome]++;
    if (record === undefined) return;
    this.open.delete(message.scopeId);
    record.ends(message);
    this.#ring[this.#closed % this.#settings.remember] = { number: ++this.#closed, record };
  }

  #resolved(message: ResolveMessage): void {
    this.version++;
    if (!message.built) this.counters.found++;
    else if (message.failed) this.counters.failedBuilds++;
    else this.counters.built++;
    if (message.scopeId !== undefined) {
      this.open.get(message.scopeId)?.resolved(message, this.#settings.perScope);
    } else if (message.built) {
      this.longLived.push(buildOf(message));
      if (this.longLived.length > this.#settings.perScope) this.longLived.shift();
    }
  }

  #disposed(message: DisposeMessage): void {
    this.version++;
    this.counters.disposed++;
    if (message.failed) this.counters.failedDisposals++;
    if (message.scopeId !== undefined) this.open.get(message.scopeId)?.disposed(message, this.#settings.perScope);
  }
}
