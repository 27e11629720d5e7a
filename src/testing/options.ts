/** What an exploration is told. */
import type { Container } from "../container/container.js";
import { ScopeStateError } from "../errors.js";
import type { Scope, ScopeOptions } from "../registry/api.js";
import type { Found } from "./report.js";
import type { Timers } from "./scheduler.js";

/** One of the requests of an order, and what it can do. */
export interface Visit {
  /** From 1. */
  readonly number: number;
  readonly container: Container;
  /** Fires when the exploration lets this request's client leave, and with `abort()`. */
  readonly signal: AbortSignal;
  /** As the `step` that `ambit/testing` exports. */
  step(label?: string): Promise<void>;
  /** Has the client leave now. */
  abort(reason?: unknown): void;
}

/** The same, in a scope of its own. */
export interface VisitInScope extends Visit {
  readonly scope: Scope;
}

/** What is explored, and how far. */
export interface ExploreOptions {
  /**
   * A function that makes a fresh container: it is called for each order, and is the place to reset what modules keep.
   * Its container is disposed at the end of the order, with what that finds. A container itself is used for all orders,
   * and not disposed: what outlives its scopes stays from one order to the next.
   */
  readonly container: Container | (() => Container | Promise<Container>);
  /** One request, in a scope that is opened and closed around it. It fails by what it throws. */
  readonly request?: (request: VisitInScope) => unknown;
  /** In place of `request`: a call of what opens its scopes itself, such as a Koa application. */
  readonly visit?: (visit: Visit) => unknown;
  /** How a request's scope is opened. Its signal is the request's, and it has no parent. */
  readonly scope?: (number: number) => Omit<ScopeOptions, "parent" | "signal">;
  /** How many requests there are at the same time. Default: 2. */
  readonly requests?: number;
  /** How many of them may be aborted in one order, each at any step. Default: 0. */
  readonly aborts?: number;
  /** How many steps, calls of `io` and async builds may fail in one order. Default: 0. */
  readonly failures?: number;
  /** Called after each step, and with `true` at the end: throws where something is wrong. */
  readonly check?: (end: boolean) => void;
  /** How many orders are played one after the other, beginning with the simplest. Default: 1,000. */
  readonly bound?: number;
  /** How many random ones follow when these were not all. Default: 200. */
  readonly random?: number;
  /** What the random ones follow from. Default: another one each time; the report has it. */
  readonly seed?: number;
  /** Plays only the order that a finding has named. */
  readonly replay?: string | undefined;
  /** When the global `setTimeout` fires: only when nothing else can happen, or at any time. Default: "last". */
  readonly timers?: Timers;
  /** Whether something that was found is as it should be. */
  readonly ignore?: (found: Found) => boolean;
}

/** The same with nothing left out. */
export interface Settings extends ExploreOptions {
  readonly requests: number;
  readonly aborts: number;
  readonly failures: number;
  readonly bound: number;
  readonly random: number;
  readonly seed: number;
  readonly timers: Timers;
}

const REPLAY = /^(?:-|\d+(?:\.\d+)*)$/;

/** @throws ScopeStateError ERR_AMBIT_SCOPE_STATE for options that cannot mean what they say */
export function settingsOf(options: ExploreOptions): Settings {
  const { request, visit, replay } = options;
  if ((request === undefined) === (visit === undefined))
    throw refusal("it needs either request or visit", "explore({ container, request: async ({ scope }) => { ... } })");
  if (replay !== undefined && !REPLAY.test(replay))
    throw refusal(`"${replay}" is no order`, "give the replay of a finding as it is.");
  const defaults = { requests: 2, aborts: 0, failures: 0, bound: 1_000, random: 200, timers: "last" as const };
  const settings = { ...defaults, seed: Date.now() % 1_000_000, ...definedOf(options) } as Settings;
  for (const key of ["requests", "aborts", "failures", "bound", "random", "seed"] as const) {
    const least = key === "requests" ? 1 : 0;
    if (!Number.isSafeInteger(settings[key]) || settings[key] < least)
      throw refusal(`${key} is ${String(settings[key])}`, `give a whole number, ${least} or more.`);
  }
  return settings;
}

function definedOf(options: ExploreOptions): Partial<ExploreOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** An exploration that cannot be. */
export function refusal(reason: string, fix: string): ScopeStateError {
  return new ScopeStateError(`Cannot explore: ${reason}.`, fix);
}
