/** Counts what the guard finds: for `container.leaks()`. */
import type { LeakReport, Misuse, Outlived } from "../plan/leaks.js";
import { classNameOf } from "../scope/class-name.js";
import type { ScopeLife } from "./scope-life.js";

/** One thing that was handed out. */
interface HandedOut {
  readonly name: string;
  readonly className: string;
  readonly life: ScopeLife;
}

/** A generation ends when a full garbage collection has run. */
type Generation = number;

export class Leaks {
  readonly #misused = new Map<string, Misuse>();
  readonly #undisposed = new Map<string, number>();
  /** What was handed out and has not been collected. */
  readonly #alive = new Set<HandedOut>();
  /** By scope: in which generation it closed. */
  readonly #closed = new WeakMap<ScopeLife, Generation>();
  readonly #collected = new FinalizationRegistry<HandedOut | Generation>((gone) => {
    if (typeof gone === "number") this.#watchCollections();
    else this.#alive.delete(gone);
  });
  #generation: Generation = 0;

  constructor() {
    this.#watchCollections();
  }

  /** @param watched what must not outlive the scope: the instance, or what stands in for it */
  handedOut(watched: object, instance: object, name: string, life: ScopeLife): void {
    const entry = { name, className: classNameOf(instance), life };
    this.#alive.add(entry);
    this.#collected.register(watched, entry);
  }

  closed(life: ScopeLife): void {
    this.#closed.set(life, this.#generation);
  }

  misused(name: string, openedAt: string, error: Error): void {
    const key = `${name}\n${openedAt}`;
    const { count = 0, first = error } = this.#misused.get(key) ?? {};
    this.#misused.set(key, { name, openedAt, count: count + 1, first });
  }

  lost(className: string): void {
    this.#undisposed.set(className, (this.#undisposed.get(className) ?? 0) + 1);
  }

  report(): LeakReport {
    return {
      misused: [...this.#misused.values()],
      outlived: this.#outlived(),
      undisposed: [...this.#undisposed].map(([className, count]) => ({ className, count })),
    };
  }

  #outlived(): Outlived[] {
    const groups = new Map<string, Outlived>();
    for (const { name, className, life } of this.#alive) {
      if (!this.#hasOutlived(life)) continue;
      const { openedAt } = life;
      const key = [name, className, openedAt].join("\n");
      groups.set(key, { name, className, openedAt, count: (groups.get(key)?.count ?? 0) + 1 });
    }
    return [...groups.values()];
  }

  /** The collection that ended the generation in which a scope closed may have run before it closed: the next one has not. */
  #hasOutlived(life: ScopeLife): boolean {
    const closed = this.#closed.get(life);
    return closed !== undefined && this.#generation >= closed + 2;
  }

  /** Nobody holds this object: it goes with the next full collection, as everything does that nobody holds. */
  #watchCollections(): void {
    this.#collected.register({}, ++this.#generation);
  }
}
