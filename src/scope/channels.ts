/**
 * What ambit tells `node:diagnostics_channel` of its scopes: four channels, and the shapes of their messages.
 *
 * Messages name types and tokens. They never carry an instance, a seed or the value of a variable, so that whoever keeps
 * them keeps nothing of a request; the errors in them are the very ones that were thrown. Messages are made only while
 * somebody subscribes. Subscribers are called synchronously, in the flow of what they hear of. One that throws breaks
 * nothing: Node reports its error as an uncaught exception, in a tick of its own, which ends a process that does not
 * listen to `uncaughtException`.
 *
 * Times are in milliseconds since 1970, with fractions; durations in milliseconds.
 */
import { type Channel, channel } from "node:diagnostics_channel";
import type { ContextCell } from "../context/cell.js";
import type { Outcome } from "./outcome.js";

/** On `ambit:scope.open`: a scope has been opened. */
export interface ScopeOpenMessage {
  readonly scopeId: string;
  /** That named lifetimes live in it. */
  readonly name: string | undefined;
  /** The id of the scope around it, in this thread or in the one that sent its work. */
  readonly parentId: string | undefined;
  /** `container.id` of the container that opened it. */
  readonly containerId: number;
  /** What the work is for, in words: `GET /orders`. */
  readonly origin: string | undefined;
  /** With a guard: where it was opened, as the frames of a stack. */
  readonly openedAt: string | undefined;
  readonly time: number;
}

/** On `ambit:scope.close`, first: a scope ends from now on. It may still wait for what it holds. */
export interface ScopeCloseBeginMessage {
  readonly step: "begin";
  readonly scopeId: string;
  readonly time: number;
  /** How its work ended, as far as is known now: held work may still fail. */
  readonly outcome: Outcome["status"];
  /** How many pieces of work are held. */
  readonly holds: number;
}

/** On `ambit:scope.close`, last: a scope has closed. */
export interface ScopeCloseEndMessage {
  readonly step: "end";
  readonly scopeId: string;
  readonly time: number;
  /** How its work ended, as generators and `defer` callbacks were told. */
  readonly outcome: Outcome["status"];
  /** The error, or the reason of the abort. */
  readonly reason: unknown;
  /** From the beginning of its end. */
  readonly duration: number;
  /** What disposers threw, in the order in which they ran. */
  readonly failures: readonly unknown[];
}

/** On `ambit:scope.close`: twice for each scope. */
export type ScopeCloseMessage = ScopeCloseBeginMessage | ScopeCloseEndMessage;

/**
 * On `ambit:resolve`: something was built, for whoever asked or as a part of something else; or was asked for and there
 * already. Of the parts of what is there nothing is said.
 */
export interface ResolveMessage {
  /** The token, in words. */
  readonly name: string;
  /** In prose: "context-scoped". */
  readonly lifetime: string;
  /** The scope that it was built or asked for; `undefined` for what outlives scopes, or was asked for outside of all. */
  readonly scopeId: string | undefined;
  readonly containerId: number;
  /** Whether it was built. Else it was there, or another's build under way was waited for. */
  readonly built: boolean;
  /** Whether a promise had to be waited for. */
  readonly async: boolean;
  /** When it began. */
  readonly time: number;
  /** With what it is built of. */
  readonly duration: number;
  /** From what was asked for down to this, by name; the one before the last holds it. */
  readonly path: readonly string[];
  /** Whether it threw, or rejected; and with what. */
  readonly failed: boolean;
  readonly error: unknown;
}

/** On `ambit:dispose`: a disposer has run. */
export interface DisposeMessage {
  /** What was disposed: its token, where that is known, or its class; "a deferred callback". */
  readonly name: string;
  /** The scope that owned it; `undefined` for a container's own. */
  readonly scopeId: string | undefined;
  /** When it began. */
  readonly time: number;
  readonly duration: number;
  /** Whether it threw, or rejected; and with what. */
  readonly failed: boolean;
  readonly error: unknown;
}

export const SCOPE_OPEN = channel("ambit:scope.open") as Channel<unknown, ScopeOpenMessage>;
export const SCOPE_CLOSE = channel("ambit:scope.close") as Channel<unknown, ScopeCloseMessage>;
export const RESOLVE = channel("ambit:resolve") as Channel<unknown, ResolveMessage>;
export const DISPOSE = channel("ambit:dispose") as Channel<unknown, DisposeMessage>;

/** The scope whose opening is being told of just now: what listens in ambit itself may set variables in its Context. */
export const opening: { scope: ContextCell | undefined } = { scope: undefined };

/** What is on which channel: `Channels["ambit:resolve"]`. */
export interface Channels {
  "ambit:scope.open": ScopeOpenMessage;
  "ambit:scope.close": ScopeCloseMessage;
  "ambit:resolve": ResolveMessage;
  "ambit:dispose": DisposeMessage;
}

/** Now, as messages have it. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

const ids = new WeakMap<object, number>();
let last = 0;

/** A number for a container, which messages have in its place; made when it is first asked for. */
export function numberOf(container: object): number {
  let id = ids.get(container);
  if (id === undefined) ids.set(container, (id = ++last));
  return id;
}
