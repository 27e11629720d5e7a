/** What the client is told when its request fails. */
export interface Problem {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** For people. */
  readonly message: string;
  readonly details?: unknown;
}

/** An error whose message the client may read. */
export class RequestError extends Error implements Problem {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

/** For work that nobody waits for any more. */
export function clientLeft(): RequestError {
  return new RequestError(499, "client_left", "The client left before its answer was ready.");
}
