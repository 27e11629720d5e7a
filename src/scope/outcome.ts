/** How the work of a scope ended, as its generators and `defer` callbacks are told. */
export type Outcome =
  | { readonly status: "success" }
  | { readonly status: "error"; readonly error: unknown }
  | { readonly status: "aborted"; readonly reason: unknown };

/** The work returned, and nobody called `fail`. */
export const SUCCESS: Outcome = Object.freeze({ status: "success" });

/** Nobody said how the work ended: not a success, because a `finally` must never commit. */
export const UNVOUCHED: Outcome = Object.freeze({
  status: "aborted",
  reason: new DOMException(
    "The scope was closed without an outcome: call succeed() when its work is done.",
    "AbortError",
  ),
});

/** The parent ended while this scope was still open. */
export const PARENT_ENDED: Outcome = Object.freeze({
  status: "aborted",
  reason: new DOMException("The parent scope, or the container, ended first.", "AbortError"),
});

/** The outcome of work that threw: `aborted` when it ended by the scope's own signal, else `error`. */
export function outcomeOfThrow(
  error: unknown,
  signal: { readonly aborted: boolean; readonly reason: unknown },
): Outcome {
  return signal.aborted && endedBy(error, signal.reason)
    ? { status: "aborted", reason: signal.reason }
    : { status: "error", error };
}

/** Whether `error` is what an abort with `reason` makes: the reason itself, an AbortError, or either as a cause. */
function endedBy(error: unknown, reason: unknown): boolean {
  try {
    return isOrHasCause(error, reason);
  } catch {
    // An error that throws when it is looked at was made by somebody else.
    return false;
  }
}

function isOrHasCause(error: unknown, reason: unknown): boolean {
  for (let depth = 0; depth < 8; depth++) {
    if (error === reason) return true;
    if (!(error instanceof Error)) return false;
    if (error.name === "AbortError" || (error as { code?: unknown }).code === "ABORT_ERR") return true;
    error = error.cause;
  }
  return false;
}
