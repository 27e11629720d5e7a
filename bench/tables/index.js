/** All tables, in the order in which they are measured. */
import contextLived from "./context-lived.js";
import contextVar from "./context-var.js";
import heap from "./heap.js";
import koa from "./koa.js";
import memory from "./memory.js";
import nesting from "./nesting.js";
import registrations from "./registrations.js";
import request from "./request.js";
import resolve from "./resolve.js";
import scope from "./scope.js";
import scopedServices from "./scoped-services.js";
import startUp from "./start-up.js";
import worker from "./worker.js";

const tables = {
  request,
  scope,
  resolve,
  "context-var": contextVar,
  memory,
  heap,
  registrations,
  "context-lived": contextLived,
  "scoped-services": scopedServices,
  nesting,
  "start-up": startUp,
  koa,
  worker,
};

export const NAMES = Object.keys(tables);

export const tableOf = (name) => tables[name];
