/** What runs the tasks that come over a port, in a plain worker. */
import { ScopeStateError } from "../../errors.js";
import { threadId } from "../../thread/ports.js";
import type { Envelope } from "../pool/protocol.js";

/** Runs a task that came over a port. */
export type Serve = (envelope: Envelope) => Promise<unknown>;

const servers = new Set<Serve>();
let cameFirst!: () => void;
const firstCame = new Promise<void>((resolve) => (cameFirst = resolve));

/** Has tasks run with `server`. */
export function addServer(server: Serve): void {
  servers.add(server);
  cameFirst();
}

/** Whether tasks may come. */
export function hasServer(): boolean {
  return servers.size > 0;
}

/**
 * Waits for it: a module may await something before it calls `scopePerTask`, and tasks come as soon as it has loaded ambit.
 *
 * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE when there are several
 */
export async function theServer(): Promise<Serve> {
  await firstCame;
  const [server, ...others] = servers;
  if (others.length === 0) return server;
  throw new ScopeStateError(
    `Cannot run a task in worker thread ${threadId}: its modules call scopePerTask ${servers.size} times.`,
    "call it once in the file of a plain Worker, and tell tasks apart by what they say.",
  );
}
