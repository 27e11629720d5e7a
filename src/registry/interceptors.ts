/** tsyringe's `beforeResolution` and `afterResolution`. */
import type { InjectionToken } from "./token.js";

/** Whether one was asked for, or all. */
export type ResolutionType = "Single" | "All";

/** How often an interceptor is called: each time, or only the first. */
export type Frequency = "Always" | "Once";

interface Interceptor {
  readonly callback: (...args: any[]) => void;
  readonly once: boolean;
}

/** The callbacks of one container, by token. */
export class Interceptors {
  readonly #before = new Map<InjectionToken, Interceptor[]>();
  readonly #after = new Map<InjectionToken, Interceptor[]>();

  add(when: "before" | "after", token: InjectionToken, callback: (...args: any[]) => void, frequency: Frequency): void {
    const table = when === "before" ? this.#before : this.#after;
    const list = table.get(token);
    const interceptor = { callback, once: frequency === "Once" };
    if (list === undefined) table.set(token, [interceptor]);
    else list.push(interceptor);
  }

  watches(token: InjectionToken): boolean {
    return this.#before.has(token) || this.#after.has(token);
  }

  before(token: InjectionToken, type: ResolutionType): void {
    call(this.#before, token, [token, type]);
  }

  after(token: InjectionToken, result: unknown, type: ResolutionType): void {
    call(this.#after, token, [token, result, type]);
  }

  clear(): void {
    this.#before.clear();
    this.#after.clear();
  }
}

function call(table: Map<InjectionToken, Interceptor[]>, token: InjectionToken, args: unknown[]): void {
  const list = table.get(token);
  if (list === undefined) return;
  table.set(
    token,
    list.filter(({ once }) => !once),
  );
  for (const { callback } of list) callback(...args);
}
