/** Starts the app, fires at it, and looks at what is left. */
import { setTimeout as sleep } from "node:timers/promises";
import { container } from "ambit";
import { requestScopes } from "ambit/koa";
import { createApp } from "../app.js";
import { Tokens } from "../auth/tokens.js";
import { DbPool } from "../database/pool.js";
import { RunningServer } from "../server.js";
import { audit, type Leftovers } from "./audit.js";
import { BREAKAGES } from "./breakages.js";
import { Ledger } from "./ledger.js";
import { Model, priceFor } from "./model.js";
import type { Options } from "./options.js";
import { planOf, type Step, usersNamed } from "./plan.js";
import { Random } from "./random.js";
import type { Line } from "./report.js";
import { run, type Sent } from "./run.js";
import { Stored } from "./stored.js";
import { type Scene, Trouble } from "./trouble.js";

/** These have so many orders from the start that their exports can be cut in the middle. */
const LARGE_USERS = 4;
const LARGE = 3_000;

export interface Proof {
  readonly lines: Line[];
  /** A few of the things that were wrong. */
  readonly examples: readonly string[];
}

/** @param scene the database in which the app's schema has been prepared */
export async function prove(options: Options, scene: Scene): Promise<Proof> {
  if (options.breakage !== undefined) BREAKAGES[options.breakage]();
  const users = usersNamed(options.users);
  const stored = new Stored(scene.owner, scene.schema);
  const model = new Model();
  for (const user of users.slice(0, LARGE_USERS)) {
    model.know(user, await stored.preload(user, LARGE, priceFor(user, "tea")));
  }
  const trouble = options.trouble === undefined ? undefined : new Trouble(options.trouble, scene);

  const ledger = new Ledger();
  const { pool } = container.resolve(DbPool);
  ledger.watch(pool);

  const tokens = new Tokens();
  const server = await RunningServer.start(createApp(tokens), 0);
  const send = (steps: readonly Step[]) => run(steps, server.url, tokens, model, options.concurrency);
  const afterwards = trouble === undefined ? 0 : Math.max(100, Math.round(options.requests / 10));
  const plan = planOf(options.requests + afterwards, users, new Random(options.seed));
  const sent = await underTrouble(trouble, model, () => send(plan.slice(0, options.requests)));
  if (trouble !== undefined && model.findings.total === 0) sent.push(...(await send(plan.slice(options.requests))));

  const leftovers = await leftoversOf(server, stored);
  const evidence = { planned: plan.length, users: users.length, sent, model, ledger, leftovers, trouble };
  const lines = audit({ ...evidence, stored: await stored.orders() });
  return { lines, examples: model.findings.examples };
}

async function underTrouble(trouble: Trouble | undefined, model: Model, work: () => Promise<Sent[]>): Promise<Sent[]> {
  model.troubled = trouble !== undefined;
  trouble?.begin();
  try {
    return await work();
  } finally {
    await trouble?.end();
    model.troubled = false;
  }
}

/** What the guard has refused; it watches when the environment says AMBIT_GUARD=1. */
function misused(): number | undefined {
  if (process.env.AMBIT_GUARD !== "1") return undefined;
  return container.leaks().misused.reduce((sum, { count }) => sum + count, 0);
}

/** What is in use once nothing is; a sound app gets there within milliseconds, a broken one never. */
async function leftoversOf(server: RunningServer, stored: Stored): Promise<Leftovers> {
  await server.finish(5_000);
  const { pool } = container.resolve(DbPool);
  const count = async () => ({
    connections: pool.totalCount - pool.idleCount,
    openTransactions: await stored.openTransactions(),
    scopes: [...requestScopes(server.app)].length,
    misused: misused(),
  });
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const { connections, openTransactions, scopes } = await count();
    if (connections + openTransactions + scopes === 0) break;
    await sleep(20);
  }
  return count();
}
