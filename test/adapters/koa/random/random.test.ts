/**
 * Thousands of requests of every kind, from clients that stay, reset, close and half-close at any moment, against a model.
 *
 * KOA_ACTIONS says how many connections there are, KOA_SEED which.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { requestScopes } from "ambit/koa";
import { serve } from "../server.js";
import { visit } from "./client.js";
import { KINDS } from "./kinds.js";
import { planOf } from "./plans.js";
import { Random } from "./random.js";
import { type Entry, RandomServer } from "./server.js";

const ACTIONS = Number(process.env.KOA_ACTIONS ?? 400);
const SEED = Number(process.env.KOA_SEED ?? Date.now() % 1_000_000);
const CLIENTS = 16;

test(
  `${ACTIONS} random connections leave no scope, use none after its end, and end each as the model says`,
  async () => {
    console.log(`KOA_SEED=${SEED} KOA_ACTIONS=${ACTIONS}`);
    const server = new RandomServer();
    const port = await serve(server.app);
    const random = new Random(SEED);
    const wrong: string[] = [];
    let actions = 0;
    const waited = new Set<string>();
    const client = async () => {
      while (actions++ < ACTIONS) wrong.push(...(await act(port, random, waited)));
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    await settled(server);

    wrong.push(...server.book.flatMap((entry) => judge(entry, waited.has(entry.url))));
    expect({ leaked: requestScopes(server.app).length, ...server.violations, wrong: wrong.slice(0, 10) }).toEqual({
      leaked: 0,
      usesAfterClose: 0,
      closedTwice: 0,
      wrongScope: 0,
      wrong: [],
    });
    expect(server.book.length).toBeGreaterThan(ACTIONS / 4);
  },
  30_000 + ACTIONS * 20,
);

/** One connection; gives what its client saw and should not have, and notes what it has waited for. */
async function act(port: number, random: Random, waited: Set<string>): Promise<string[]> {
  const plan = planOf(random);
  const statuses = await visit(port, plan);
  return statuses.flatMap((status, index) => {
    const { path } = plan.requests[index];
    waited.add(path);
    const expected = (KINDS[plan.kinds[index]] as { status?: number }).status;
    return status === expected ? [] : [`${path} was answered ${status}, not ${expected}`];
  });
}

/** Sound scopes close within a few turns. */
async function settled({ app }: RandomServer): Promise<void> {
  for (let turn = 0; turn < 2_000 && requestScopes(app).length > 0; turn += 1) await nextTurn();
}

function judge({ kind, url, closed, outcome }: Entry, waited: boolean): string[] {
  const expected = KINDS[kind].outcome(waited);
  return [
    ...(expected.some((status) => status === outcome)
      ? []
      : [`${url} ended as ${outcome}, not ${expected.join(" or ")}`]),
    ...(closed === 1 ? [] : [`${url} was disposed ${closed} times`]),
  ];
}
