/** What a host may be told of while clients come and go. */
import type { Book } from "./book.js";
import { Planned, Refused, type Visit } from "./visit.js";

/** What the network does, and Node, the hosts and the libraries make of it; UNABLE_TO_PIPE is a body for a cut answer. */
const EXPECTED =
  /^(ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_DESTROYED|ERR_STREAM_UNABLE_TO_PIPE|ECONNRESET|ECONNABORTED|EPIPE|ABORT_ERR|HPE_\w+)$/;

export function isExpected(error: unknown): boolean {
  const { code, name, message, status } = error as { code?: string; name: string; message: string; status?: number };
  if (error instanceof Planned || name === "AbortError" || status === 422) return true;
  // Of a body whose client has left, Hono parses what has arrived; its server, on Node 26, finds the first piece only.
  const isCutShort = error instanceof SyntaxError ? /in JSON|JSON input/.test(message) : message === "Body is unusable";
  return EXPECTED.test(code ?? "") || message.includes("BigInt") || isCutShort;
}

/** Notes what an app is told of. */
export function hear(error: unknown, visit: Visit | undefined, book: Book): void {
  if (!isExpected(error)) book.count("strangeErrors", visit?.entry.path ?? "no request", error as Error);
  if (visit === undefined) return;
  visit.entry.told = true;
  // It is the scope that has failed, and some hosts say so where it was opened.
  if (!(error instanceof Refused)) visit.here();
}
