/** This thread: what must end when it ends, and its end. */
import { inspect } from "node:util";
import {
  disposeAll,
  type Ending,
  Failure,
  type Kind,
  Link,
  NESTED,
  PLAIN,
  stopWaiting,
  thrown,
} from "../scope/disposal.js";
import { DEFAULT_TIMEOUT } from "../scope/extras.js";
import { type Outcome, SUCCESS } from "../scope/outcome.js";
import type { ContainerSurvey } from "./survey.js";

/** A root container, as its thread ends it. */
export interface ThreadContainer {
  /** Ends the scopes that are open, and opens no more. @internal */
  endScopes(): Ending;
  /** @internal */
  end(outcome: Outcome): Ending;
  /** It, and the containers in it that have something to end. @internal */
  survey(): ContainerSurvey[];
}

/** A worker-local value, as its thread ends it. */
export interface ThreadLocal {
  /** @internal */
  end(): unknown;
}

/** What has something to end, in the order in which that began. */
const containers = new Set<ThreadContainer>();
const locals = new Set<ThreadLocal>();
let watching = false;
let ending: Promise<readonly unknown[]> | undefined;

/** Has a container ended with this thread. */
export function rememberContainer(container: ThreadContainer): void {
  containers.add(container);
  watch();
}

/** Has a worker-local value ended with this thread. */
export function rememberLocal(local: ThreadLocal): void {
  locals.add(local);
  watch();
}

function watch(): void {
  if (watching) return;
  watching = true;
  process.once("exit", endNow);
}

/** The containers of this thread that have something to end, as they are now: the oldest first, children after parents. */
export function surveyThread(): ContainerSurvey[] {
  return [...containers].flatMap((container) => container.survey());
}

/** The container has nothing to end any more. */
export function forgetContainer(container: ThreadContainer): void {
  containers.delete(container);
}

/** The value has nothing to end any more. */
export function forgetLocal(local: ThreadLocal): void {
  locals.delete(local);
}

/**
 * Ends this thread: closes open scopes, disposes its root containers, then the WorkerLocals, newest first each, awaited.
 *
 * Disposed containers stay disposed; a WorkerLocal that is asked again makes a new value. Thread-lived generators are
 * told `outcome`, a success by default. Asked again while the end is under way, it gives that one.
 *
 * @throws DisposalError ERR_AMBIT_DISPOSAL when two or more failed; a single failure as it is
 */
export async function disposeThread(outcome: Outcome = SUCCESS): Promise<void> {
  ending ??= Promise.resolve(endAll(outcome)).finally(() => (ending = undefined));
  const failed = Failure.of(await ending);
  if (failed !== undefined) throw failed.error;
}

/** Each step finds what has something to end when its turn comes: a disposer may ask for a value that was not there. */
function endAll(outcome: Outcome): readonly unknown[] | Promise<readonly unknown[]> {
  const stack = { top: undefined as Link | undefined };
  const push = (value: unknown, dispose: () => unknown, kind: Kind) => {
    stack.top = new Link(value, dispose, kind, stack.top);
  };
  const steps = [
    // An instance of one container's scope may use another container.
    () => containers.forEach((container) => push(container, () => thrown(container.endScopes()), NESTED)),
    () => containers.forEach((container) => push(container, () => thrown(container.end(outcome)), NESTED)),
    () => locals.forEach((local) => push(local, () => local.end(), PLAIN)),
  ];
  for (const step of steps.reverse()) push(undefined, step, NESTED);
  return disposeAll(stack, outcome, DEFAULT_TIMEOUT);
}

/** At `process.exit()` nothing can be awaited any more: the synchronous part of every disposer runs. */
function endNow(): void {
  stopWaiting();
  // Nor are warnings printed any more.
  for (const failure of endAll(SUCCESS) as readonly unknown[]) process.stderr.write(`${inspect(failure)}\n`);
}
