/** Refuses arguments of a wrong type where the mistake is made, not where it would show. */

/** @throws TypeError unless `value` is a function; `what` is its place: "bindContext(fn)" */
export function assertFunction(value: unknown, what: string): void {
  if (typeof value !== "function") throw wrongType(what, "a function", value);
}

/** The error for a `value` that is not `expected`. */
export function wrongType(what: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${what} must be ${expected}, not ${kindOf(value)}.`);
}

/** The kind of a value, never the value itself: it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  return `an instance of ${value.constructor?.name || "nothing"}`;
}
