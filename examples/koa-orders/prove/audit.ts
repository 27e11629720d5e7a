/** After the last request: adds up what had to be, and counts what is. */
import type { Ledger, Transactions } from "./ledger.js";
import { expectedOf, type Model } from "./model.js";
import type { Line } from "./report.js";
import { type Sent, statusOf } from "./run.js";
import { gapsIn, misfiled, type StoredOrder } from "./stored.js";
import type { Trouble } from "./trouble.js";

/** What is still in use when every request is over. */
export interface Leftovers {
  readonly connections: number;
  readonly openTransactions: number;
  readonly scopes: number;
  /** How often the guard refused a use; `undefined` without AMBIT_GUARD=1. */
  readonly misused: number | undefined;
}

export interface Evidence {
  readonly planned: number;
  readonly users: number;
  readonly sent: readonly Sent[];
  readonly model: Model;
  readonly ledger: Ledger;
  readonly stored: readonly StoredOrder[];
  readonly leftovers: Leftovers;
  readonly trouble: Trouble | undefined;
}

export function audit(evidence: Evidence): Line[] {
  const { planned, users, sent, model, stored, leftovers } = evidence;
  const { findings, rowsRead } = model;
  const cut = sent.filter(({ answer }) => answer === "cut").length;
  const reports = sent.filter(({ step, answer }) => step.kind === "report" && statusOf(answer) === 200);
  return [
    { what: "requests sent", expected: planned, seen: sent.length },
    { what: "  by so many users", seen: users },
    { what: "  cut by the client", seen: cut },
    { what: "  answered by a worker thread", seen: reports.length },
    { what: "  answered wrongly, or not at all", expected: 0, seen: findings.count("wrong answer") },
    ...troubleOf(evidence),
    { what: "rows read", seen: rowsRead },
    { what: "  of a wrong user", expected: 0, seen: findings.count("wrong user") },
    { what: "  with a wrong user's price", expected: 0, seen: findings.count("wrong price") },
    { what: "answers without a row that had to be there", expected: 0, seen: findings.count("missing rows") },
    ...ordersOf(evidence),
    { what: "  stored under a wrong user", expected: 0, seen: misfiled(stored) },
    { what: "  stored twice", expected: 0, seen: stored.length - indexed(stored).size },
    { what: "  missing in a user's numbers", expected: 0, seen: gapsIn(stored) },
    ...transactionsOf(evidence),
    { what: "connections left checked out", expected: 0, seen: leftovers.connections },
    { what: "database sessions left in a transaction", expected: 0, seen: leftovers.openTransactions },
    { what: "scopes left", expected: 0, seen: leftovers.scopes },
    ...guardOf(leftovers),
  ];
}

/** An order is all there or not at all; which of the two, its answer says, and after a cut either will do. */
function ordersOf({ sent, ledger, stored }: Evidence): Line[] {
  const byReference = indexed(stored);
  const attempts = sent.filter(({ step }) => step.kind === "order" || step.kind === "unknownProduct");
  const whole = ({ step }: Sent) => byReference.get(step.reference)?.lines === step.lines.length;
  const placed = attempts.filter(({ step, answer }) => step.kind === "order" && statusOf(answer) === 201);
  const lost = attempts.filter(({ step }) => step.kind === "order" && ledger.of(step.id).lost > 0);
  const refused = attempts.filter((one) => one.answer !== "cut" && statusOf(one.answer) !== 201 && !lost.includes(one));
  const cut = attempts.filter(({ answer }) => answer === "cut");
  const there = ({ step }: Sent) => byReference.has(step.reference);
  const inPart = (one: Sent) => there(one) && !whole(one);
  return [
    { what: "orders placed, and stored whole", expected: placed.length, seen: placed.filter(whole).length },
    { what: "  refused, but stored", expected: 0, seen: refused.filter(there).length },
    { what: "  cut, and stored whole", seen: cut.filter(whole).length },
    { what: "  cut, and stored in part", expected: 0, seen: cut.filter(inPart).length },
    { what: "  with the answer to COMMIT lost, and stored whole", seen: lost.filter(whole).length },
    { what: "  with the answer to COMMIT lost, and stored in part", expected: 0, seen: lost.filter(inPart).length },
  ];
}

function transactionsOf({ sent, ledger, stored, trouble }: Evidence): Line[] {
  const byReference = indexed(stored);
  const expected = { begun: 0, committed: 0, rolledBack: 0, lost: 0 };
  const unlessTroubled = trouble === undefined ? 0 : undefined;
  let contradictions = 0;
  for (const { step, answer } of sent) {
    const seen = ledger.of(step.id);
    const due = expectedOf(step, answer, seen, byReference.get(step.reference));
    for (const count of COUNTS) expected[count] += due[count];
    if (COUNTS.some((count) => due[count] !== seen[count])) contradictions += 1;
  }
  const { begun, ended } = ledger.snapshots;
  return [
    { what: "transactions begun", expected: expected.begun, seen: ledger.total("begun") },
    { what: "  committed", expected: expected.committed, seen: ledger.total("committed") },
    { what: "  rolled back", expected: expected.rolledBack, seen: ledger.total("rolledBack") },
    { what: "  with the answer to COMMIT lost", expected: unlessTroubled, seen: ledger.total("lost") },
    { what: "  not as the request's answer says", expected: 0, seen: contradictions },
    { what: "export snapshots begun and ended", expected: begun, seen: ended },
  ];
}

function guardOf({ misused }: Leftovers): Line[] {
  return misused === undefined
    ? []
    : [{ what: "uses of another request's instance (guard)", expected: 0, seen: misused }];
}

const COUNTS = ["begun", "committed", "rolledBack", "lost"] as const satisfies (keyof Transactions)[];

function indexed(stored: readonly StoredOrder[]): Map<string, StoredOrder> {
  return new Map(stored.map((order) => [order.reference, order]));
}

/** What the trouble did, and what the app said of it. */
function troubleOf({ sent, trouble }: Evidence): Line[] {
  if (trouble === undefined) return [];
  const unavailable = sent.filter(({ answer }) => statusOf(answer) === 503);
  const timedOut = unavailable.filter(({ answer }) => answer !== "cut" && "body" in answer && isTimeout(answer.body));
  const torn = sent.filter(({ answer }) => answer !== "cut" && "failed" in answer);
  return [
    { what: `trouble made: ${trouble.kind}`, seen: trouble.times },
    { what: "  sessions terminated", seen: trouble.sessionsEnded },
    { what: "  requests answered 503", seen: unavailable.length },
    { what: "    because a statement took too long", seen: timedOut.length },
    { what: "  exports cut short", seen: torn.length },
  ];
}

function isTimeout(body: string): boolean {
  return JSON.parse(body).error?.code === "timeout";
}
