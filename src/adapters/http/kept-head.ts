/** What `writeHead` is given, kept for later. */
import { validateHeaderName, validateHeaderValue } from "node:http";

/**
 * A copy of the arguments: Node reads them when the head leaves, and their owner may have changed them by then.
 *
 * @throws what Node then would
 */
export function keptHead(args: readonly unknown[]): unknown[] {
  return args.map((arg) => (typeof arg === "object" && arg !== null ? keptHeaders(arg) : arg));
}

/** Of an object, of pairs, or of names and values in turn. */
function keptHeaders(headers: object): object {
  if (!Array.isArray(headers)) return Object.fromEntries(Object.entries(headers).map(keptHeader));
  if (Array.isArray(headers[0])) return headers.map(keptHeader);
  return headers.flatMap((name, i) => (i % 2 === 0 ? keptHeader([name, headers[i + 1]]) : []));
}

function keptHeader([name, value]: [string, unknown]): [string, unknown] {
  validateHeaderName(name);
  const values = Array.isArray(value) ? [...value] : [value];
  for (const each of values) validateHeaderValue(name, each);
  return [name, Array.isArray(value) ? values : value];
}
