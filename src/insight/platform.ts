/** Which values cannot have stand-ins, because Node asks them for what only they have. */
import { types } from "node:util";
import { Lifespan } from "../scope/lifespan.js";

/** Classes of the platform whose instances are given to the platform again: to `fetch`, to `pipeTo`. */
const HANDED_ON = [
  "AbortSignal",
  "Blob",
  "FormData",
  "Headers",
  "MessagePort",
  "ReadableStream",
  "Request",
  "Response",
  "TransformStream",
  "URL",
  "URLSearchParams",
  "WritableStream",
];

/** Whether Node, or the language, must be given `value` as it is: they look behind its properties. */
export function isOfThePlatform(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isArrayBufferView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isRegExp(value) ||
    types.isDate(value) ||
    types.isNativeError(value) ||
    types.isKeyObject(value) ||
    types.isModuleNamespaceObject(value) ||
    types.isProxy(value) ||
    isScope(value) ||
    HANDED_ON.some((name) => isInstance(value, (globalThis as Record<string, unknown>)[name]))
  );
}

/** A scope guards itself. */
function isScope(value: object): boolean {
  return value instanceof Lifespan;
}

function isInstance(value: object, target: unknown): boolean {
  return typeof target === "function" && value instanceof target;
}
