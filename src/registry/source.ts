/** What the source of a class shows of its constructor: the only way to see what nobody declared. */
import type { Constructor } from "./token.js";

/** A comment, or a string without `${}`. */
const COMMENT_OR_STRING = /\/\*[^]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;

/** A class and those it extends, itself first. */
export function* withSuperclasses(target: Constructor): Generator<Constructor> {
  for (
    let part: unknown = target;
    typeof part === "function" && part !== Function.prototype;
    part = Object.getPrototypeOf(part)
  ) {
    yield part as Constructor;
  }
}

/** The source of a class, also where it has a static `toString`. */
export function sourceOf(target: Constructor): string {
  return Function.prototype.toString.call(target);
}

/** The class that was read last: several ask for the same one in a row, and reading was half of a first `resolve`. */
let lastRead: { readonly target: Constructor; readonly text: string | undefined } | undefined;

/** The text of the constructor that a class has itself, without comments and the contents of strings. */
export function ownConstructor(target: Constructor): string | undefined {
  if (lastRead?.target !== target) lastRead = { target, text: readConstructor(target) };
  return lastRead.text;
}

function readConstructor(target: Constructor): string | undefined {
  if (!sourceOf(target).includes("constructor")) return undefined;
  const code = sourceOf(target).replaceAll(COMMENT_OR_STRING, (text) => (text.startsWith("/") ? "" : '""'));
  // Not `this.constructor(` or `myconstructor(`; no field may be called `#constructor`.
  const start = code.search(/(?<![.\w$])constructor\s*\(/);
  if (start < 0) return undefined;
  const body = code.indexOf("{", endOf(code, code.indexOf("(", start), "(", ")"));
  return code.slice(start, endOf(code, body, "{", "}"));
}

/** Where the bracket at `start` is closed again. */
function endOf(code: string, start: number, open: string, close: string): number {
  let depth = 0;
  for (let index = start; index < code.length; index++) {
    if (code[index] === open) depth++;
    else if (code[index] === close && --depth === 0) return index + 1;
  }
  return code.length;
}

const RETURNS = /\breturn\b|\/|`|\[native code\]/;

const returning = new WeakMap<Constructor, boolean>();

/** Whether `new target` may give another object than a new instance. Says so where it cannot know. */
export function mayReturnAnother(target: Constructor): boolean {
  let may = returning.get(target);
  if (may === undefined) returning.set(target, (may = [...withSuperclasses(target)].some(mayReturn)));
  return may;
}

function mayReturn(part: Constructor): boolean {
  const source = sourceOf(part);
  // A regular expression or a template may contain brackets that open nothing.
  if (!RETURNS.test(source)) return false;
  return !source.startsWith("class") || RETURNS.test(ownConstructor(part) ?? "");
}
