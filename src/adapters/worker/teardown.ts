/** The end of a worker of tinypool, which asks for it. */
import { ENDED } from "../pool/protocol.js";
import { endAndTell } from "./links.js";
import { untilIdle } from "./running-tasks.js";

let tornDown = false;

/** Whether tinypool has been told that this thread has ended. */
export function isTornDown(): boolean {
  return tornDown;
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
  tornDown = true;
  return ENDED;
}
