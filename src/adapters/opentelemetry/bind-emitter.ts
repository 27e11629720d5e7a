/** Event emitters whose listeners run with the context of whoever bound the emitter. */
import type { EventEmitter } from "node:events";

type Listener = (...args: unknown[]) => unknown;
type Method = (event: string | symbol, listener: Listener) => EventEmitter;

const ADDING = ["on", "addListener", "once", "prependListener", "prependOnceListener"] as const;
const REMOVING = ["off", "removeListener"] as const;
const seen = new WeakSet<EventEmitter>();

/** Has the listeners that `emitter` is given from now on bound; once, however often it is asked. Gives it back. */
export function bindEmitter(emitter: EventEmitter, bind: (listener: Listener) => Listener): EventEmitter {
  if (seen.has(emitter)) return emitter;
  seen.add(emitter);
  const bound = new WeakMap<Listener, Listener>();
  const boundOf = (listener: Listener) => {
    if (!bound.has(listener)) bound.set(listener, bind(listener));
    return bound.get(listener) as Listener;
  };
  // Node's `once` calls `on`, with a wrapper that is to be found again.
  let inside = false;
  const adding = (method: Method): Method =>
    function (this: EventEmitter, event, listener) {
      if (inside || typeof listener !== "function") return method.call(this, event, listener);
      inside = true;
      try {
        return method.call(this, event, boundOf(listener));
      } finally {
        inside = false;
      }
    };
  const removing = (method: Method): Method =>
    function (this: EventEmitter, event, listener) {
      return method.call(this, event, bound.get(listener) ?? listener);
    };
  for (const name of ADDING) Object.assign(emitter, { [name]: adding(emitter[name] as Method) });
  for (const name of REMOVING) Object.assign(emitter, { [name]: removing(emitter[name] as Method) });
  return emitter;
}
