/** What `npx ambit check` and `npx ambit graph` look at: all that the server builds, without a server or a database. */
import { container } from "ambit";
import { HealthController } from "./http/health.js";
import "./http/routes.js";
import { OrderController } from "./orders/controller.js";
import { ExportController } from "./orders/export-controller.js";
import { ReportController } from "./orders/report-controller.js";

/** What routes ask for: nobody registers a controller. */
export const tokens = [OrderController, ExportController, ReportController, HealthController];

export default container;
