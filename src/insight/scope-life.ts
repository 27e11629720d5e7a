/** What the guard remembers of one scope: where it was opened, when it closed, what stands in for its instances. */
import { currentCell } from "../context/cell.js";
import type { Scope } from "../registry/api.js";
import type { Onlooker } from "../scope/extras.js";
import type { Lifespan } from "../scope/lifespan.js";
import { callers, placeIn } from "./origin.js";

export class ScopeLife implements Onlooker {
  /** By instance: what is handed out in its place. */
  standIns = new WeakMap<object, object>();
  /** Where it was opened, and what for, in one line. */
  readonly openedAt: string;
  /** The same with all of the stack. */
  readonly stack: string;
  /** In whose flow it is being closed. */
  closer: Lifespan | undefined = undefined;
  #closedAt: number | undefined;
  readonly #whenClosed: () => void;

  /** @param whenClosed called once it has closed */
  constructor(scope: Scope, whenClosed: () => void) {
    const frames = callers();
    const place = [scope.extras?.origin && `for ${scope.extras.origin}`, at(placeIn(frames))].filter(Boolean);
    this.openedAt = place.join(", ") || "by code that has no stack";
    this.stack = [scope.extras?.origin && `for ${scope.extras.origin}`, ...frames.map(at)].filter(Boolean).join("\n");
    this.#whenClosed = whenClosed;
  }

  closing(): void {
    this.closer = currentCell().scope as Lifespan | undefined;
  }

  closed(): void {
    this.closer = undefined;
    // An instance that lives on, such as the client of a pool, must not keep what stood in for it here.
    this.standIns = new WeakMap();
    this.#closedAt = performance.now();
    this.#whenClosed();
  }

  /** "opened at handle (app.ts:3:5), closed 12 ms ago". */
  get history(): string {
    const closed = this.#closedAt === undefined ? "" : `, closed ${ago(performance.now() - this.#closedAt)} ago`;
    return `opened ${this.openedAt}${closed}`;
  }
}

function at(frame: string | undefined): string | undefined {
  return frame === undefined ? undefined : `at ${frame}`;
}

function ago(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
