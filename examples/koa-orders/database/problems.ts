import pg from "pg";
import type { Problem } from "../http/problem.js";

const UNAVAILABLE: Problem = {
  status: 503,
  code: "database_unavailable",
  message: "The database cannot be reached; try again.",
};

/** By SQLSTATE, or by its first two characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_SQLSTATE: Readonly<Record<string, Problem>> = {
  "08": UNAVAILABLE,
  "53": UNAVAILABLE,
  "57": UNAVAILABLE,
  "40": { status: 503, code: "conflict", message: "Another request was in the way; try again." },
  "57014": { status: 503, code: "timeout", message: "The database took too long; try again." },
  "23505": { status: 409, code: "duplicate", message: "There is such a one already." },
  "22": { status: 422, code: "invalid_value", message: "The database cannot store one of the values." },
  "23": { status: 422, code: "invalid_value", message: "The database refused one of the values." },
};

const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);

/** pg has no codes for these. */
const DISCONNECTED =
  /^Connection terminated|^timeout exceeded when trying to connect|connection error and is not queryable/;

/** What a failed query means to the client; `undefined` when the error is not the database's. */
export function databaseProblemOf(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? String(error.code) : "";
  // An error that comes from a worker has its fields, and has lost its class.
  if (error instanceof pg.DatabaseError || "severity" in error)
    return BY_SQLSTATE[code] ?? BY_SQLSTATE[code.slice(0, 2)];
  return NETWORK.has(code) || DISCONNECTED.test(error.message) ? UNAVAILABLE : undefined;
}
