import type Koa from "koa";
import { inject } from "ambit";
import { loggerOf } from "../logging.js";
import { OrderExport } from "./export.js";

const logger = loggerOf("orders/export");

/** `/orders.csv`. Apart from OrderController because it needs no transaction that could commit. */
export class ExportController {
  constructor(@inject(OrderExport) readonly orders: OrderExport) {}

  async csv(ctx: Koa.Context): Promise<void> {
    const csv = await this.orders.open();
    // koa-compress does not pass a failure on: the client would wait for the rest for ever.
    csv.once("error", (error) => {
      logger.warn({ err: error }, "export cut");
      ctx.res.destroy();
    });
    ctx.body = csv;
    ctx.type = "text/csv";
    ctx.attachment("orders.csv");
  }
}
