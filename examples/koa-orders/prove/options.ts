/** What the command line says. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { BREAKAGES, type Breakage } from "./breakages.js";
import { TROUBLES, type TroubleKind } from "./trouble.js";

export interface Options {
  readonly requests: number;
  readonly users: number;
  /** How many requests run at any moment. */
  readonly concurrency: number;
  readonly seed: number;
  readonly breakage: Breakage | undefined;
  readonly trouble: TroubleKind | undefined;
  /** Kills the server of DATABASE_URL, and starts it again. */
  readonly restartCommand: string | undefined;
}

export const USAGE = `npm run example:prove -- [--requests=5000] [--users=200] [--concurrency=100] [--seed=N] [--break=${Object.keys(BREAKAGES).join("|")}] [--trouble=${Object.keys(TROUBLES).join("|")}] [--restart-command="..."]`;

/** @throws Error that names the option */
export function optionsFrom(args: string[]): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      requests: text,
      users: text,
      concurrency: text,
      seed: text,
      break: text,
      trouble: text,
      "restart-command": text,
    },
  });
  return {
    requests: numberFrom("requests", values.requests ?? "5000", 1),
    users: numberFrom("users", values.users ?? "200", 2),
    concurrency: numberFrom("concurrency", values.concurrency ?? "100", 1),
    seed: numberFrom("seed", values.seed ?? String(randomInt(2 ** 31)), 0),
    breakage: values.break === undefined ? undefined : oneOf(BREAKAGES, "break", values.break),
    trouble: troubleFrom(values.trouble, values["restart-command"]),
    restartCommand: values["restart-command"],
  };
}

function troubleFrom(name: string | undefined, restartCommand: string | undefined): TroubleKind | undefined {
  const trouble = name === undefined ? undefined : oneOf(TROUBLES, "trouble", name);
  if (restartCommand !== undefined && trouble !== "restart")
    throw new Error("--restart-command is for --trouble=restart.");
  return trouble;
}

function numberFrom(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new Error(`--${option} is not a whole number from ${least}: "${text}".`);
  }
  return number;
}

function oneOf<T extends object>(known: T, option: string, name: string): keyof T {
  if (Object.hasOwn(known, name)) return name as keyof T;
  throw new Error(`--${option}=${name} is unknown; there are ${Object.keys(known).join(", ")}.`);
}
