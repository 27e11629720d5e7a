/**
 * The hosts under fire at full size: `npm run fire` on this Node, `npm run fire -- 20 22 24 26` on these lines, one by one.
 *
 * Koa: 100,000 actions in memory and 10,000 on PostgreSQL: see test/adapters/koa/random. KOA_ACTIONS, KOA_PG_ACTIONS and
 * KOA_SEED say otherwise. The others: 20,000 each; HTTP_ACTIONS, HTTP_SEED and so on say otherwise. Prints what each run amounted to; exits 1 when one found something.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { nodeOf } from "./node-lines.js";
import { ROOT } from "./results.js";

const others = ["http", "express", "fastify", "hono"];
const sizes = Object.fromEntries(others.map((host) => [`${host.toUpperCase()}_ACTIONS`, "20000"]));
const env = { KOA_ACTIONS: "100000", KOA_PG_ACTIONS: "10000", ...sizes, ...process.env };
const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
// One after the other: the two share what there is of processors.
const args = [
  vitest,
  "run",
  "--no-file-parallelism",
  "test/adapters/koa/random",
  ...others.map((host) => `test/adapters/${host}/random`),
];

const lines = process.argv.slice(2);
const binaries = lines.length > 0 ? lines.map(nodeOf) : [process.execPath];
const statuses = binaries.map((binary) => spawnSync(binary, args, { cwd: ROOT, env, stdio: "inherit" }).status);
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1;
