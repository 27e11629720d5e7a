/** Plays a plan on a real pool, and holds what happened against what may happen. */
import { setTimeout as pause } from "node:timers/promises";
import { ContextVar, ScopeStateError } from "ambit";
import { BEGUN, CLOSED, LEAKS, Ledger, OPENED, TOLD } from "./ledger.js";
import type { Plan, Task } from "./plan.js";
import type { OpenPool } from "./pools.js";

const tenant = new ContextVar("random.tenant", { default: "nobody", travels: true });

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
  #ending: Promise<void> | undefined;

  /** @param open opens the pool, and has a function that hears of workers that were ended hard */
  constructor(plan: Plan, open: (onForced: (threadId: number, reason: Error) => void) => OpenPool) {
    this.#plan = plan;
    this.#ledger = Ledger.of(plan.tasks.length);
    this.#deadly = plan.tasks.some(({ does }) => does === "exit" || does === "crash");
    this.#pool = open((_, { message }) => this.#forced(message));
  }

  async run(): Promise<string[]> {
    const { tasks, window, endsAfter } = this.#plan;
    const under = new Set<Promise<void>>();
    for (const task of tasks) {
      if (task.number === endsAfter) void this.#end();
      if (under.size >= window) await Promise.race(under);
      if (task.recycles && this.#ending === undefined) {
        await Promise.all(under);
        await this.#pool.recycle();
      }
      const one: Promise<void> = this.#give(task).finally(() => under.delete(one));
      under.add(one);
    }
    await Promise.all(under);
    await this.#end();
    this.#checkAfter();
    return this.findings;
  }

  #end(): Promise<void> {
    return (this.#ending ??= this.#plan.end === "close" ? this.#pool.close() : this.#pool.destroy());
  }

  async #give(task: Task): Promise<void> {
    const controller = new AbortController();
    if (task.cancel === "before") controller.abort(reasonOf(task));
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
    const post = () => this.#pool.run({ ...task, buffer: this.#ledger.buffer }, { signal });
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
  return error instanceof ScopeStateError || (error instanceof DOMException && error.name === "AbortError");
}
