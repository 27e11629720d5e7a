/** The tasks that this thread runs, so that they can be cancelled and waited for. */

const running = new Map<unknown, RunningTask>();
const becameIdle: (() => void)[] = [];

/** A task that runs, until somebody says that it is over. */
export class RunningTask {
  readonly controller = new AbortController();
  /** Whoever posted it does not want it any more. */
  cancelled = false;
  readonly #key: unknown;

  /** @param key what it is cancelled by; none for what nobody outside this thread knows of */
  constructor(key: unknown = {}) {
    this.#key = key;
    running.set(key, this);
  }

  over(): void {
    running.delete(this.#key);
    if (running.size === 0 && becameIdle.length > 0) for (const resolve of becameIdle.splice(0)) resolve();
  }
}

/** Fires the signal of one task, if it still runs. */
export function cancelTask(key: unknown, reason: unknown): void {
  const task = running.get(key);
  if (task === undefined) return;
  task.cancelled = true;
  task.controller.abort(reason);
}

/** Fires the signals of all tasks. */
export function abortTasks(reason: unknown): void {
  for (const { controller } of running.values()) controller.abort(reason);
}

/** Resolves when no task runs. */
export async function untilIdle(): Promise<void> {
  if (running.size > 0) await new Promise<void>((resolve) => becameIdle.push(resolve));
}
