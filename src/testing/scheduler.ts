/**
 * A virtual scheduler: runs a program of concurrent tasks in one of the orders in which its steps can happen.
 *
 * A task says where it can be overtaken: `await step("the query answers")`. The scheduler lets everything run until it
 * waits at such a step, at a timer or at nothing, picks one step or timer, lets it go, and so on. A program is run anew
 * for each order, so it must make its own world each time and depend on nothing but the order.
 *
 * It knows nothing of ambit: with it, an application can test its own services in the same way.
 */
import { messageOf, textOf } from "../thrown.js";
import { type Choice, VirtualClock } from "./clock.js";

/** What a program gets to be scheduled. */
export interface World {
  /** Virtual milliseconds since the start. Only timers take time. */
  readonly now: number;
  /** A point at which the caller can be overtaken by any other task. */
  step(label: string): Promise<void>;
  /** Something that may happen, once, and need not. Gives what withdraws it. */
  offer(choice: Choice): () => void;
  /** Starts a task. It must end, and its failure is the program's. */
  task(name: string, work: () => unknown): void;
  /** The same, when nothing else can happen any more. Of several, each when nothing is left of the one before. */
  afterwards(name: string, work: () => unknown): void;
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

  constructor(
    readonly run: Run,
    cause: unknown,
  ) {
    const reason = messageOf(cause);
    const replay = nameOf(run);
    super(`${reason}\n  after: ${run.steps.join(" | ")}\n  replay: ${replay}`, { cause });
    this.name = "ScheduleError";
    this.replay = replay;
  }
}

/** Nothing can happen any more, and these tasks still wait for something. */
export class NeverEnded extends Error {
  constructor(readonly tasks: readonly string[]) {
    super(`${tasks.join(", ")}: never ended`);
  }
}

/** What `replay` takes for a run. */
export function nameOf({ choices }: Run): string {
  return choices.join(".") || "-";
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
    for (let choices = await stage.next(); choices.length > 0; choices = await stage.next()) {
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
  readonly #waiting = new Set<Required<Choice>>();
  readonly #later: (() => void)[] = [];
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
    return new Promise((resolve) => void this.offer({ label, go: resolve }));
  }

  offer(choice: Choice): () => void {
    const withdraw = () => void this.#waiting.delete(offered);
    const go = () => {
      withdraw();
      choice.go();
    };
    const offered = { label: choice.label, go, possible: () => choice.possible?.() ?? true };
    this.#waiting.add(offered);
    return withdraw;
  }

  task(name: string, work: () => unknown): void {
    this.#running.add(name);
    const fail = (error: unknown) => void this.#failures.push(error);
    void this.#run(name, work).catch(fail);
  }

  afterwards(name: string, work: () => unknown): void {
    this.#later.push(() => this.task(name, work));
  }

  check(invariant: (end: boolean) => void): void {
    this.#invariants.push(invariant);
  }

  /** What can happen next, once nothing goes on by itself any more. */
  async next(): Promise<readonly Choice[]> {
    await quiet();
    for (let turn = 0; turn < PATIENCE && this.#running.size > 0 && this.#choices().length === 0; turn++) await quiet();
    this.#verify(false);
    const choices = this.#choices();
    const later = choices.length === 0 ? this.#later.shift() : undefined;
    if (later === undefined) return choices;
    later();
    return this.next();
  }

  #choices(): readonly Choice[] {
    const steps = [...this.#waiting].filter(({ possible }) => possible());
    return steps.length > 0 && this.#timers === "last" ? steps : [...steps, ...this.#clock.next()];
  }

  verifyEnd(): void {
    this.#verify(true);
    if (this.#running.size > 0) throw new NeverEnded([...this.#running]);
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
    this.#failures.push(new Error(`nobody listened to a rejection: ${textOf(cause)}`, { cause }));
  };
}

const nextTurn = setImmediate;

/**
 * How many turns of the event loop a task is waited for that waits for nothing here: Node's streams and servers put off
 * what they do by a turn or two.
 */
const PATIENCE = 16;

/** Until nothing can run any more without a step or a timer. Microtasks end before the next turn of the event loop. */
function quiet(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
