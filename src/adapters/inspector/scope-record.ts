/** What is remembered of one scope: words and times, and never more of them than was asked for. */
import { callers, placeIn } from "../../insight/origin.js";
import type {
  DisposeMessage,
  ResolveMessage,
  ScopeCloseBeginMessage,
  ScopeCloseEndMessage,
  ScopeOpenMessage,
} from "../../scope/channels.js";
import { cut, cutOrigin, errorLabel } from "./words.js";

/** Longer paths are shown from their end. */
const LONGEST_PATH = 20;

/** Something that was built. */
export interface Build {
  readonly name: string;
  readonly lifetime: string;
  /** From what was asked for down to this. */
  readonly path: readonly string[];
  readonly time: number;
  readonly duration: number;
  readonly async: boolean;
  readonly error: string | undefined;
}

/** A disposer that has run. */
export interface Disposal {
  readonly name: string;
  readonly time: number;
  readonly duration: number;
  readonly error: string | undefined;
}

/** How a scope's end began. */
export interface Closing {
  readonly time: number;
  readonly outcome: string;
  readonly holds: number;
}

/** How a scope ended. */
export interface Closed {
  readonly time: number;
  readonly outcome: string;
  readonly reason: string | undefined;
  readonly failures: readonly string[];
}

/** What messages said of one scope. */
export class ScopeRecord {
  readonly id: string;
  readonly name: string | undefined;
  readonly origin: string | undefined;
  readonly openedAt: string | undefined;
  readonly parentId: string | undefined;
  readonly containerId: number;
  readonly opened: number;
  readonly builds: Build[] = [];
  readonly disposals: Disposal[] = [];
  /** How many more builds and disposals there were than are kept. */
  moreBuilds = 0;
  moreDisposals = 0;
  /** How often something was asked for that was there. */
  found = 0;
  closing: Closing | undefined = undefined;
  closed: Closed | undefined = undefined;

  constructor(message: ScopeOpenMessage) {
    this.id = message.scopeId;
    this.name = message.name === undefined ? undefined : cut(message.name);
    this.origin = cutOrigin(message.origin);
    this.openedAt = cutOrigin(message.openedAt ?? placeIn(callers()));
    this.parentId = message.parentId;
    this.containerId = message.containerId;
    this.opened = message.time;
  }

  /** @param most how many are kept */
  resolved(message: ResolveMessage, most: number): void {
    if (!message.built) this.found++;
    else if (this.builds.length < most) this.builds.push(buildOf(message));
    else this.moreBuilds++;
  }

  /** @param most how many are kept */
  disposed({ name, time, duration, failed, error }: DisposeMessage, most: number): void {
    if (this.disposals.length >= most) this.moreDisposals++;
    else this.disposals.push({ name: cut(name), time, duration, error: failed ? errorLabel(error) : undefined });
  }

  begins({ time, outcome, holds }: ScopeCloseBeginMessage): void {
    this.closing = { time, outcome, holds };
  }

  ends({ time, outcome, reason, failures }: ScopeCloseEndMessage): void {
    const told = outcome === "success" ? undefined : errorLabel(reason);
    this.closed = { time, outcome, reason: told, failures: failures.slice(0, 20).map(errorLabel) };
  }
}

/** What a message says of a build, without the error that it carries. */
function buildOf({ name, lifetime, path, time, duration, async, failed, error }: ResolveMessage): Build {
  return {
    name: cut(name),
    lifetime,
    path: path.slice(-LONGEST_PATH).map((step) => cut(step)),
    time,
    duration,
    async,
    error: failed ? errorLabel(error) : undefined,
  };
}
