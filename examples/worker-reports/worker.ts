/** What each worker thread runs: every report in a scope of its own. */
import { bindContext, container } from "ambit";
import { scopePerTask } from "ambit/worker";
import { loggerOf } from "../koa-orders/logging.js";
import "./current-user.js";
import "./db-connection.js";
import { OrderReport, type ReportTask } from "./order-report.js";

const logger = loggerOf("worker-reports");

export default scopePerTask(container, async (task: ReportTask, scope): Promise<string> => {
  // A signal's listeners run in the Context of whoever fires it: unbound, the line would be nobody's.
  scope.signal.addEventListener(
    "abort",
    bindContext(() => logger.info("report given up")),
  );
  scope.defer(({ status }) => logger.info({ by: task.by, status }, "report ended"));
  const report = await scope.resolveAsync(OrderReport);
  return report.render(task);
});
