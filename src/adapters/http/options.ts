/** What `scopePerRequest` may be told. */
import type { HostOptions } from "../host/options.js";
import type { Exchange } from "./host.js";

/** What `scopePerRequest` may be told. Without `onError`, what it would hear becomes a process warning. */
export interface ScopePerRequestOptions extends HostOptions<Exchange> {}
