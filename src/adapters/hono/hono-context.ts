/** The token under which instances of a request find Hono's context. */
import type { Context } from "hono";
import { token } from "../../registry/token.js";
import { seedTokens } from "../host/seed-tokens.js";

/** Hono's `c` of the request in whose scope it is asked for: `@inject(HonoContext) c: Context`. */
export const HonoContext = token<Context>("HonoContext");

/** What each scope is given. */
export const SEEDS = seedTokens(HonoContext);
