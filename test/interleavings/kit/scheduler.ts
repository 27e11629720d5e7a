/**
 * A virtual scheduler: runs a program of concurrent tasks in one of the orders in which its steps can happen.
 *
 * A task says where it can be overtaken: `await step("the query answers")`. The scheduler lets everything run until it
 * waits at such a step, at a timer or at nothing, picks one step or timer, lets it go, and so on. A program is run anew
 * for each order, so it must make its own world each time and depend on nothing but the order.
 *
 * It knows nothing of ambit: with it, an application can test its own services in the same way.
 */
import { type Choice, VirtualClock } from "./clock.js";

/** What a program gets to be scheduled. */
export interface World {
  /** Virtual milliseconds since the start. Only timers take time. */
  readonly now: number;
  /** A point at which the caller can be overtaken by any other task. */
  step(label: string): Promise<void>;
  /** Starts a task. It must end, and its failure is the program's. */
  task(name: string, work: () => unknown): void;
  /** Called after each step, and at the end; it throws where a promise is broken. */
  check(invariant: (end: boolean) => void): void;
}

export type Program = (world: World) => void;

/** One order of steps. */
export interface Run {
  /** The labels, in the order in which they happened. */
  readonly steps: readonly string[];
  /** Of how many each was chosen. */
  readonly widths: readonly number[];
  /** Which one was chosen each time. */
  readonly choices: readonly number[];
}

/** A broken promise, with the order that shows it; `replay(program, error.replay)` plays it again. */
export class ScheduleError extends Error {
  readonly replay: string;

  constructor(run: Run, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const replay = run.choices.join(".") || "-";
    super(`${reason}\n  after: ${run.steps.join(" | ")}\n  replay: ${replay}`, { cause });
    this.name = "ScheduleError";
    this.replay = replay;
  }
}

/** How the scheduler picks one of several steps. */
export type Pick = (width: number, depth: number) => number;

/** When timers fire: at any time, or only when nothing else can happen, which leaves far fewer orders. */
export type Timers = "any time" | "last";

/** Runs a program once, in the order that `pick` says. @throws ScheduleError */
export async function runOnce(program: Program, pick: Pick, timers: Timers = "any time"): Promise<Run> {
  const stage = new Stage(timers);
  const run = { steps: [] as string[], widths: [] as number[], choices: [] as number[] };
  try {
    program(stage);
    for (let choices = await stage.choices(); choices.length > 0; choices = await stage.choices()) {
      const index = pick(choices.length, run.choices.length);
      if (index >= choices.length) throw new Error("this program does not go the same way twice");
      run.steps.push(choices[index].label);
      run.widths.push(choices.length);
      run.choices.push(index);
      choices[index].go();
    }
    stage.verifyEnd();
    return run;
  } catch (error) {
    throw new ScheduleError(run, error);
  } finally {
    stage.leave();
  }
}

class Stage implements World {
  readonly #clock = new VirtualClock();
  readonly #waiting = new Set<Choice>();
  readonly #running = new Set<string>();
  readonly #failures: unknown[] = [];
  readonly #invariants: ((end: boolean) => void)[] = [];
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
    process.on("unhandledRejection", this.#unhandled);
  }

  get now(): number {
    return this.#clock.now;
  }

  step(label: string): Promise<void> {
    return new Promise((resolve) => {
      const choice: Choice = {
        label,
        go: () => {
          this.#waiting.delete(choice);
          resolve();
        },
      };
      this.#waiting.add(choice);
    });
  }

  task(name: string, work: () => unknown): void {
    this.#running.add(name);
    const fail = (error: unknown) => void this.#failures.push(error);
    void this.#run(name, work).catch(fail);
  }

  check(invariant: (end: boolean) => void): void {
    this.#invariants.push(invariant);
  }

  /** What can happen next, once nothing goes on by itself any more. */
  async choices(): Promise<readonly Choice[]> {
    await quiet();
    this.#verify(false);
    const steps = [...this.#waiting];
    return steps.length > 0 && this.#timers === "last" ? steps : [...steps, ...this.#clock.next()];
  }

  verifyEnd(): void {
    this.#verify(true);
    if (this.#running.size > 0) throw new Error(`${[...this.#running].join(", ")}: never ended`);
  }

  leave(): void {
    this.#clock.stop();
    process.off("unhandledRejection", this.#unhandled);
  }

  async #run(name: string, work: () => unknown): Promise<void> {
    await work();
    this.#running.delete(name);
  }

  #verify(end: boolean): void {
    if (this.#failures.length > 0) throw this.#failures[0];
    for (const invariant of this.#invariants) invariant(end);
  }

  readonly #unhandled = (cause: unknown): void => {
    this.#failures.push(new Error(`nobody listened to a rejection: ${String(cause)}`, { cause }));
  };
}

const nextTurn = setImmediate;

/** Until nothing can run any more without a step or a timer. Microtasks end before the next turn of the event loop. */
function quiet(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
