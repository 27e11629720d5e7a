/** What has to become of a request, by what it did and by what its client saw. */
import type { End, Entry, Status } from "./book.js";
import type { Seen } from "./client.js";
import type { Arrangement } from "./host.js";
import { answersOf, isFresh, type PlannedRequest } from "./plans.js";

/** All that there is to know of one request. */
export interface Case {
  readonly request: PlannedRequest;
  readonly arrangement: Arrangement;
  readonly seen: Seen;
  readonly entry: Entry;
}

/** What is wrong with the way in which it ended; with nothing, an empty list. */
export function faultsOf(it: Case, rows: number): string[] {
  const { entry } = it;
  const outcomes = legalOutcomes(it);
  const ends = outcomes.map((outcome) => endOf(it, outcome));
  const [begin, end, ...more] = entry.transaction;
  const faults: string[] = [];
  if (!outcomes.includes(entry.outcome as Status))
    faults.push(`ended as ${entry.outcome}, not ${outcomes.join(" or ")}`);
  if (begin !== "BEGIN" || more.length > 0) faults.push(`its transaction was ${entry.transaction.join(", ")}`);
  if (!ends.includes(end as End)) faults.push(`its transaction ended with ${end}, not ${ends.join(" or ")}`);
  if (rows !== (end === "COMMIT" ? entry.rows : 0)) faults.push(`${rows} of ${entry.rows} rows are there after ${end}`);
  if (entry.disposed !== 1) faults.push(`was disposed ${entry.disposed} times`);
  faults.push(...faultsAround(it));
  if (end === "REFUSED" && !entry.told) faults.push("nobody was told that its COMMIT was refused");
  return faults;
}

/** A scope around it ends once, after it, and with it. */
function faultsAround({ request, entry }: Case): string[] {
  const { around } = entry;
  if (around === undefined) return request.within ? ["had no second scope"] : [];
  const [end, ...more] = around;
  if (end === undefined || more.length > 0) return [`the scope around it ended ${around.length} times`];
  const faults = end.ownHadClosed ? [] : ["the scope around it ended first"];
  const expected = outcomesAround(request, entry);
  if (!expected.includes(end.outcome))
    faults.push(`the scope around it ended as ${end.outcome}, not ${expected.join(" or ")}`);
  return faults;
}

/** It hears what the answer says, and what cut it. */
function outcomesAround({ does }: PlannedRequest, { outcome, streamed, sent }: Entry): readonly Entry["outcome"][] {
  // A COMMIT that is refused makes another answer of one that is still here.
  if (does.spoils && !streamed && outcome === "success") return ["error"];
  if (outcome !== "error") return [outcome];
  // What only `scope.fail` knew is that scope's own affair; a compressor inside makes a stream of the answer.
  const isSilent = does.work === "error" && does.answers === "whole" && does.status === 200;
  if (isSilent) return streamed && !sent ? ["success", "aborted"] : ["success"];
  // Of an error whose answer went nowhere, all that it sees is that the client has left.
  return sent ? ["error"] : ["error", "aborted"];
}

function endOf({ request }: Case, outcome: Status): End {
  if (outcome !== "success") return "ROLLBACK";
  return request.does.spoils ? "REFUSED" : "COMMIT";
}

/** What is sent after the chain has settled is a success if Node has handed on all of it, and not before. */
function legalOutcomes(it: Case): readonly Status[] {
  const { request, arrangement, seen, entry } = it;
  const { work, raw, reads } = request.does;
  if (reads === "before it answers" && entry.read !== "all") return ["error"];
  const isCaught = arrangement.caught;
  // What is caught inside is an answer of 500, or, where another has been sent, no error that anyone is told of.
  if (work === "aborted") return [isCaught ? "error" : work];
  if (request.kind === "rawThenThrown") return [isCaught ? "aborted" : work];
  if (work !== "success") return [work];
  if (!raw && !entry.streamed) return ["success"];
  const answers = answersOf(request, arrangement);
  if (answers === "endless" || answers === "hangs" || answers === "silent") return ["aborted"];
  const breaks = request.does.answers === "breaks";
  if (answers === "breaks" && seen.waited) return ["error"];
  if (answers === "whole" && (entry.sent || seen.waited || seen.answer !== undefined)) return ["success"];
  // One that nobody waited for may have broken before its client left, and without a body in the hands of a compressor.
  return breaks ? ["aborted", "error"] : ["aborted"];
}

/** What is wrong with what the client saw, at the moment when it saw it. */
export function faultsSeen({ request, arrangement, seen, entry }: Case): string[] {
  const { answer, waited } = seen;
  const expected = statusOf({ request, arrangement, seen, entry });
  if (answer === undefined) return waited && expected !== undefined ? ["was not answered"] : [];
  const faults = answer.status === expected ? [] : [`was answered ${answer.status}, not ${expected}`];
  const strangers = (answer.body.match(/\/[a-zA-Z]+\/\d+/g) ?? []).filter((path) => path !== request.path);
  if (strangers.length > 0 && !request.zipped) faults.push(`was given the answer of ${strangers[0]}`);
  // A complete answer that did not wait for its transaction may be a lie.
  if (!entry.streamed && !request.does.raw && entry.transaction.length !== 2) {
    faults.push(`was answered ${answer.status} after ${entry.transaction.join(", ")}`);
  }
  return faults;
}

/** `undefined` for an answer that a client cannot read to its end. */
function statusOf({ request, arrangement, entry }: Case): number | undefined {
  const { does } = request;
  if (answersOf(request, arrangement) !== "whole") return undefined;
  // Streamed, as also by a compressor inside the scope, an answer leaves before its COMMIT.
  const status = does.spoils ? (entry.streamed ? 200 : 500) : does.status;
  return !does.raw && isFresh(request, arrangement, status) ? 304 : status;
}
