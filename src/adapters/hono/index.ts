/** ambit in a Hono app: one scope per request, closed exactly once, in the right moment. */
export { drain, requestScopes } from "../host/live-scopes.js";
export { HonoContext } from "./hono-context.js";
export { type HandlerName, invoke } from "./invoke.js";
export { type ScopePerRequestOptions, scopePerRequest } from "./scope-per-request.js";
