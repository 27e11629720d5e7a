import { contextScoped, inject } from "ambit";
import { KoaContext } from "ambit/koa";
import type Koa from "koa";
import { authenticate } from "./authentication.js";

/** Who asks, in this request. */
@contextScoped() // one per request
export class CurrentUser {
  readonly id: string;

  constructor(@inject(KoaContext) ctx: Koa.Context) {
    this.id = authenticate(ctx);
  }
}
