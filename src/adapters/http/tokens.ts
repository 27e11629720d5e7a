/** The tokens under which instances of a request find what Node's server gave its handler. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { token } from "../../registry/token.js";
import { seedTokens } from "../host/seed-tokens.js";

/** The request in whose scope it is asked for: `@inject(HttpRequest) req: IncomingMessage`. */
export const HttpRequest = token<IncomingMessage>("HttpRequest");

/** Its response: `@inject(HttpResponse) res: ServerResponse`. */
export const HttpResponse = token<ServerResponse>("HttpResponse");

/** What each scope is given. */
export const SEEDS = seedTokens(HttpRequest, HttpResponse);
