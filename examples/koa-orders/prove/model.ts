/** What must be so: knows what each user was promised, and holds every answer against it. */
import type { Answer } from "./client.js";
import { Findings } from "./findings.js";
import type { Transactions } from "./ledger.js";
import { isPartner, KINDS, type Kind, ownerOf, type Step, WITHOUT_DATABASE } from "./plan.js";
import type { StoredOrder } from "./stored.js";
import { reportIn, type UserReport } from "./user-report.js";

const LIST_PRICES: Readonly<Record<string, number>> = { tea: 450, coffee: 790, cup: 1_250, kettle: 3_900 };

export const priceFor = (user: string, product: string): number =>
  isPartner(user) ? Math.round(LIST_PRICES[product] * 0.9) : LIST_PRICES[product];

/** The newest orders only are in a list. */
const LIST_LIMIT = 100;

interface Row {
  readonly user: string;
  readonly reference: string;
  readonly prices: readonly { product: string; unitPriceCents: number }[];
}

export class Model {
  readonly findings = new Findings();
  /** By user: the references of the orders that were answered 201. */
  readonly #placed = new Map<string, string[]>();
  rowsRead = 0;
  /** While it is so, the app may say that the database is away; never anything that is not true. */
  troubled = false;

  /** The orders that every later answer to this user must know. */
  placedBy(user: string): readonly string[] {
    return this.#placed.get(user) ?? [];
  }

  /** Learns of orders that are there already. */
  know(user: string, references: readonly string[]): void {
    this.#placed.set(user, [...this.placedBy(user), ...references]);
  }

  /**
   * Holds an answer against what it must be, and learns from it.
   *
   * @param before what the user had placed when the request was sent
   */
  check(step: Step, answer: Answer, before: readonly string[]): void {
    if (answer === "cut" || (this.troubled && isExcused(step.kind, answer))) return;
    const { status } = KINDS[step.kind];
    if ("failed" in answer) return this.findings.add("wrong answer", step.id, `${step.kind}: ${answer.failed}`);
    if (answer.status !== status) {
      const detail = `${step.kind}: ${answer.status} instead of ${status}: ${answer.body.slice(0, 120)}`;
      return this.findings.add("wrong answer", step.id, detail);
    }
    if (step.kind === "report") this.#checkReport(step, reportIn(answer.body), before);
    const rows = rowsIn(step.kind, answer.body);
    this.rowsRead += rows.length;
    for (const row of rows) this.#checkRow(step, row);
    if (step.kind === "list" || step.kind === "export") this.#checkComplete(step, rows, before);
    if (step.kind === "order") this.know(step.user, [step.reference]);
  }

  #checkRow({ id, user }: Step, { user: stated, reference, prices }: Row): void {
    if (stated !== user || ownerOf(reference) !== user) {
      this.findings.add("wrong user", id, `${user} was shown ${reference} of ${stated}`);
    }
    for (const { product, unitPriceCents } of prices) {
      if (unitPriceCents === priceFor(user, product)) continue;
      this.findings.add("wrong price", id, `${user} pays ${unitPriceCents} for ${product}`);
    }
  }

  /** A worker thread wrote it: for this user, at this user's prices, and of all orders, each of which has a line. */
  #checkReport({ id, user }: Step, { user: stated, totals }: UserReport, before: readonly string[]): void {
    this.rowsRead += totals.length;
    if (stated !== user) this.findings.add("wrong user", id, `${user} was shown the report of ${stated}`);
    for (const { product, quantity, cents } of totals) {
      if (cents === quantity * priceFor(user, product)) continue;
      this.findings.add("wrong price", id, `${user} has paid ${cents} for ${quantity} of ${product}`);
    }
    const ordered = totals.reduce((sum, { quantity }) => sum + quantity, 0);
    if (ordered >= before.length) return;
    this.findings.add("missing rows", id, `${user} was told of ${ordered} things in ${before.length} orders`);
  }

  #checkComplete({ id, kind, user }: Step, rows: readonly Row[], before: readonly string[]): void {
    if (kind === "list" && rows.length >= LIST_LIMIT) return;
    const shown = new Set(rows.map(({ reference }) => reference));
    const missing = before.filter((reference) => !shown.has(reference));
    if (missing.length > 0) this.findings.add("missing rows", id, `${user} was not shown ${summaryOf(missing)}`);
  }
}

/** Whether the trouble explains it: an export is cut short when its rows stop coming, every other answer says 503. */
function isExcused(kind: Kind, answer: Exclude<Answer, "cut">): boolean {
  if (WITHOUT_DATABASE.includes(kind)) return false;
  return "failed" in answer ? kind === "export" : answer.status === 503;
}

function summaryOf(references: readonly string[]): string {
  const [first, ...others] = references;
  return others.length === 0 ? first : `${first} and ${others.length} others`;
}

function rowsIn(kind: Kind, body: string): Row[] {
  if (kind === "order") return [rowOf(JSON.parse(body))];
  if (kind === "list") return JSON.parse(body).orders.map(rowOf);
  return kind === "export" ? body.split("\n").slice(1, -1).map(rowOfRecord) : [];
}

function rowOf({ user, reference, lines }: { user: string; reference: string; lines: Row["prices"] | null }): Row {
  // An order without lines is one that a bug has torn apart.
  return { user, reference, prices: lines ?? [] };
}

function rowOfRecord(record: string): Row {
  const [, reference, user, , , product, , cents] = record.split(",");
  return { user, reference, prices: [{ product, unitPriceCents: Number(cents) }] };
}

/**
 * The transactions that a request must have had, judging by its answer; of a cut one, by what it left behind.
 * Whether a lost COMMIT has stored the order, nobody can say.
 *
 * @param stored its order in the database, if there is one
 */
export function expectedOf(
  step: Step,
  answer: Answer,
  seen: Transactions,
  stored: StoredOrder | undefined,
): Transactions {
  const { status, transaction } = KINDS[step.kind];
  if (typeof answer === "object" && "status" in answer && answer.status === status) {
    const one = { begun: 1, committed: 0, rolledBack: 0, lost: 0 };
    return transaction === "none" ? { ...one, begun: 0 } : { ...one, [transaction]: 1 };
  }
  const begun = Math.min(1, seen.begun);
  // A duplicate is found by COMMIT itself; whatever else fails gets none.
  const mayCommit = transaction === "committed" || step.kind === "duplicate";
  if (mayCommit && begun === 1 && seen.lost === 1) return { begun, committed: 0, rolledBack: 0, lost: 1 };
  const committed = answer === "cut" ? committedWhenCut(step.kind, seen, stored) : 0;
  return { begun, committed, rolledBack: begun - committed, lost: 0 };
}

function committedWhenCut(kind: Kind, seen: Transactions, stored: StoredOrder | undefined): number {
  // Reading leaves nothing behind by which to tell: either end is right.
  return kind === "list" ? Math.min(1, seen.committed) : Number(stored !== undefined);
}
