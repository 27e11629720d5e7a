/** The end of a worker of tinypool, which asks for it. */
import { ENDED } from "../pool/protocol.js";
import { endAndTell } from "./links.js";
import { untilIdle } from "./running-tasks.js";

let isTornDown = false;

/**
 * Does not return once tinypool has been told that this thread has ended: it terminates the thread then, and has what it
 * gave it meanwhile run elsewhere. An answer that came after that would have tinypool give a dead thread the next task.
 */
export async function silentWhenTornDown(): Promise<void> {
  if (isTornDown) await new Promise(() => {});
}

/**
 * Ends this thread: `export { teardown } from "ambit/worker"` in the worker's file, and `teardown: "teardown"` in
 * tinypool's options. Never rejects, because tinypool would then leave the worker as it is: the pool hears of failures.
 *
 * tinypool lets a worker go with the first task that is over, whatever else runs there: that is waited for. When the
 * whole pool ends, its wrapper says so first, and what runs is aborted.
 */
export async function teardown(): Promise<unknown> {
  await untilIdle();
  await endAndTell();
  isTornDown = true;
  return ENDED;
}
