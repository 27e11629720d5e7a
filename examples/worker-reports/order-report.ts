import { contextScoped, inject, Scope } from "ambit";
import { CurrentUser } from "../koa-orders/auth/current-user.js";
import { UserSnapshot } from "../koa-orders/database/user-snapshot.js";
import { loggerOf } from "../koa-orders/logging.js";

/** What a client may ask for: one line for each of these. */
export const GROUPS = ["product", "month"] as const;

/** What goes to the worker; who asks comes along by itself. */
export interface ReportTask {
  readonly by: (typeof GROUPS)[number];
}

interface Row extends Record<ReportTask["by"], string> {
  readonly quantity: number;
  readonly cents: number;
}

interface Total {
  quantity: number;
  cents: number;
}

const logger = loggerOf("worker-reports");

/** All that the user has ordered, added up: work that would keep a server's only thread from its other requests. */
@contextScoped()
export class OrderReport {
  constructor(
    @inject(CurrentUser) readonly user: CurrentUser,
    @inject(UserSnapshot) readonly snapshot: UserSnapshot,
    @inject(Scope) readonly scope: Scope,
  ) {}

  /** @throws the reason of the scope's signal when nobody wants the report any more */
  async render({ by }: ReportTask): Promise<string> {
    const totals = new Map<string, Total>();
    for await (const rows of await this.snapshot.batchesOf<Row>(EVERY_LINE)) {
      this.scope.signal.throwIfAborted();
      for (const row of rows) add(row, totals, row[by]);
    }
    logger.info({ by, lines: totals.size }, "report rendered");
    return textOf(this.user.id, by, totals);
  }
}

const EVERY_LINE = `
  SELECT product, to_char(placed_at, 'YYYY-MM') AS month, quantity, quantity * unit_price_cents AS cents
  FROM orders JOIN order_lines USING ("user", number)`;

function add({ quantity, cents }: Row, totals: Map<string, Total>, group: string): void {
  const total = totals.get(group) ?? { quantity: 0, cents: 0 };
  totals.set(group, { quantity: total.quantity + quantity, cents: total.cents + cents });
}

function textOf(user: string, by: string, totals: ReadonlyMap<string, Total>): string {
  const lines = [...totals]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([group, { quantity, cents }]) => lineOf(group, String(quantity), (cents / 100).toFixed(2)));
  return [`Ordered by ${user}`, "", lineOf(by, "quantity", "paid"), ...lines, ""].join("\n");
}

function lineOf(group: string, quantity: string, paid: string): string {
  return `${group.padEnd(20)} ${quantity.padStart(10)} ${paid.padStart(12)}`;
}
