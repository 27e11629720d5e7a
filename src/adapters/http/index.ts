/** ambit in a server of Node's own, and in what builds on it: one scope per request, closed exactly once. */
export { drain, requestScopes } from "../host/live-scopes.js";
export type { Handler } from "./host.js";
export type { ScopePerRequestOptions } from "./options.js";
export { type Middleware, scopePerRequest } from "./scope-per-request.js";
export { HttpRequest, HttpResponse } from "./tokens.js";
