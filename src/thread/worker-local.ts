/** A value per worker thread, made when it is first asked for and ended with the thread. */
import { ContextStateError } from "../errors.js";
import { forgetLocal, rememberLocal } from "./thread-scope.js";

/** How a worker-local value is called and ended. */
export interface WorkerLocalOptions<T> {
  readonly name?: string;
  /** Called with the value that is there at the thread's end. A value that was replaced or deleted is the caller's. */
  readonly onExit?: (value: T) => void | Promise<void>;
}

const EMPTY = Symbol("empty");
const MAKING = Symbol("making");

/**
 * A value of its own for each thread that asks; the main thread is one like any other.
 *
 * `init` runs at most once per thread, when the value is first asked for; again after it threw, or after the thread's
 * end.
 */
export class WorkerLocal<T> {
  readonly name: string;
  readonly #init: () => T;
  readonly #onExit: ((value: T) => void | Promise<void>) | undefined;
  #value: T | typeof EMPTY | typeof MAKING = EMPTY;

  constructor(init: () => T, { name = init.name || "anonymous", onExit }: WorkerLocalOptions<T> = {}) {
    if (typeof init !== "function") throw new TypeError("new WorkerLocal(init): init must be a function.");
    this.#init = init;
    this.#onExit = onExit;
    this.name = name;
  }

  /** @throws ContextStateError ERR_AMBIT_CONTEXT_STATE when asked from inside of its own `init` */
  get(): T {
    const value = this.#value;
    if (value === MAKING)
      throw new ContextStateError(`Cannot get WorkerLocal "${this.name}" from inside of its own init.`);
    return value === EMPTY ? this.#make() : value;
  }

  /** The value, if it has been made. */
  peek(): T | undefined {
    const value = this.#value;
    return value === EMPTY || value === MAKING ? undefined : value;
  }

  /** Replaces the value; the one before is the caller's. */
  set(value: T): void {
    this.#keep(value);
  }

  /** Forgets the value, which is then the caller's. Gives whether there was one. */
  delete(): boolean {
    if (this.#value === EMPTY || this.#value === MAKING) return false;
    this.#value = EMPTY;
    forgetLocal(this);
    return true;
  }

  /** @internal */
  end(): void | Promise<void> {
    const value = this.peek() as T;
    if (this.delete()) return this.#onExit?.(value);
  }

  #make(): T {
    this.#value = MAKING;
    try {
      return this.#keep(this.#init());
    } catch (error) {
      this.#value = EMPTY;
      throw error;
    }
  }

  #keep(value: T): T {
    const fresh = this.#value === EMPTY || this.#value === MAKING;
    this.#value = value;
    if (fresh) rememberLocal(this);
    return value;
  }
}
