/** Who may look: programs on this machine, under a name of this machine. */
import type { IncomingMessage } from "node:http";
import type { Settings } from "./options.js";

/** Headers by which a proxy says that it asks for somebody else, who may be anywhere. */
const PROXIED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/** Why this request is refused, in a sentence; `undefined` when it may be answered. */
export function refusalOf(req: IncomingMessage, { remote, hosts }: Settings): string | undefined {
  if (!remote && !isLoopback(req.socket.remoteAddress)) return "The inspector answers only to this machine.";
  if (!remote && PROXIED.some((name) => req.headers[name] !== undefined)) {
    return "The inspector answers only to this machine, and not through a proxy.";
  }
  // A page of another site can have its own name resolved to 127.0.0.1, and would be of the same origin then.
  if (!isLocalName(hostOf(req), hosts))
    return "The inspector is not known under this host name: see its option `hosts`.";
  if (req.headers["sec-fetch-site"] === "cross-site") return "The inspector does not answer to pages of other sites.";
  return undefined;
}

function isLoopback(address: string | undefined): boolean {
  // None: the request came over a socket of the file system, from nobody knows where.
  if (address === undefined) return false;
  return address === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}

function hostOf({ headers }: IncomingMessage): string {
  const host = headers.host ?? (headers[":authority"] as string | undefined) ?? "";
  return host.replace(/:\d+$/, "").toLowerCase();
}

function isLocalName(host: string, hosts: readonly string[]): boolean {
  if (host === "localhost" || host.endsWith(".localhost") || host === "[::1]") return true;
  return /^127\.\d+\.\d+\.\d+$/.test(host) || hosts.includes(host);
}
