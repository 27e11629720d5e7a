/** What the page may say: names of types and tokens, cut to a length. Never a value, nor the message of an error. */
import { types } from "node:util";

const LONGEST = 200;
/** Stack frames. */
const LONGEST_TEXT = 2_000;

/** A name, no longer than can be read. */
export function cut(text: string, longest = LONGEST): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

export function cutOrigin(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cut(text, LONGEST_TEXT);
}

/**
 * An error's class, with its code or its HTTP status: "DatabaseError 23505". Its message is left out: it may tell what a
 * user has sent.
 */
export function errorLabel(error: unknown): string {
  try {
    if (!types.isNativeError(error) && !(error instanceof DOMException)) return thrownLabel(error);
    // All DOMExceptions are of one class.
    const name = error instanceof DOMException ? error.name : error.constructor.name;
    return cut([name || "Error", codeOf(error)].filter(Boolean).join(" "));
  } catch {
    return "an error that cannot be read";
  }
}

function thrownLabel(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return `thrown: ${thrown === null ? "null" : typeof thrown}`;
  return cut(`thrown: ${thrown.constructor?.name ?? "an object"}`);
}

function codeOf(error: Error | DOMException): string | undefined {
  const { code, status } = error as { code?: unknown; status?: unknown };
  // Node's and ambit's codes, and PostgreSQL's.
  if (typeof code === "string" && /^(E[A-Z0-9_]{2,60}|[0-9A-Z]{5})$/.test(code)) return code;
  return Number.isInteger(status) && Number(status) >= 100 && Number(status) < 600 ? String(status) : undefined;
}
