/** The token under which instances of a request find Koa's context. */
import type Koa from "koa";
import { token } from "../../registry/token.js";
import { seedTokens } from "../host/seed-tokens.js";

/** Koa's `ctx` of the request in whose scope it is asked for: `@inject(KoaContext) ctx: Koa.Context`. */
export const KoaContext = token<Koa.Context>("KoaContext");

/** What each scope is given. */
export const SEEDS = seedTokens(KoaContext);
