/** The end of a worker of tinypool, which asks for it. */
import { endAndTell } from "./links.js";

/**
 * Ends this thread: `export { teardown } from "ambit/worker"` in the worker's file, and `teardown: "teardown"` in
 * tinypool's options. Never rejects, because tinypool would then leave the worker as it is: the pool hears of failures.
 */
export function teardown(): Promise<void> {
  return endAndTell();
}
