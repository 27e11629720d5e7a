/** Where the Context was lost of code that finds no scope, as far as the call stack shows it. */
import { currentCell } from "../context/cell.js";
import { ANOTHERS, type LostContext, NoScopeError } from "../errors.js";
import { scopeIn } from "./scope-in.js";
import { framesHere, isNodes, isOwn, packageOf } from "./stack.js";

/** The error for what lives in scopes, where there is none. */
export function noScope(name: string, scopeName: string | undefined, family: object): NoScopeError {
  const cell = currentCell();
  // Where another scope is current, nothing was lost.
  if (cell.scope === undefined) return new NoScopeError(name, scopeName, whereLost(framesHere()));
  return new NoScopeError(name, scopeName, scopeIn(cell, family) === undefined ? ANOTHERS : undefined);
}

const EMIT = /^(.+)\.emit \(node:events:/;
const ONCE = /(?:onceWrapper|wrapper) \(node:events:/;
const STREAM_METHOD = /\[as (_read|_write|_writev|_transform|_flush|_final|_destroy|_construct)\]/;

/**
 * Looks down the stack, past the user's frames, for the host that called them: an emitter, an EventTarget, a stream.
 * They call back in a Context that is not that of who added the callback. Of any other host nothing is said: timers,
 * promises and what begins work, such as the request of a server, lose nothing.
 */
export function whereLost(frames: readonly string[]): LostContext | undefined {
  const host = frames.findIndex((frame) => frame.startsWith("async ") || (isNodes(frame) && !ONCE.test(frame)));
  if (host < 0) return undefined;
  const above = frames.slice(0, host).filter((frame) => !isOwn(frame) && !ONCE.test(frame));
  return above.length === 0 ? undefined : lostIn(frames, host, above);
}

function lostIn(frames: readonly string[], host: number, above: readonly string[]): LostContext | undefined {
  const at = above.filter((frame) => packageOf(frame) === undefined).at(-1);
  const [, emitter] = EMIT.exec(frames[host]) ?? [];
  if (emitter !== undefined) return lostInEmit(emitter, at, above);
  if (frames[host].includes("(node:internal/event_target:")) {
    return frames[host + 1]?.includes("messageport")
      ? lost("a listener of a MessagePort", "runs in the Context in which the port was made", at)
      : lost("a listener of an EventTarget", "runs in the Context of whoever dispatches the event", at);
  }
  const method = STREAM_METHOD.exec(above.at(-1) ?? "")?.[1];
  if (method !== undefined && frames[host].includes("(node:internal/streams/"))
    return lost(`${method} of a stream`, "runs in the Context of whoever reads or writes it", at);
  return undefined;
}

function lostInEmit(emitter: string, at: string | undefined, above: readonly string[]): LostContext | undefined {
  // A server's events, and the process's, are where work begins: it has no Context to lose.
  if (/Server$|^process$|^Worker$/.test(emitter)) return undefined;
  const library = packageOf(above.at(-1) as string);
  return library === undefined
    ? lost(`a listener that ${emitter}.emit called`, "runs in the Context of whoever emits", at)
    : lost(
        `a callback that ${library} called in an event of ${emitter}`,
        "runs in the Context of whoever emits that",
        at,
      );
}

function lost(by: string, runs: string, at: string | undefined): LostContext {
  return { by: at === undefined ? by : `${by}, at ${at}`, runs };
}
