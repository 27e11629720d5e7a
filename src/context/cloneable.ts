/** What a structured clone keeps as it is: all else would arrive as something else, or not at all. */
import { types } from "node:util";

/** Something that would not arrive as it is. */
export interface Spoiled {
  /** Where it is: `tenant.region`. */
  readonly path: string;
  /** "is a Region, which would arrive as a plain object". */
  readonly reason: string;
}

type Parts = (value: object, path: string) => Iterable<readonly [path: string, part: unknown]>;

const NO_PARTS: Parts = () => [];

/** The classes whose instances arrive as such, and what is inside of them. */
const KEPT = new Map<object, Parts>([
  [Map.prototype, partsOfMap],
  [Set.prototype, (value, path) => [...(value as Set<unknown>)].map((part, at) => [`${path}<${at}>`, part])],
  [Array.prototype, partsOfObject],
  [Object.prototype, partsOfObject],
]);
const TYPED_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];
const BUFFERS = [ArrayBuffer, SharedArrayBuffer];
const WRAPPERS = [Date, RegExp, Boolean, Number, String];
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
for (const { prototype } of [...TYPED_ARRAYS, ...BUFFERS, ...WRAPPERS]) KEPT.set(prototype, NO_PARTS);
for (const { prototype } of ERRORS) KEPT.set(prototype, partsOfError);

/** What has places of its own for its parts: a clone drops what else was put on it. */
const WITHOUT_PROPERTIES = new Set<object>([Map, Set, Date, RegExp, ...ERRORS].map(({ prototype }) => prototype));
/** What errors may have as properties. */
const PARTS_OF_ERRORS = ["message", "stack", "cause"];

function partsOfMap(value: object, path: string): [string, unknown][] {
  return [...(value as Map<unknown, unknown>)].flatMap(([key, part], at): [string, unknown][] => [
    [`${path}<key ${at}>`, key],
    [`${path}<${at}>`, part],
  ]);
}

function partsOfError(value: object, path: string): [string, unknown][] {
  return [[`${path}.cause`, (value as Error).cause]];
}

function partsOfObject(value: object, path: string): [string, unknown][] {
  const at = (key: string) => (Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  return Object.entries(value).map(([key, part]) => [at(key), part]);
}

/** The first part of `value` that a structured clone would strip or refuse; `undefined` where it keeps all. */
export function findSpoiled(value: unknown, path: string, seen = new Set<object>()): Spoiled | undefined {
  if (typeof value === "function" || typeof value === "symbol") {
    return { path, reason: `is a ${typeof value}, which cannot be cloned` };
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  seen.add(value);
  const exotic = exoticKind(value);
  if (exotic !== undefined) return { path, reason: `is ${exotic}, which cannot be cloned` };
  const parts = partsOf(value);
  if (parts === undefined) return { path, reason: `is ${nameOfClass(value)}, which would not arrive as one` };
  if (hasSymbols(value)) return { path, reason: "has properties under symbols, which would not arrive" };
  const dropped = droppedKey(value);
  if (dropped !== undefined) return { path, reason: `has a property "${dropped}", which would not arrive` };
  for (const [at, part] of parts(value, path)) {
    const spoiled = findSpoiled(part, at, seen);
    if (spoiled !== undefined) return spoiled;
  }
  return undefined;
}

function partsOf(value: object): Parts | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null ? partsOfObject : KEPT.get(prototype);
}

/** What looks like a plain object and is none. */
function exoticKind(value: object): string | undefined {
  if (types.isProxy(value)) return "a Proxy";
  return types.isArgumentsObject(value) ? "an arguments object" : undefined;
}

function droppedKey(value: object): string | undefined {
  if (!WITHOUT_PROPERTIES.has(Object.getPrototypeOf(value) as object)) return undefined;
  const kept = value instanceof Error ? PARTS_OF_ERRORS : [];
  return Object.keys(value).find((key) => !kept.includes(key));
}

function hasSymbols(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}

function nameOfClass(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  const name = constructor?.name;
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an instance of a class";
}
