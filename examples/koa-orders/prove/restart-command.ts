/** A real server that is taken away and brought back by a command of whoever runs it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Outage } from "../database/embedded.js";

/** Crash recovery included. */
const BACK_WITHIN = 60_000;

export class RestartCommand implements Outage {
  constructor(
    readonly command: string,
    readonly url: string,
  ) {}

  /** Runs the command, which kills the server and starts it again. @throws Error when it fails */
  async begin(): Promise<void> {
    // No pipes: the server that it starts would keep them open for ever.
    const shell = spawn(this.command, { shell: true, stdio: ["ignore", "ignore", "inherit"] });
    const [code] = await once(shell, "exit");
    if (code !== 0) throw new Error(`--restart-command ended with ${code}: ${this.command}`);
  }

  /** Resolves when the server lets people in again. */
  async end(): Promise<void> {
    const deadline = Date.now() + BACK_WITHIN;
    while (!(await this.#answers())) {
      if (Date.now() > deadline) throw new Error(`The database was not back within ${BACK_WITHIN} ms.`);
      await sleep(50);
    }
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 1_000 });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }
}
