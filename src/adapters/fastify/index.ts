/** ambit in a Fastify server: one scope per request, closed exactly once, in the right moment. */
export { type HandlerName, invoke } from "./invoke.js";
export { drain, requestScopes } from "./live-scopes.js";
export { type ScopePerRequestOptions, scopePerRequest } from "./scope-per-request.js";
export { HttpReply, HttpRequest } from "./tokens.js";
