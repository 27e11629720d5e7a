/** What the command line says. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { BREAKAGES, type Breakage } from "./breakages.js";

export interface Options {
  readonly requests: number;
  readonly users: number;
  /** How many requests run at any moment. */
  readonly concurrency: number;
  readonly seed: number;
  readonly breakage: Breakage | undefined;
}

export const USAGE = `npm run example:prove -- [--requests=5000] [--users=200] [--concurrency=100] [--seed=N] [--break=${Object.keys(BREAKAGES).join("|")}]`;

/** @throws Error that names the option */
export function optionsFrom(args: string[]): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { requests: text, users: text, concurrency: text, seed: text, break: text },
  });
  return {
    requests: numberFrom("requests", values.requests ?? "5000", 1),
    users: numberFrom("users", values.users ?? "200", 2),
    concurrency: numberFrom("concurrency", values.concurrency ?? "100", 1),
    seed: numberFrom("seed", values.seed ?? String(randomInt(2 ** 31)), 0),
    breakage: values.break === undefined ? undefined : breakageFrom(values.break),
  };
}

function numberFrom(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new Error(`--${option} is not a whole number from ${least}: "${text}".`);
  }
  return number;
}

function breakageFrom(name: string): Breakage {
  if (!Object.hasOwn(BREAKAGES, name)) {
    throw new Error(`--break=${name} is unknown; there are ${Object.keys(BREAKAGES).join(", ")}.`);
  }
  return name as Breakage;
}
