/** What owns instances: a scope, or a container for its long-lived ones. */
import { ContextCell } from "../context/cell.js";
import type { Variables } from "../context/variables.js";
import { type Disposer, disposerOf, type Kind, Link, PLAIN } from "./disposal.js";

// Where an owner is in its life; ordered, so that one comparison answers "may it still build?".
export const OPEN = 0;
/** Closing, but waiting for holds: still builds, opens no scopes. */
export const DRAINING = 1;
/** Gives only what is built and not yet disposed. */
export const DISPOSING = 2;
export const CLOSED = 3;
export type Phase = typeof OPEN | typeof DRAINING | typeof DISPOSING | typeof CLOSED;

/** The slots of what has none: never written to, because nothing is built there. */
export const NO_SLOTS: unknown[] = Object.freeze([]) as unknown as unknown[];

/** An async build that has not settled yet. */
export interface Unfinished {
  /** The scope that it was for, and those around that, once the scope has ended first: what it brings may be theirs. */
  leftBy: readonly { hasOwned(value: unknown): boolean }[];
}

/**
 * Some slots of an owner beyond the first few, and the page that was made before.
 *
 * A class, and no literal: once many pages have outlived a young collection, V8 makes those of a literal in the old space,
 * where each keeps its dead scope's instances until the next full collection. In an app with 5,000 scoped services that
 * made 900 ns of 230, and 100 MB of garbage.
 */
export class Page {
  constructor(
    readonly number: number,
    readonly slots: unknown[],
    readonly next: Page | undefined,
  ) {}
}

/**
 * An owner of instances.
 *
 * It is a Context cell too: a scope is its own Context, and the one allocation it saves is 20 ns of a request.
 * Fields are plain and few because a server makes one of these per request.
 */
export abstract class Owner extends ContextCell {
  // Declared, then assigned once: what a constructor further down overwrites costs twice.
  /** Context-lived instances, by the number that their registration was given when its plan was compiled. @internal */
  declare slots: unknown[];
  /** The slots beyond the first few, in pages, so that a large application does not make every scope large. @internal */
  declare pages: Page | undefined;
  /** What is to be disposed, newest first. @internal */
  declare top: Link | undefined;
  /** Async builds under way, by what they build; made when the first one starts. @internal */
  declare flights: Map<object, Unfinished> | undefined;
  /** @internal */
  declare phase: Phase;

  /** @internal */
  constructor(vars: Variables, slots: unknown[]) {
    super(vars);
    this.slots = slots;
    this.pages = undefined;
    this.top = undefined;
    this.flights = undefined;
    this.phase = OPEN;
  }

  /** Takes the value into ownership if it has a disposer. The caller has checked that this owner still builds. @internal */
  own(value: unknown): void {
    const disposer = disposerOf(value);
    if (disposer !== undefined) this.push(value, disposer, PLAIN);
  }

  /** Puts a disposer on top of the stack, to be called as a method of `value`. @internal */
  push(value: unknown, dispose: Disposer, kind: Kind): void {
    this.top = new Link(value, dispose, kind, this.top);
  }

  /** Whether this owner has yet to dispose `value`. @internal */
  owns(value: unknown): boolean {
    for (let link = this.top; link !== undefined; link = link.next) if (link.value === value) return true;
    return false;
  }
}
