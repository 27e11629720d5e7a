/** Sends the whole plan, so many requests at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Tokens } from "../auth/tokens.js";
import { type Answer, Client } from "./client.js";
import type { Model } from "./model.js";
import { KINDS, type Step } from "./plan.js";

/** A bug needs no more evidence than this. */
const ENOUGH = 50;

/** How long a client waits when it was told to try again, in milliseconds: less than Retry-After says, to be a nuisance. */
const RETRY_AFTER = 250;

export interface Sent {
  readonly step: Step;
  readonly answer: Answer;
}

/** @returns what was sent, which is all of the plan unless the model has found enough */
export async function run(
  plan: readonly Step[],
  url: string,
  tokens: Tokens,
  model: Model,
  concurrency: number,
): Promise<Sent[]> {
  const client = new Client(url);
  const sent: Sent[] = [];
  const steps = plan.values();

  // All of them take their next step from the same iterator.
  const worker = async () => {
    for (const planned of steps) {
      const before = model.placedBy(planned.user);
      const step = playable(planned, before);
      const answer = await client.send(step, await tokenFor(step, tokens), bodyOf(step));
      model.check(step, answer, before);
      sent.push({ step, answer });
      if (model.findings.total >= ENOUGH) return;
      if (statusOf(answer) === 503) await sleep(RETRY_AFTER);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  client.close();
  return sent;
}

export function statusOf(answer: Answer): number | undefined {
  return typeof answer === "object" && "status" in answer ? answer.status : undefined;
}

/** Nothing can be placed a second time by a user who has placed nothing yet. */
function playable(step: Step, before: readonly string[]): Step {
  if (step.kind !== "duplicate") return step;
  const reference = before.at(-1);
  return reference === undefined ? { ...step, kind: "order" } : { ...step, reference };
}

async function tokenFor({ kind, user }: Step, tokens: Tokens): Promise<string | undefined> {
  if (kind === "noToken") return undefined;
  const token = await tokens.issue(user);
  if (kind !== "badToken") return token;
  const [header, , signature] = token.split(".");
  return [header, Buffer.from('{"sub":"somebody-else"}').toString("base64url"), signature].join(".");
}

function bodyOf({ kind, reference, lines }: Step): string | undefined {
  if (KINDS[kind].method === "GET") return undefined;
  const body = JSON.stringify({ reference, lines });
  return kind === "brokenJson" ? body.slice(0, -2) : body;
}
