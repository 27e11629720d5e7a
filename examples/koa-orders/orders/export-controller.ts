import { inject } from "ambit";
import type Koa from "koa";
import { OrderExport } from "./export.js";

/** `/orders.csv`. Apart from OrderController because it needs no transaction that could commit. */
export class ExportController {
  constructor(@inject(OrderExport) readonly orders: OrderExport) {}

  async csv(ctx: Koa.Context): Promise<void> {
    const csv = await this.orders.open();
    // koa-compress does not pass a failure on: the client would wait for the rest for ever.
    csv.once("error", (error) => ctx.res.destroy(error));
    ctx.body = csv;
    ctx.type = "text/csv";
    ctx.attachment("orders.csv");
  }
}
