/** The prover, built: it passes the sound app and reports each planted bug. Needs `npm run build && npm run build:examples`. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isOtherLine } from "../support/lines.js";
import { databaseForTests, type TestDatabase } from "./koa-orders-support.js";

const PROVE = fileURLToPath(new URL("../../examples/dist/koa-orders/prove/main.js", import.meta.url));
let database: TestDatabase;

beforeAll(async () => {
  database = await databaseForTests();
});

afterAll(() => database.stop());

interface Verdict {
  readonly code: number;
  readonly output: string;
  /** What is marked as wrong in the table. */
  readonly wrong: string[];
}

async function prove(...args: string[]): Promise<Verdict> {
  return proveWith({}, ...args);
}

async function proveWith(variables: NodeJS.ProcessEnv, ...args: string[]): Promise<Verdict> {
  // Four requests for each connection of the pool; with many more, one waits longer than the app lets it on a busy machine.
  const { code, stdout, stderr } = await run(["--seed=7", "--concurrency=40", ...args], variables);
  const wrong = [...stdout.matchAll(/^ *(.+?) {2,}\d+ +\d+ {2}WRONG$/gm)].map(([, what]) => what);
  return { code, output: stdout + stderr, wrong };
}

async function run(
  args: string[],
  variables: NodeJS.ProcessEnv,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, DATABASE_URL: database.url, ...variables };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [PROVE, ...args], { env })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test.skipIf(isOtherLine)(
  "passes the sound app",
  async () => {
    const { code, wrong } = await prove("--requests=600", "--users=40");

    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
  },
  60_000,
);

test("the guard is silent in the sound app: every route, abort and export", async () => {
  const { code, output, wrong } = await proveWith({ AMBIT_GUARD: "1" }, "--requests=600", "--users=40");

  expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
  expect(output).toMatch(/^ *uses of another request's instance \(guard\) +0 +0 *$/m);
  expect(output).not.toContain("ERR_AMBIT_SCOPE_LEAK");
}, 60_000);

test.skipIf(isOtherLine)(
  "passes the sound app while its sessions are terminated",
  async () => {
    const { code, output, wrong } = await prove("--requests=600", "--users=40", "--trouble=terminate");

    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
    expect(output).toMatch(/^ *sessions terminated +[1-9]/m);
  },
  60_000,
);

test.skipIf(isOtherLine)(
  "reports a connection that requests share even while sessions are terminated",
  async () => {
    const { code, wrong } = await prove(
      "--requests=600",
      "--users=40",
      "--trouble=terminate",
      "--break=shared-connection",
    );

    expect(code).toBe(1);
    expect(wrong).toContain("connections left checked out");
  },
  60_000,
);

test.skipIf(isOtherLine)(
  "reports a user that a singleton remembers",
  async () => {
    const { code, wrong } = await prove("--requests=300", "--users=40", "--break=singleton-user");

    expect(code).toBe(1);
    expect(wrong).toEqual(expect.arrayContaining(["of a wrong user", "stored under a wrong user"]));
  },
  60_000,
);

test.skipIf(isOtherLine)(
  "reports a connection that requests share",
  async () => {
    const { code, wrong } = await prove("--requests=300", "--users=40", "--break=shared-connection");

    expect(code).toBe(1);
    expect(wrong).toEqual(expect.arrayContaining(["of a wrong user", "connections left checked out"]));
  },
  60_000,
);

test.skipIf(isOtherLine)(
  "reports transactions that nobody ends",
  async () => {
    const { code, wrong } = await prove("--requests=300", "--users=40", "--break=never-close");

    expect(code).toBe(1);
    expect(wrong).toEqual(
      expect.arrayContaining([
        "orders placed, and stored whole",
        "committed",
        "connections left checked out",
        "database sessions left in a transaction",
      ]),
    );
  },
  60_000,
);

test("names the troubles there are when it is asked for another", async () => {
  const { code, output } = await prove("--trouble=flood");

  expect(code).toBe(1);
  expect(output).toContain("--trouble=flood is unknown; there are terminate, timeout, restart.");
}, 60_000);

test("refuses a command that restarts the server when that is not the trouble that is asked for", async () => {
  const { code, output } = await prove("--trouble=terminate", "--restart-command=false");

  expect(code).toBe(1);
  expect(output).toContain("--restart-command is for --trouble=restart.");
}, 60_000);

test("says so when the command that restarts the server fails", async () => {
  const { code, output } = await prove("--requests=50", "--trouble=restart", "--restart-command=exit 3");

  expect(code).toBe(1);
  expect(output).toContain("--restart-command ended with 3: exit 3");
}, 60_000);

test("says how it is used when an option is wrong", async () => {
  const { code, output } = await prove("--break=everything");

  expect(code).toBe(1);
  expect(output).toContain("--break=everything is unknown; there are singleton-user, shared-connection, never-close.");
}, 60_000);
