/** The token under which instances of a request find Hono's context. */
import type { Context } from "hono";
import type { DependencyContainer } from "../../container/api.js";
import { container as defaultContainer } from "../../container/container.js";
import { token } from "../../container/token.js";

/** Hono's `c` of the request in whose scope it is asked for: `@inject(HonoContext) c: Context`. */
export const HonoContext = token<Context>("HonoContext");

/** Lets the container know that each scope will be given one. */
export function registerHonoContext(container: DependencyContainer): void {
  if (!container.isRegistered(HonoContext, true)) container.register(HonoContext, { useSeed: true });
}

// Whoever mentions the token may be looked at before an app is there.
registerHonoContext(defaultContainer);
