import { inject, Scope } from "ambit";
import type Koa from "koa";
import { z } from "zod";
import { GROUPS } from "../../worker-reports/order-report.js";
import { ReportPool } from "../../worker-reports/report-pool.js";
import { CurrentUser } from "../auth/current-user.js";
import { clientLeft } from "../http/problem.js";
import { validated } from "../http/validation.js";

const ReportQuery = z.object({ by: z.enum(GROUPS).default("product") });

/** `/orders/report`: a worker thread renders it, and stops when the client leaves. */
export class ReportController {
  constructor(
    @inject(CurrentUser) readonly user: CurrentUser, // no user, no report
    @inject(ReportPool) readonly reports: ReportPool,
    @inject(Scope) readonly scope: Scope,
  ) {}

  async show(ctx: Koa.Context): Promise<void> {
    const { signal } = this.scope;
    const report = this.reports.render(validated(ReportQuery, ctx.query), signal);
    ctx.body = await report.catch((error: unknown) => {
      throw error === signal.reason ? clientLeft() : error;
    });
  }
}
