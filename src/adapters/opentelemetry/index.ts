/** `ambit/opentelemetry`: spans for scopes and slow builds, and OpenTelemetry's context in ambit's. */
export { AmbitContextManager } from "./context-manager.js";
export { traceScopes, type TraceScopesOptions, type Tracing } from "./trace-scopes.js";
