/** What each kind of pool does in its own way. */
import type { ScopedRunOptions } from "./options.js";
import type { Envelope } from "./protocol.js";
import type { EndableWorker, WorkerLink } from "./worker-link.js";

/** A pool, as its tasks and the ends of its workers need it. */
export interface Driver<O extends ScopedRunOptions> {
  /** Whether each of its workers says hello by itself, and is welcomed then, however late that is. */
  readonly welcomesAll?: boolean;
  /** Posts a task. Gives the worker's answer; rejects when the pool has none. */
  post(envelope: Envelope, options: O): PromiseLike<unknown>;
  /** The worker with that id. */
  find(threadId: number): EndableWorker | undefined;
  /**
   * Whether the worker that gets the next task may be one that can be reached only by a port that travels with it. Such
   * a worker refuses a task without one, and what is moved with a task can be moved only once.
   *
   * @param underWay how many tasks there are, with that one
   */
  needsPort(links: ReadonlyMap<number, WorkerLink>, underWay: number, options: O): boolean;
  /**
   * Whether a task that no worker has begun is to be posted again: the pool gave it to a worker that was ending, and has
   * rejected it with `error`, in this turn, or the worker has refused it.
   */
  postsAgain?(error?: unknown): boolean;
  /** Whether tasks wait though there could be one more worker. */
  standsStill?(): boolean;
  /** A worker can be reached. */
  linked(link: WorkerLink): void;
  /** A worker is no more. */
  gone?(link: WorkerLink): void;
  /** A worker answered on its port. */
  answered?(task: number, answer: unknown): void;
  /** Ends all workers. */
  end(links: readonly WorkerLink[], hurried: boolean): PromiseLike<unknown>;
}
