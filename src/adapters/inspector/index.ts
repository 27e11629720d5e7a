/** `ambit/inspector`: a page that shows a running process's scopes, for development. */
export { InspectorError } from "../../errors.js";
export { Inspector } from "./inspector.js";
export { type InspectedContext, inspectorKoa } from "./koa.js";
export type { InspectorOptions } from "./options.js";
