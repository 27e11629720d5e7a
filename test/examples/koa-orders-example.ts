/** examples/koa-orders as a process of its own, built. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { Tokens } from "../../examples/koa-orders/auth/tokens.js";
import { eventually, type TestDatabase } from "./koa-orders-support.js";

const MAIN = fileURLToPath(new URL("../../examples/dist/koa-orders/main.js", import.meta.url));
const AUTH_SECRET = "a secret of these tests, long enough";

/** The settings of an example that works in this schema. */
export function environmentOf(database: Pick<TestDatabase, "url">, schema: string): NodeJS.ProcessEnv {
  return { DATABASE_URL: database.url, DATABASE_SCHEMA: schema, AUTH_SECRET };
}

/** What a client sends to be this user there. */
export async function headersFor(user: string): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await new Tokens(AUTH_SECRET).issue(user)}` };
}

/** The process, what it printed, and how it ended. */
export class Example {
  output = "";
  readonly exit: Promise<[code: number | null, signal: NodeJS.Signals | null]>;

  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (this.output += chunk));
    this.exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  }

  static start(env: NodeJS.ProcessEnv): Example {
    const child = spawn(process.execPath, [MAIN], { env: { ...process.env, PORT: "0", LOG_LEVEL: "info", ...env } });
    const example = new Example(child);
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await example.exit;
    });
    return example;
  }

  async listening(): Promise<string> {
    const printed = await eventually(
      async () => this.output,
      (output) => /http:\S+/.test(output) || this.child.exitCode !== null,
    );
    return /http:\S+/.exec(printed)?.[0] ?? `it did not listen: ${printed}`;
  }

  logLines(): any[] {
    const lines = this.output
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line));
  }
}
