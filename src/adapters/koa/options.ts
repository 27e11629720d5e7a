/** What `scopePerRequest` may be told. */
import type Koa from "koa";
import type { HostOptions } from "../host/options.js";

/**
 * What `scopePerRequest` may be told.
 *
 * Without `onError`, what it would hear goes to Koa's `app.on("error")`, the container's `onDisposalError`, and a process
 * warning.
 */
export interface ScopePerRequestOptions extends HostOptions<[ctx: Koa.Context]> {
  /** `false` leaves an object body to Koa, which turns it into JSON after the scope has closed. Default: true. */
  readonly serialize?: boolean | undefined;
}
