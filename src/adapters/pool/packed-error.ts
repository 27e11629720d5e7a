/** Errors that go to another thread: a structured clone alone would lose their class, their code and half of their story. */
import { inspect } from "node:util";
import * as ours from "../../errors.js";

/** What is left of an error, or of whatever else was thrown, in a form that every structured clone keeps. */
export type PackedError = { readonly thrown: unknown } | PackedFields;

interface PackedFields {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The built-in class that it is one of. */
  readonly builtIn: string;
  readonly isOurs: boolean;
  readonly fields: readonly PackedField[];
  readonly cause?: PackedError | undefined;
  readonly errors?: readonly PackedError[] | undefined;
}

type PackedField = readonly [key: string, value: unknown, enumerable: boolean];

/** What `Error` itself has; the rest are fields. */
const OWN = new Set(["name", "message", "stack", "cause", "errors"]);

/** The most specific first: what it is an instance of is what it becomes again. */
const BUILT_IN = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, Error];

/** Causes of causes are followed so far: they may lead in a circle. */
const DEEPEST = 8;

/** Packs what was thrown. Fields that cannot be cloned stay behind. */
export function packError(thrown: unknown, depth = 0): PackedError {
  if (!(thrown instanceof Error) || depth > DEEPEST) return { thrown: isCloneable(thrown) ? thrown : inspect(thrown) };
  const { name, message, stack, cause } = thrown;
  const { errors } = thrown as { errors?: unknown };
  return {
    name: nameOf(thrown, name),
    message: String(message),
    stack: stack === undefined ? undefined : String(stack),
    builtIn: builtInOf(thrown),
    isOurs: thrown instanceof ours.AmbitError,
    fields: fieldsOf(thrown),
    ...(cause !== undefined && { cause: packError(cause, depth + 1) }),
    ...(Array.isArray(errors) && { errors: errors.map((error) => packError(error, depth + 1)) }),
  };
}

/** A class that gives its errors no name of their own is known by its own name. */
function nameOf(error: Error, name: unknown): string {
  const isInherited = BUILT_IN.some((each) => each.name === name);
  const own = isInherited ? error.constructor?.name : name;
  return String(own || name);
}

function builtInOf(error: Error): string {
  if (error instanceof DOMException) return "DOMException";
  if (error instanceof AggregateError) return "AggregateError";
  return (BUILT_IN.find((each) => error instanceof each) ?? Error).name;
}

function fieldsOf(error: Error): PackedField[] {
  return Object.entries(Object.getOwnPropertyDescriptors(error))
    .filter(([key, field]) => !OWN.has(key) && "value" in field && isCloneable(field.value))
    .map(([key, { value, enumerable = false }]) => [key, value, enumerable]);
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * The error again, of the same built-in class or of ambit's own, under its name and with its fields.
 *
 * @param asked the stack of whoever waits for it, which its own is followed by
 */
export function unpackError(packed: PackedError, asked = ""): unknown {
  if ("thrown" in packed) return packed.thrown;
  const { name, message, stack, isOurs, fields, cause, errors } = packed;
  const error = madeOf(packed);
  define(error, "stack", `${stack ?? `${name}: ${message}`}${asked}`);
  if (error.name !== name) define(error, "name", name);
  if (cause !== undefined) define(error, "cause", unpackError(cause));
  if (errors !== undefined && !("errors" in error)) {
    define(
      error,
      "errors",
      errors.map((each) => unpackError(each)),
    );
  }
  for (const [key, value, enumerable] of fields) define(error, key, value, enumerable);
  if (isOurs) ours.recognise(error, (ours as unknown as Record<string, { prototype: Error }>)[name]?.prototype);
  return error;
}

function madeOf({ builtIn, name, message, errors = [] }: PackedFields): Error {
  if (builtIn === "DOMException") return new DOMException(message, name);
  if (builtIn === "AggregateError")
    return new AggregateError(
      errors.map((each) => unpackError(each)),
      message,
    );
  const Class = BUILT_IN.find((each) => each.name === builtIn) ?? Error;
  return new Class(message);
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
