/** Says that a buffered answer leaves before its scope has ended. */
import type Koa from "koa";
import { warn } from "../host/reports.js";

const warned = new WeakSet<object>();

/** Says once for each app that a buffered answer leaves before its scope has ended. */
export function warnOfLateCommit({ app, method, path, body }: Koa.Context): void {
  if (warned.has(app)) return;
  warned.add(app);
  const stream = (body as object).constructor.name;
  warn(
    `Late commit: at ${method} ${path} a ${stream} replaced a complete body inside scopePerRequest. So the scope ends ` +
      "after the response has been sent, and a commit that fails is no 500. Fix: put scopePerRequest after the " +
      "middleware that did it, such as compress.",
    "Koa",
  );
}
