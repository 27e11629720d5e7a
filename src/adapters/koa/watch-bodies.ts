/** Sees every body that anyone assigns in an app, with one accessor for the app and nothing for each request. */
import type Koa from "koa";
import { isStreamed } from "./body-kinds.js";

/** Hears of a body that is a stream, right after Koa has taken it. */
export type OnStream = (ctx: Koa.Context, body: unknown, before: unknown) => void;

const watched = new WeakSet<object>();

/** Calls `onStream` for every stream that becomes a body in `app`, with what was the body before. */
export function watchBodies({ response }: Koa, onStream: OnStream): void {
  if (watched.has(response)) return;
  watched.add(response);
  const { get, set } = accessorOf(response, "body");
  Object.defineProperty(response, "body", {
    configurable: true,
    get,
    set(this: Koa.Response, body: unknown) {
      const before = get.call(this);
      set.call(this, body);
      if (isStreamed(body)) onStream(this.ctx, body, before);
    },
  });
}

interface Accessor {
  get(this: unknown): unknown;
  set(this: unknown, value: unknown): void;
}

/** Koa's own accessor, or that of whoever came before. */
function accessorOf(object: object, key: string): Accessor {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (descriptor?.get && descriptor.set) return descriptor as Accessor;
  }
  throw new TypeError(`This Koa has no accessor for the ${key} of a response.`);
}
