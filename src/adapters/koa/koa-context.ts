/** The token under which instances of a request find Koa's context. */
import type Koa from "koa";
import type { DependencyContainer } from "../../container/api.js";
import { container as defaultContainer } from "../../container/container.js";
import { token } from "../../container/token.js";

/** Koa's `ctx` of the request in whose scope it is asked for: `@inject(KoaContext) ctx: Koa.Context`. */
export const KoaContext = token<Koa.Context>("KoaContext");

/** Lets the container know that each scope will be given one. */
export function registerKoaContext(container: DependencyContainer): void {
  if (!container.isRegistered(KoaContext, true)) container.register(KoaContext, { useSeed: true });
}

// Whoever mentions the token may be looked at before an app is there.
registerKoaContext(defaultContainer);
