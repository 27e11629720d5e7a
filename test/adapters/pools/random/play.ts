/** Plays a plan on a real pool, and holds what happened against what may happen. */
import { setTimeout as pause } from "node:timers/promises";
import { ContextVar, ScopeStateError } from "ambit";
import { TOO_LATE, within } from "#src/adapters/pool/within.js";
import { BEGUN, CLOSED, LEAKS, Ledger, OPENED, TOLD } from "./ledger.js";
import type { Plan, Task } from "./plan.js";
import type { OpenPool } from "./pools.js";

const tenant = new ContextVar("random.tenant", { default: "nobody", travels: true });

/** No machine is so busy that a play takes longer, in milliseconds; a worker that is ended hard is one by then. */
export const WATCHDOG = 60_000;

/** How a task was settled, as its poster sees it. */
type Settled = { readonly value: any } | { readonly error: any };

export class Play {
  /** What was wrong. */
  readonly findings: string[] = [];
  readonly #plan: Plan;
  readonly #ledger: Ledger;
  readonly #pool: OpenPool;
  readonly #deadly: boolean;
  readonly #later: AbortController[] = [];
  /** By task: how often it had run when its poster had the answer. */
  readonly #settled = new Map<number, number>();
  readonly #given = new Set<Task>();
  /** Those that are awaited last: tasks are given meanwhile. */
  readonly #recycles: Promise<unknown>[] = [];
  #ending: Promise<void> | undefined;

  /** @param open opens the pool, and has a function that hears of workers that were ended hard */
  constructor(plan: Plan, open: (onForced: (threadId: number, reason: Error) => void) => OpenPool) {
    this.#plan = plan;
    this.#ledger = Ledger.of(plan.tasks.length);
    this.#deadly = plan.tasks.some(({ does }) => does === "exit" || does === "crash");
    this.#pool = open((_, { message }) => this.#forced(message));
  }

  async run(): Promise<string[]> {
    if ((await within(this.#play(), WATCHDOG)) === TOO_LATE) this.#checkHang();
    else this.#checkAfter();
    return this.findings.map((finding) => `${finding}, in ${this.#pool.drawn}`);
  }

  async #play(): Promise<void> {
    const { tasks, window, endsAfter } = this.#plan;
    const under = new Set<Promise<void>>();
    for (const task of tasks) {
      if (task.number === endsAfter) void this.#end();
      if (under.size >= window) await Promise.race(under);
      if (task.recycles !== undefined && this.#ending === undefined) await this.#recycle(task, under);
      const one: Promise<void> = this.#give(task).finally(() => under.delete(one));
      under.add(one);
    }
    await Promise.all(under);
    await this.#end();
    await Promise.all(this.#recycles);
  }

  async #recycle({ recycles }: Task, under: ReadonlySet<Promise<void>>): Promise<void> {
    if (recycles === "idle") await Promise.all(under);
    const recycled = this.#pool.recycle(recycles);
    if (recycles === "idle") await recycled;
    else this.#recycles.push(recycled);
  }

  #end(): Promise<void> {
    return (this.#ending ??= this.#plan.end === "close" ? this.#pool.close() : this.#pool.destroy());
  }

  async #give(task: Task): Promise<void> {
    const controller = new AbortController();
    if (task.cancel === "before") controller.abort(reasonOf(task));
    this.#given.add(task);
    const settled = this.#post(task, controller.signal).then(
      (value): Settled => ({ value }),
      (error): Settled => ({ error }),
    );
    let over = false;
    const cancelled = this.#cancel(task, controller, () => over);
    const how = await settled;
    over = true;
    for (const later of this.#later.splice(0)) later.abort(later.signal.reason ?? reasonOf(task));
    this.#check(task, how, controller.signal);
    await cancelled;
  }

  #post(task: Task, signal: AbortSignal): Promise<any> {
    const moved = task.moves ? new Int32Array([task.number]) : undefined;
    const given = { ...task, buffer: this.#ledger.buffer, moved };
    const transferList = moved === undefined ? undefined : [moved.buffer];
    const post = () => this.#pool.run(given, { signal, transferList });
    return task.tenant === "nobody" ? post() : tenant.run(task.tenant, post);
  }

  async #cancel(task: Task, controller: AbortController, isOver: () => boolean): Promise<void> {
    if (task.cancel === "at once") controller.abort(reasonOf(task));
    if (task.cancel === "later") this.#later.push(controller);
    if (task.cancel !== "begun") return;
    while (!isOver() && this.#ledger.read(task.number, BEGUN) === 0) await pause(1);
    controller.abort(reasonOf(task));
  }

  // The model

  /** When the poster has its answer. */
  #check(task: Task, how: Settled, { aborted, reason }: AbortSignal): void {
    const [begun, opened, closed] = [BEGUN, OPENED, CLOSED].map((what) => this.#ledger.read(task.number, what));
    this.#settled.set(task.number, begun);
    if (opened !== closed) this.#found(task, `was answered with ${opened - closed} scopes open`);
    if ("value" in how) {
      if (how.value?.number !== task.number) this.#found(task, `got the answer ${JSON.stringify(how.value)}`);
      if (task.does !== "answer" && task.does !== "stubborn") this.#found(task, "got an answer");
      return this.#checkTold(task, 1);
    }
    const { error } = how;
    if (aborted && error === reason) return this.#checkTold(task, 3, begun === 0);
    if (error instanceof RangeError && error.message === `task ${task.number}`) return this.#checkFailed(task);
    if (isOfEnding(error) && this.#ending !== undefined) return;
    if (begun > 0 && isAbort(error) && this.#recycles.length > 0 && this.#pool.aborts) return;
    // What is moved with a task can be moved only once.
    if (begun === 0 && task.moves && isOfEnd(error)) return;
    // Its worker was taken by another task, or by itself.
    if (this.#deadly) return;
    this.#found(task, `was rejected with ${String(error?.stack ?? error)}`);
  }

  #checkFailed(task: Task): void {
    if (task.does === "fail") this.#checkTold(task, 2);
    else if (task.does !== "crash") this.#found(task, "failed");
  }

  #checkTold(task: Task, expected: number, orNothing = false): void {
    const told = this.#ledger.read(task.number, TOLD);
    if (told === expected || (orNothing && told === 0)) return;
    this.#found(task, `had its scope told ${told} instead of ${expected}`);
  }

  /** When nothing happens any more. */
  #checkHang(): void {
    const open = [...this.#given].filter(({ number }) => !this.#settled.has(number));
    for (const task of open)
      this.#found(task, `was not answered, and began ${this.#ledger.read(task.number, BEGUN)} times`);
    if (open.length === 0) this.findings.push(this.#ending === undefined ? "no worker went" : "the pool did not end");
  }

  /** When the pool is closed. */
  #checkAfter(): void {
    for (const task of this.#plan.tasks) {
      const [begun, opened, closed, , leaks] = [BEGUN, OPENED, CLOSED, TOLD, LEAKS].map((what) =>
        this.#ledger.read(task.number, what),
      );
      if (leaks > 0) this.#found(task, `met what is another's ${leaks} times`);
      if (begun > 1 || opened !== closed) this.#found(task, `ran ${begun} times, ${opened - closed} scopes are open`);
      if (begun !== this.#settled.get(task.number)) this.#found(task, "began after it had been answered");
      if (task.cancel === "before" && begun > 0) this.#found(task, "began, though it was cancelled before");
    }
    const instances = this.#ledger.instances();
    for (const { threadId, disposed } of instances) {
      if (disposed !== 1) this.findings.push(`the instance of thread ${threadId} was disposed ${disposed} times`);
    }
    const threads = new Set(instances.map(({ threadId }) => threadId));
    if (threads.size !== instances.length) this.findings.push("a thread had two instances");
  }

  #forced(message: string): void {
    if (!this.#deadly || !/exit code/.test(message)) this.findings.push(message);
  }

  #found(task: Task, what: string): void {
    this.findings.push(`${JSON.stringify(task)} ${what}`);
  }
}

function reasonOf({ number }: Task): Error {
  return new Error(`cancelled task ${number}`);
}

/** A pool that ends refuses what is given, and with `destroy` what was. */
function isOfEnding(error: unknown): boolean {
  return error instanceof ScopeStateError || isAbort(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Of a task that was given to a worker which was ending. */
function isOfEnd(error: unknown): boolean {
  return /the thread is ending|Terminating worker thread|worker exited with code/.test(String(error));
}
