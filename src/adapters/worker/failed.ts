/** What a worker answers when a task has failed. */
import { packError } from "../pool/packed-error.js";
import type { Failed } from "../pool/protocol.js";
import type { TaskState } from "../pool/task-state.js";

/** The answer of a failure. `state` says that it is one, because a result may look like anything. */
export function failed(state: TaskState, error: unknown, byCancel: boolean): Failed {
  state.fail();
  return { "ambit.failed": packError(error), byCancel };
}
