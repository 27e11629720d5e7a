import { contextScoped, inject } from "ambit";
import { CurrentUser } from "../auth/current-user.js";
import { Transaction } from "../database/transaction.js";
import { loggerOf } from "../logging.js";
import type { NewOrder, Order } from "./order.js";
import { PriceCache } from "./price-cache.js";
import { OrderRepository } from "./repository.js";

const logger = loggerOf("orders/service");

/** Placing orders and looking at them, for one user in one transaction. */
@contextScoped()
export class OrderService {
  constructor(
    @inject(CurrentUser) readonly user: CurrentUser,
    @inject(Transaction) readonly tx: Transaction,
    @inject(OrderRepository) readonly orders: OrderRepository,
    @inject(PriceCache) readonly prices: PriceCache,
  ) {}

  /**
   * Places the order, or nothing at all: whatever throws in between, the request's transaction is rolled back.
   *
   * @throws RequestError 422 for an unknown product
   */
  async place({ reference, lines }: NewOrder): Promise<Order> {
    await this.#takeTurn();
    const number = await this.orders.add(reference);
    for (const [position, line] of lines.entries()) {
      await this.orders.addLine(number, position, line, this.prices.priceOf(line.product));
    }
    logger.info({ number, reference }, "order written");
    return this.orders.get(number);
  }

  /** The user's newest orders, the newest first. */
  newest(): Promise<Order[]> {
    return this.orders.newest(100);
  }

  /** The next order of the same user waits for the end of this transaction: numbers have no gaps and no doubles. */
  async #takeTurn(): Promise<void> {
    await this.tx.client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [this.user.id]);
  }
}
