/** ambit in a Koa server: one scope per request, closed exactly once, in the right moment. @module ambit/koa */
export { type HandlerName, invoke } from "./invoke.js";
export { KoaContext } from "./koa-context.js";
export { type Listener, listener } from "./listener.js";
export { drain, requestScopes } from "./live-scopes.js";
export type { ScopePerRequestOptions } from "./options.js";
export { scopePerRequest } from "./scope-per-request.js";
