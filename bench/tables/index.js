/** All tables, in the order in which they are measured. */
import request from "./request.js";

const tables = { request };

export const NAMES = Object.keys(tables);

export const tableOf = (name) => tables[name];
