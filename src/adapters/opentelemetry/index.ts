/** `ambit/opentelemetry`: spans for scopes and slow builds, and OpenTelemetry's context in ambit's. */
export { AmbitContextManager } from "./context-manager.js";
export { type TraceScopesOptions, type Tracing, traceScopes } from "./trace-scopes.js";
