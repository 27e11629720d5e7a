/** The request scopes of each app that have not closed yet. */
import type { Scope } from "../../registry/api.js";

/** The live scopes of one app, and who waits for the last of them. */
export class LiveScopes {
  readonly #scopes = new Set<Scope>();
  readonly #around: LiveScopes | undefined;
  #waiting: (() => void)[] = [];

  /** @param around those of an app further out, which these belong to as well */
  constructor(around?: LiveScopes) {
    this.#around = around;
  }

  add(scope: Scope): void {
    this.#scopes.add(scope);
    this.#around?.add(scope);
  }

  delete(scope: Scope): void {
    this.#around?.delete(scope);
    this.#scopes.delete(scope);
    if (this.#scopes.size > 0 || this.#waiting.length === 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  all(): Scope[] {
    return [...this.#scopes];
  }

  gone(): Promise<void> {
    if (this.#scopes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const byApp = new WeakMap<object, LiveScopes>();

/** @param around as it is when they are first asked for */
export function liveScopesOf(app: object, around?: LiveScopes): LiveScopes {
  let live = byApp.get(app);
  if (live === undefined) byApp.set(app, (live = new LiveScopes(around)));
  return live;
}

/** The scopes of the requests that `app` is answering, the oldest first; those that are closing included. */
export function requestScopes(app: object): Scope[] {
  return byApp.get(app)?.all() ?? [];
}

/**
 * Waits until no request scope of `app` is left, those included that open meanwhile.
 *
 * It neither refuses requests nor cuts connections. At shutdown, call `server.close()` first, and `drain` again once the
 * server has closed: a scope may outlive the response that it belongs to.
 */
export function drain(app: object): Promise<void> {
  return byApp.get(app)?.gone() ?? Promise.resolve();
}
