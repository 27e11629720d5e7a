/** What a worker file exports: a function that gives each task a scope. */
import type { DependencyContainer, Scope } from "../../container/api.js";
import { Container } from "../../container/container.js";
import { enter, rootCell } from "../../context/cell.js";
import { unpack } from "../../context/travel.js";
import { ScopeStateError } from "../../errors.js";
import { isMainThread, threadId } from "../../thread/ports.js";
import { CANCELLED, type Envelope, isEnvelope, QUEUED } from "../pool/protocol.js";
import { failed } from "./failed.js";
import { expectDeadline, openLink, serve } from "./links.js";
import { runTask } from "./running-tasks.js";
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
  const ready = eagerly(container);
  const inScope: InScope = async (task, signal, parentId) => {
    if (isEnding()) throw endingError();
    await ready();
    return container.runInScope({ parent: null, parentId, signal }, (scope) => work(task as T, scope));
  };
  async function perTask(given: T): Promise<Awaited<R>> {
    return (await (isEnvelope(given) ? answerTo(given, inScope) : runBare(given, inScope))) as Awaited<R>;
  }
  if (!isMainThread) serve(perTask as (envelope: Envelope) => Promise<unknown>);
  return perTask;
}

type InScope = (task: unknown, signal: AbortSignal, parentId?: string) => Promise<unknown>;

function runBare(task: unknown, inScope: InScope): Promise<unknown> {
  return runTask({}, ({ controller }) => unpack([], () => inScope(task, controller.signal)));
}

/** Runs the task unless it was cancelled in the queue. Never rejects: what went wrong is packed, whatever it is. */
async function answerTo(envelope: Envelope, inScope: InScope): Promise<unknown> {
  const { "ambit.task": id, task, luggage, parentId, state, deadline, port } = envelope;
  expectDeadline(deadline);
  if (port !== undefined) openLink(port);
  // Not begun: it can be given to another thread.
  if (isEnding() && Atomics.load(state, 0) === QUEUED) return { ...failed(state, endingError(), false), refused: true };
  if (Atomics.compareExchange(state, 0, QUEUED, threadId) === CANCELLED) return failed(state, undefined, true);
  return runTask(id, async (running) => {
    const { signal } = running.controller;
    try {
      return await unpack(luggage, () => inScope(task, signal, parentId));
    } catch (error) {
      return failed(state, error, running.cancelled && error === signal.reason);
    }
  });
}

function endingError(): ScopeStateError {
  return new ScopeStateError(`Cannot run a task in worker thread ${threadId}: the thread is ending.`);
}

/** Builds what is eager when the thread has started, and gives what waits for it. What fails is tried again. */
function eagerly(container: DependencyContainer): () => Promise<void> {
  let built: Promise<void> | undefined;
  // An end of the thread waits for it as it does for tasks: what is half built cannot be disposed.
  const build = () =>
    runTask({}, async () => {
      if (container instanceof Container && !isEnding()) await enter(rootCell, () => container.buildEager());
    });
  const ready = () =>
    (built ??= build().catch((error: unknown) => {
      built = undefined;
      throw error;
    }));
  // After the module that calls this, and those it imports, have registered what they have. A task hears of a failure.
  if (!isMainThread) setImmediate(() => void ready().catch(() => {}));
  return ready;
}
