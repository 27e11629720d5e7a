/** This thread: what must end when it ends, and its end. */
import { disposeAll, type Ending, Failure, Link, NESTED, stopWaiting, thrown, TOLD } from "../scope/disposal.js";
import { DEFAULT_TIMEOUT } from "../scope/extras.js";
import { type Outcome, SUCCESS } from "../scope/outcome.js";

/** A root container, or a worker-local value. */
export interface Member {
  /** Ends it. Throws, or gives a promise, or what went wrong. @internal */
  end(outcome: Outcome): Ending | void;
}

/** What has something to end, in the order in which that began. Containers end before the worker-local values. */
const members = { containers: new Set<Member>(), locals: new Set<Member>() };
let watching = false;

/** Has `member` ended with this thread. */
export function remember(member: Member, kind: keyof typeof members): void {
  members[kind].add(member);
  if (watching) return;
  watching = true;
  process.once("exit", endNow);
}

/** `member` has nothing to end any more. */
export function forget(member: Member): void {
  members.containers.delete(member);
  members.locals.delete(member);
}

/**
 * Ends this thread: closes open scopes, disposes its root containers, then the WorkerLocals, newest first each, awaited.
 *
 * What is disposed stays disposed; a WorkerLocal that is asked again makes a new value. Thread-lived generators are told
 * `outcome`, a success by default.
 *
 * @throws DisposalError ERR_AMBIT_DISPOSAL when two or more failed; a single failure as it is
 */
export async function disposeThread(outcome: Outcome = SUCCESS): Promise<void> {
  const failed = Failure.of(await endAll(outcome));
  if (failed !== undefined) throw failed.error;
}

function endAll(outcome: Outcome): readonly unknown[] | Promise<readonly unknown[]> {
  const stack = { top: undefined as Link | undefined };
  for (const local of members.locals) stack.top = new Link(local, endLocal, TOLD, stack.top);
  for (const container of members.containers) stack.top = new Link(container, endContainer(outcome), NESTED, stack.top);
  return disposeAll(stack, outcome, DEFAULT_TIMEOUT);
}

function endLocal(this: unknown, outcome?: Outcome): unknown {
  return (this as Member).end(outcome ?? SUCCESS);
}

/** Containers have timeouts of their own. */
function endContainer(outcome: Outcome): (this: unknown) => unknown {
  return function end(this: unknown) {
    return thrown((this as Member).end(outcome) ?? undefined);
  };
}

/** At `process.exit()` nothing can be awaited any more: the synchronous part of every disposer runs. */
function endNow(): void {
  stopWaiting();
  void endAll(SUCCESS);
}
