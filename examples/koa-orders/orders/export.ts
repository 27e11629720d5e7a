import { Readable } from "node:stream";
import { contextScoped, inject } from "ambit";
import { UserSnapshot } from "../database/user-snapshot.js";
import { loggerOf } from "../logging.js";

const logger = loggerOf("orders/export");

/** All of the user's order lines as CSV, however many there are: no more than one batch is in memory. */
@contextScoped()
export class OrderExport {
  constructor(@inject(UserSnapshot) readonly snapshot: UserSnapshot) {}

  /** Opens the cursor, so that a query that cannot run fails before the answer has begun. */
  async open(): Promise<Readable> {
    const batches = await this.snapshot.batchesOf(EVERY_LINE);
    return Readable.from(this.#csv(batches), { objectMode: false });
  }

  async *#csv(batches: AsyncIterable<Record<string, unknown>[]>): AsyncGenerator<string> {
    yield `${COLUMNS.join(",")}\n`;
    let exported = 0;
    for await (const rows of batches) {
      if (rows.length > 0) yield rows.map(recordOf).join("");
      exported += rows.length;
    }
    logger.info({ lines: exported }, "orders exported");
  }
}

const COLUMNS = ["number", "reference", "user", "placed_at", "position", "product", "quantity", "unit_price_cents"];
const EVERY_LINE = `
  SELECT number, reference, "user", placed_at, position, product, quantity, unit_price_cents
  FROM orders JOIN order_lines USING ("user", number) ORDER BY number, position`;

function recordOf(row: Record<string, unknown>): string {
  return `${COLUMNS.map((column) => fieldOf(textOf(row[column]))).join(",")}\n`;
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

/** https://www.rfc-editor.org/rfc/rfc4180: what a comma, quote or line break would tear apart stands in quotes. */
function fieldOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
