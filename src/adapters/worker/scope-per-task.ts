/** What a worker file exports: a function that gives each task a scope. */
import { Container } from "../../container/container.js";
import { enter, rootCell } from "../../context/cell.js";
import { unpack } from "../../context/travel.js";
import { ScopeStateError } from "../../errors.js";
import type { DependencyContainer, Scope } from "../../registry/api.js";
import { isMainThread, threadId } from "../../thread/ports.js";
import { type Envelope, isEnvelope } from "../pool/protocol.js";
import { TaskState } from "../pool/task-state.js";
import { boardIfTold, whenTold } from "./board.js";
import { failed } from "./failed.js";
import { expectDeadline, isReachable, openLink, serve } from "./links.js";
import { RunningTask } from "./running-tasks.js";
import type { Serve } from "./servers.js";
import { isTornDown } from "./teardown.js";
import { isEnding } from "./thread-end.js";

/**
 * Gives a function for a pool to call: it runs each task in a scope of its own, with the context variables that came
 * along, and answers after the scope has closed.
 *
 * `scope.signal` fires when the task is cancelled and when the thread ends; `scope.parentId` is the id of the scope in
 * which the task was posted. What is thread-scoped and `eager` is built before the first task. Tasks of a pool that
 * was not wrapped run too; nothing comes along with them.
 */
export function scopePerTask<T = any, R = unknown>(
  container: DependencyContainer,
  work: (task: T, scope: Scope) => R,
): (task: T) => Promise<Awaited<R>> {
  const eager = new EagerInstances(container);
  const inScope: InScope = (task, signal, parentId) => {
    if (isEnding()) throw endingError();
    const run = () => container.runInScope({ parent: null, parentId, signal }, (scope) => work(task as T, scope));
    return eager.areBuilt ? run() : eager.build().then(run);
  };
  function perTask(given: T): Promise<Awaited<R>> {
    // tinypool has what it gave this thread meanwhile run elsewhere. With an answer it would give a dead thread the next one.
    if (isTornDown()) return new Promise(() => {});
    return (isEnvelope(given) ? answerTo(given, inScope) : runBare(given, inScope)) as Promise<Awaited<R>>;
  }
  if (!isMainThread) serve(perTask as Serve);
  return perTask;
}

type InScope = (task: unknown, signal: AbortSignal, parentId?: string) => Promise<unknown>;

async function runBare(task: unknown, inScope: InScope): Promise<unknown> {
  const running = new RunningTask();
  try {
    return await unpack([], () => inScope(task, running.controller.signal));
  } finally {
    running.over();
  }
}

/** Runs the task unless it was cancelled in the queue. Never rejects: what went wrong is packed, whatever it is. */
async function answerTo(envelope: Envelope, inScope: InScope): Promise<unknown> {
  const { "ambit.task": id, task, luggage, parentId, place, board, deadline, port } = envelope;
  expectDeadline(deadline);
  if (port !== undefined) openLink(port);
  const state = new TaskState(board ?? boardIfTold() ?? (await whenTold), place, id);
  // Not begun: it can be given to another thread, or with a port.
  const refusal = isEnding() ? endingError() : isReachable() ? undefined : unreachableError();
  if (refusal !== undefined && state.isQueued)
    return { ...failed(state, refusal, false), refused: { endingThread: isEnding() ? threadId : undefined } };
  if (!state.begin(threadId)) return failed(state, undefined, true);
  const running = new RunningTask(id);
  const { signal } = running.controller;
  try {
    return await unpack(luggage, () => inScope(task, signal, parentId));
  } catch (error) {
    return failed(state, error, running.cancelled && error === signal.reason);
  } finally {
    running.over();
  }
}

function endingError(): ScopeStateError {
  return new ScopeStateError(`Cannot run a task in worker thread ${threadId}: the thread is ending.`);
}

function unreachableError(): ScopeStateError {
  return new ScopeStateError(`Cannot run a task in worker thread ${threadId}: its pool could not cancel it there.`);
}

/** What is eager: built when the thread has started, and not before the first task is run. */
class EagerInstances {
  readonly #container: DependencyContainer;
  #building: Promise<void> | undefined;
  areBuilt = false;

  constructor(container: DependencyContainer) {
    this.#container = container;
    // After the module that makes this, and those it imports, have registered what they have. A task hears of a failure.
    if (!isMainThread) setImmediate(() => void this.build().catch(() => {}));
  }

  /** Builds them, once. What fails is tried again. */
  build(): Promise<void> {
    return (this.#building ??= this.#build().catch((error: unknown) => {
      this.#building = undefined;
      throw error;
    }));
  }

  async #build(): Promise<void> {
    // An end of the thread waits for it as it does for tasks: what is half built cannot be disposed.
    const running = new RunningTask();
    const container = this.#container;
    try {
      if (container instanceof Container && !isEnding()) await enter(rootCell, () => container.buildEager());
      this.areBuilt = true;
    } finally {
      running.over();
    }
  }
}
