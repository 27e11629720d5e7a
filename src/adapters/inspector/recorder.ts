/** Listens to the channels, and remembers the last of what they said. */
import { listen } from "../../insight/listen.js";
import type { DisposeMessage, ResolveMessage, ScopeCloseMessage, ScopeOpenMessage } from "../../scope/channels.js";
import type { Settings } from "./options.js";
import { ScopeRecord } from "./scope-record.js";

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
  readonly #settings: Settings;
  /** The last closed scopes, the oldest first from `#closed % remember` on. */
  readonly #ring: ScopeRecord[] = [];
  #closed = 0;
  readonly #unlisten: () => void;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#unlisten = listen({
      "ambit:scope.open": (message) => this.#opened(message),
      "ambit:scope.close": (message) => this.#closes(message),
      "ambit:resolve": (message) => this.#resolved(message),
      "ambit:dispose": (message) => this.#disposed(message),
    });
  }

  /** Hears no more, and forgets. */
  stop(): void {
    this.#unlisten();
    this.open.clear();
    this.#ring.length = 0;
  }

  /** How many scopes have closed. */
  get closed(): number {
    return this.#closed;
  }

  /** The scopes that closed after the first `number` of them, the oldest first; of the last few, at most `most`. */
  finishedSince(number: number, most = Number.POSITIVE_INFINITY): ScopeRecord[] {
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
    this.#ring[this.#closed++ % this.#settings.remember] = record;
  }

  #resolved(message: ResolveMessage): void {
    this.version++;
    if (!message.built) this.counters.found++;
    else if (message.failed) this.counters.failedBuilds++;
    else this.counters.built++;
    if (message.scopeId !== undefined) this.open.get(message.scopeId)?.resolved(message, this.#settings.perScope);
  }

  #disposed(message: DisposeMessage): void {
    this.version++;
    this.counters.disposed++;
    if (message.failed) this.counters.failedDisposals++;
    if (message.scopeId !== undefined) this.open.get(message.scopeId)?.disposed(message, this.#settings.perScope);
  }
}
