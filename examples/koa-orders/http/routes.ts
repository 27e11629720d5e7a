import Router from "@koa/router";
import { invoke } from "ambit/koa";
import type Koa from "koa";
import type { Tokens } from "../auth/tokens.js";
import { OrderController } from "../orders/controller.js";
import { ExportController } from "../orders/export-controller.js";
import { ReportController } from "../orders/report-controller.js";
import { HealthController } from "./health.js";
import { homePage } from "./home-page.js";
import { RequestError } from "./problem.js";

/** What the server answers to. */
export function routes(tokens: Tokens, demo: boolean, inspected: boolean): Router {
  const router = new Router();
  router.get("/", homePage(demo ? tokens : undefined, inspected));
  router.get("/health", invoke(HealthController, "show"));
  router.post("/orders", invoke(OrderController, "create"));
  router.get("/orders", invoke(OrderController, "list"));
  router.get("/orders.csv", invoke(ExportController, "csv"));
  router.get("/orders/report", invoke(ReportController, "show"));
  return router;
}

/** For what no route took: Koa would answer with plain text. */
export const notFound: Koa.Middleware = async function notFound(ctx, next) {
  await next();
  if (ctx.body != null) return;
  if (ctx.status === 404) throw new RequestError(404, "not_found", "There is nothing here; GET / shows what there is.");
  if (ctx.status === 405 || ctx.status === 501)
    throw new RequestError(ctx.status, "method_not_allowed", `Possible here: ${ctx.response.get("Allow")}.`);
};
