import { contextScoped, inject } from "ambit";
import { UserDatabase } from "../database/user-database.js";
import { loggerOf } from "../logging.js";
import type { NewLine, Order } from "./order.js";

const logger = loggerOf("orders/repository");

/** Orders in the database. No query says whose: row-level security does. */
@contextScoped()
export class OrderRepository {
  constructor(@inject(UserDatabase) readonly db: UserDatabase) {}

  /** Adds an order without lines and gives its number, the user's next. */
  async add(reference: string): Promise<number> {
    const [{ number }] = await this.db.query<{ number: number }>(ADD, [reference]);
    logger.debug({ number, reference }, "order added");
    return number;
  }

  async addLine(number: number, position: number, line: NewLine, unitPriceCents: number): Promise<void> {
    await this.db.query(ADD_LINE, [number, position, line.product, line.quantity, unitPriceCents]);
  }

  async get(number: number): Promise<Order> {
    const [order] = await this.db.query<Order>(`${SELECT} WHERE number = $1`, [number]);
    return order;
  }

  /** The newest first. */
  newest(limit: number): Promise<Order[]> {
    return this.db.query<Order>(`${SELECT} ORDER BY number DESC LIMIT $1`, [limit]);
  }
}

const ADD = `
  INSERT INTO orders (number, reference) SELECT coalesce(max(number), 0) + 1, $1 FROM orders RETURNING number`;

const ADD_LINE = `
  INSERT INTO order_lines (number, position, product, quantity, unit_price_cents) VALUES ($1, $2, $3, $4, $5)`;

const SELECT = `
  SELECT number, reference, "user", placed_at AS "placedAt", (
    SELECT json_agg(
      json_build_object('product', product, 'quantity', quantity, 'unitPriceCents', unit_price_cents) ORDER BY position)
    FROM order_lines WHERE ("user", number) = (orders."user", orders.number)
  ) AS lines
  FROM orders`;
