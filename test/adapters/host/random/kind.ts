/** What a kind of answer is. */
import type { Status } from "./book.js";
import type { Visit } from "./visit.js";

export interface Kind<V extends Visit = Visit, A = unknown> {
  answer(visit: V): A | Promise<A>;
  /** How its work ends, if the client lets it: what the app did, whatever became of the answer. */
  readonly work: Status;
  /**
   * What a client sees who waits: `whole` has an end, `endless` has none and goes on, what `hangs` has a beginning and
   * does not go on, the server cuts what `breaks`, and of a `silent` one there is nothing before the client has left.
   */
  readonly answers: "whole" | "endless" | "hangs" | "breaks" | "silent";
  /** The status of the answer, if it has one. */
  readonly status?: number;
  /** Whether it answers by itself, as Koa's `respond = false` allows. */
  readonly raw?: boolean;
  /** When it needs its request's body: those that need none leave it unread. */
  readonly reads?: "before it answers" | "as it answers";
  /** Whether it makes its COMMIT be refused. */
  readonly spoils?: boolean;
}

export const OK = { work: "success", answers: "whole", status: 200 } as const;
export const FAILED = { work: "error", answers: "whole", status: 500 } as const;
