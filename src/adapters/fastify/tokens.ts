/** The tokens under which instances of a request find what Fastify gave its handler. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { token } from "../../registry/token.js";
import { seedTokens } from "../host/seed-tokens.js";

/** Fastify's request, in whose scope it is asked for: `@inject(HttpRequest) request: FastifyRequest`. */
export const HttpRequest = token<FastifyRequest>("FastifyRequest");

/** Its reply: `@inject(HttpReply) reply: FastifyReply`. */
export const HttpReply = token<FastifyReply>("FastifyReply");

/** What each scope is given. */
export const SEEDS = seedTokens(HttpRequest, HttpReply);
