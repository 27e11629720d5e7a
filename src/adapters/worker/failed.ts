/** What a worker answers when a task has failed. */
import { packError } from "../pool/packed-error.js";
import { FAILED, type Failed } from "../pool/protocol.js";

/** The answer of a failure. `state` says that it is one, because a result may look like anything. */
export function failed(state: Int32Array, error: unknown, byCancel: boolean): Failed {
  Atomics.store(state, 1, FAILED);
  return { "ambit.failed": packError(error), byCancel };
}
