/** How tasks get to workers: with a port for those that cannot be reached, and again when the pool has lost them. */
import { type MessagePort, openChannel } from "../../thread/ports.js";
import type { Driver } from "./driver.js";
import type { ScopedRunOptions } from "./options.js";
import { type Report, refusalIn } from "./protocol.js";
import { Run } from "./run.js";
import type { WorkerLink } from "./worker-link.js";

/** Who knows the workers, and hears of those that answer on a port which went along with a task. */
export interface Adopter {
  adopt(threadId: number, port: MessagePort): void;
  /** Resolves when that worker is no more. False when it died as it started: so may the next one. */
  outlived(threadId: number): Promise<boolean>;
}

/** The way of one pool's tasks to its workers. */
export class Delivery<O extends ScopedRunOptions> {
  readonly #driver: Driver<O>;
  readonly #deadline: number;
  readonly #adopter: Adopter;
  /** Ports that went along with a task, each with what resolves when somebody has spoken there, or never will. */
  readonly #offered = new Map<MessagePort, Promise<void>>();

  constructor(driver: Driver<O>, deadline: number, adopter: Adopter) {
    this.#driver = driver;
    this.#deadline = deadline;
    this.#adopter = adopter;
  }

  /** Posts a task until a worker has begun it. What is moved with it can be moved only once. */
  async deliver(run: Run, task: unknown, options: O, links: ReadonlyMap<number, WorkerLink>, underWay: number) {
    for (let wasRefused = false; ; ) {
      try {
        const needsPort = wasRefused || this.#driver.needsPort(links, underWay, options);
        const answer = await this.#post(run, task, options, needsPort);
        const refusal = this.#canRepeat(run, options) ? refusalIn(answer) : undefined;
        if (refusal === undefined) return answer;
        wasRefused = true;
        // Until then it would be given each task of the queue, and this one again.
        const { endingThread } = refusal;
        if (endingThread !== undefined && !(await this.#adopter.outlived(endingThread))) return answer;
        if (!this.#canRepeat(run, options)) return answer;
      } catch (error) {
        if (!this.#canRepeat(run, options, error)) throw error;
      }
    }
  }

  #canRepeat(run: Run, { transferList = [] }: O, error?: unknown): boolean {
    return run.isQueued && transferList.length === 0 && this.#driver.postsAgain?.(error) === true;
  }

  /**
   * Has a pool go on that has lost a worker, and would not make one before it is given the next task: gives it one that
   * is cancelled already.
   *
   * @param like what the tasks are given with that wait
   */
  async nudge(like: O): Promise<void> {
    if (this.#driver.standsStill?.() !== true) return;
    const nothing = new Run(this.nudge);
    nothing.promise.catch(() => {});
    nothing.cancel(undefined, () => {});
    try {
      await this.#post(nothing, undefined, { ...like, transferList: [] }, false);
    } catch {
      // Nobody waits for it.
    } finally {
      nothing.leave();
    }
  }

  /** Resolves when every port that went along is spoken on, or closed. */
  async answered(): Promise<void> {
    await Promise.all(this.#offered.values());
  }

  /** Nobody will speak on ports any more. */
  end(): void {
    for (const port of this.#offered.keys()) port.close();
  }

  #post(run: Run, task: unknown, options: O, needsPort: boolean): PromiseLike<unknown> {
    if (needsPort) return this.#postWithPort(run, task, options);
    return this.#driver.post(run.envelope(task, this.#deadline, this.#driver.welcomesAll === true), options);
  }

  async #postWithPort(run: Run, task: unknown, options: O): Promise<unknown> {
    const [own, theirs] = this.#offerPort();
    try {
      const answer = await this.#driver.post(run.envelope(task, this.#deadline, false, theirs), options);
      // Nobody speaks on a port that came to a file without scopePerTask.
      if (run.isQueued && refusalIn(answer) === undefined) own.close();
      return answer;
    } catch (error) {
      // The port of a task that never reached a worker is in nobody's hands. One that waits keeps its port, even when it
      // is cancelled: a queue cannot post what carries a closed port, and tinypool's then stands still.
      if (run.threadId === 0) own.close();
      throw error;
    }
  }

  #offerPort(): readonly [own: MessagePort, theirs: MessagePort] {
    const [own, theirs] = openChannel();
    const settled = new Promise<void>((resolve) => {
      own.once("close", resolve);
      own.once("message", (hello: Report) => {
        if (hello.kind === "hello") this.#adopter.adopt(hello.threadId, own);
        resolve();
      });
    });
    this.#offered.set(
      own,
      settled.finally(() => this.#offered.delete(own)),
    );
    own.unref();
    return [own, theirs];
  }
}
