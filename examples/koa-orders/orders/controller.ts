import { inject } from "ambit";
import type Koa from "koa";
import { jsonOf, validated } from "../http/validation.js";
import { NewOrder } from "./order.js";
import { OrderService } from "./service.js";

/** `/orders` over HTTP. */
export class OrderController {
  constructor(@inject(OrderService) readonly orders: OrderService) {}

  async create(ctx: Koa.Context): Promise<void> {
    const order = await this.orders.place(validated(NewOrder, jsonOf(ctx)));
    ctx.status = 201;
    ctx.body = order;
  }

  async list(ctx: Koa.Context): Promise<void> {
    ctx.body = { orders: await this.orders.newest() };
  }
}
