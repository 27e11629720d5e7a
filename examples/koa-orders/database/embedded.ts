/** A real PostgreSQL from npm, for whoever has none at hand: empty at the start, gone at the end. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { HostMessage, HostOrder } from "./embedded-host.js";

/** A time in which the database is not there. */
export interface Outage {
  /** Ends every session, and lets nobody in. */
  begin(): Promise<void>;
  /** Resolves when the database can be used again, with all that was committed. */
  end(): Promise<void>;
}

export interface EmbeddedDatabase {
  readonly url: string;
  readonly outage: Outage;
  /** Ends PostgreSQL and deletes its data. It also ends by itself when this process does, crashes included. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on a free port of this machine; about a second.
 *
 * @throws Error with the last lines that PostgreSQL printed, and what to do instead.
 */
export async function startEmbeddedDatabase(): Promise<EmbeddedDatabase> {
  const host = fork(fileURLToPath(new URL("./embedded-host.js", import.meta.url)), { detached: true });
  const exited = once(host, "exit");
  const message = await Promise.race([firstMessage(host), exited.then(() => ({ failed: "its process ended" }))]);
  if (!("url" in message)) throw new Error(advice("failed" in message ? message.failed : "its process is confused"));

  // It must not keep the server's process alive.
  host.unref();
  host.channel?.unref();
  const stop = async () => {
    if (host.connected) host.disconnect();
    host.ref();
    await exited;
  };
  const outage = { begin: () => obey(host, "kill"), end: () => obey(host, "start") };
  return { url: message.url, outage, stop };
}

async function obey(host: ReturnType<typeof fork>, order: HostOrder): Promise<void> {
  const answer = firstMessage(host);
  host.send(order);
  const message = await answer;
  if ("failed" in message) throw new Error(`The embedded PostgreSQL failed to ${order}: ${message.failed}`);
}

async function firstMessage(host: ReturnType<typeof fork>): Promise<HostMessage> {
  const [message] = await once(host, "message");
  return message;
}

function advice(reason: string): string {
  return [
    `The embedded PostgreSQL did not start: ${reason}`,
    "Fix: use a server of your own, DATABASE_URL=postgresql://user:password@host/database npm run example,",
    "or, if libraries are missing, let npm run its install script: npm rebuild.",
  ].join("\n");
}
