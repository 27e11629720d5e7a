/** A context manager for OpenTelemetry that keeps its active context in ambit's. */
import { EventEmitter } from "node:events";
import { type Context, type ContextManager, ROOT_CONTEXT } from "@opentelemetry/api";
import { activeContext } from "./active-context.js";
import { bindEmitter } from "./bind-emitter.js";

/**
 * Give it to OpenTelemetry's SDK, or to `context.setGlobalContextManager`: the span of a scope is then the active one in
 * the scope, and the whole process needs one AsyncLocalStorage in place of two.
 *
 * `context.with(context, fn)` runs `fn` in a fork of the current Context.
 */
export class AmbitContextManager implements ContextManager {
  #enabled = true;

  active(): Context {
    return this.#enabled ? activeContext.get() : ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return activeContext.run(context, () => fn.apply(thisArg, args));
  }

  /** `target`, if it is a function, runs with this context; of an event emitter, the listeners that it is given from now on. */
  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) return bindEmitter(target, (listener) => this.#bound(context, listener)) as T;
    return typeof target === "function" ? this.#bound(context, target as never) : target;
  }

  enable(): this {
    this.#enabled = true;
    return this;
  }

  disable(): this {
    this.#enabled = false;
    return this;
  }

  #bound<F extends (...args: unknown[]) => unknown>(context: Context, fn: F): F {
    function bound(this: unknown, ...args: unknown[]): unknown {
      return activeContext.run(context, () => fn.apply(this, args));
    }
    return Object.defineProperty(bound, "length", { value: fn.length, configurable: true }) as F;
  }
}
