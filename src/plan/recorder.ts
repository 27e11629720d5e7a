/**
 * Notes what constructors and factories ask their container for while they run: dependencies that nobody declared.
 *
 * It costs nothing where there is none: plans are made without it, and looked up in plain maps.
 */
import { currentCell } from "../context/cell.js";
import type { Registration } from "../registry/registration.js";
import type { InjectionToken } from "../registry/token.js";
import { flightOf } from "./flight.js";
import type { Maker } from "./make.js";
import type { Plan } from "./plan.js";

/** What was asked for, and whether for all that is registered for it. */
export interface Asked {
  readonly token: InjectionToken;
  readonly multiple: boolean;
}

/** Whose constructor or factory is on the call stack. */
let running: Plan | undefined;

export class Recorder {
  readonly #byAsker = new Map<Registration, Map<InjectionToken, Asked>>();
  readonly #byNobody = new Map<InjectionToken, Asked>();

  /** What the provider of this registration asked for. */
  askedBy(registration: Registration): readonly Asked[] {
    return [...(this.#byAsker.get(registration)?.values() ?? [])];
  }

  /** What was asked for from outside: by handlers, jobs, tests. */
  get fromOutside(): readonly Asked[] {
    return [...this.#byNobody.values()];
  }

  /** Whether this provider has run since this was begun. */
  hasSeen(registration: Registration): boolean {
    return this.#byAsker.has(registration);
  }

  /** A place for plans which notes who looks for what. */
  plans(multiple: boolean): Map<InjectionToken, Plan> {
    return new NoticingMap((token) => this.#note({ token, multiple }));
  }

  /** The same maker, known as the one who asks while it runs. */
  watching(plan: Plan, { make, makeAsync }: Maker): Maker {
    return {
      make: (home, resolution) => this.running(plan, () => make(home, resolution)),
      makeAsync: (...args) => this.running(plan, () => makeAsync(...args)),
    };
  }

  /** Calls `fn` as the provider of `plan`. */
  running<R>(plan: Plan, fn: () => R): R {
    const before = running;
    running = plan;
    this.#askedFor(plan);
    try {
      return fn();
    } finally {
      running = before;
    }
  }

  #note(asked: Asked): void {
    const asker = running ?? flightOf(currentCell())?.plan;
    const notes = asker === undefined ? this.#byNobody : this.#askedFor(asker);
    notes?.set(asked.token, asked);
  }

  #askedFor({ registration }: Plan): Map<InjectionToken, Asked> | undefined {
    if (registration === undefined) return undefined;
    let notes = this.#byAsker.get(registration);
    if (notes === undefined) this.#byAsker.set(registration, (notes = new Map()));
    return notes;
  }
}

class NoticingMap<K, V> extends Map<K, V> {
  readonly #notice: (key: K) => void;

  constructor(notice: (key: K) => void) {
    super();
    this.#notice = notice;
  }

  override get(key: K): V | undefined {
    this.#notice(key);
    return super.get(key);
  }
}
