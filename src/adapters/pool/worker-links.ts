/** The workers of one pool that have said hello. */
import type { Command } from "./protocol.js";
import type { WorkerLink } from "./worker-link.js";

export class WorkerLinks {
  /** Those that can be reached. */
  readonly live = new Map<number, WorkerLink>();
  /** Those that have ended in this turn, and may have left a last word. */
  readonly #gone = new Map<number, WorkerLink>();

  add(link: WorkerLink): void {
    this.live.set(link.threadId, link);
  }

  /** The worker is no more; after this turn nobody asks for it. */
  leave(link: WorkerLink): void {
    this.live.delete(link.threadId);
    this.#gone.set(link.threadId, link);
  }

  forget({ threadId }: WorkerLink): void {
    this.#gone.delete(threadId);
  }

  /** The worker that has, or had, this id. */
  at(threadId: number): WorkerLink | undefined {
    return this.live.get(threadId) ?? this.#gone.get(threadId);
  }

  /** Tells a worker, if it can be reached. */
  readonly tell = (threadId: number, command: Command): void => this.live.get(threadId)?.tell(command);
}
