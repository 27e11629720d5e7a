/** The request scopes of each app that have not closed yet. */
import type { Scope } from "../../registry/api.js";

/** The live scopes of one app, and who waits for the last of them. */
export class LiveScopes {
  readonly #scopes = new Set<Scope>();
  #waiting: (() => void)[] = [];

  add(scope: Scope): void {
    this.#scopes.add(scope);
  }

  delete(scope: Scope): void {
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

export function liveScopesOf(app: object): LiveScopes {
  let live = byApp.get(app);
  if (live === undefined) byApp.set(app, (live = new LiveScopes()));
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
