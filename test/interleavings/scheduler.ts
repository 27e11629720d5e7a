/**
 * A virtual scheduler: runs a program of concurrent tasks through the orders in which its steps can happen.
 *
 * A task says where it can be overtaken: `await step("the query answers")`. The scheduler lets everything run until it
 * waits at such a step, at a timer or at nothing, picks one step or timer, lets it go, and so on. A program is run once
 * for each order, from its start, so it must make its own world each time and depend on nothing but the order.
 */
import { setImmediate } from "node:timers/promises";

/** What a program gets to be scheduled. */
export interface World {
  /** A point at which the caller can be overtaken by any other task. */
  step(label: string): Promise<void>;
  /** Starts a task. Its failure is a failure of the program unless the task catches it. */
  task(name: string, work: () => unknown): void;
  /** Called after each step, and at the end; it throws where a promise is broken. */
  check(invariant: (end: boolean) => void): void;
}

export type Program = (world: World) => void;

interface Choice {
  readonly label: string;
  go(): void;
}

/** One order of steps. */
export interface Run {
  /** The labels, in the order in which they happened. */
  readonly steps: readonly string[];
  /** Of how many each was chosen. */
  readonly widths: readonly number[];
  /** Which one was chosen each time. */
  readonly choices: readonly number[];
}

/** A broken promise, with the order that shows it. */
export class ScheduleError extends Error {
  constructor(run: Run, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${reason}\n  after: ${run.steps.join(" | ")}\n  replay: ${run.choices.join(".") || "-"}`, { cause });
    this.name = "ScheduleError";
  }
}

/** How the scheduler picks one of several steps. */
type Pick = (width: number, depth: number) => number;

/** Runs a program once, in the order that `pick` says. */
export async function runOnce(program: Program, pick: Pick): Promise<Run> {
  const clock = new VirtualClock();
  const run = { steps: [] as string[], widths: [] as number[], choices: [] as number[] };
  const waiting: Choice[] = [];
  const failures: unknown[] = [];
  const invariants: ((end: boolean) => void)[] = [];
  const world: World = {
    step: (label) => new Promise<void>((go) => waiting.push({ label, go })),
    task: (name, work) => void start(name, work).catch((error: unknown) => failures.push(error)),
    check: (invariant) => invariants.push(invariant),
  };
  const verify = (end: boolean) => {
    if (failures.length > 0) throw failures[0];
    for (const invariant of invariants) invariant(end);
  };
  try {
    program(world);
    for (;;) {
      await quiet();
      verify(false);
      const choices = [...waiting, ...clock.choices()];
      if (choices.length === 0) break;
      const index = pick(choices.length, run.choices.length);
      const chosen = choices[index];
      run.steps.push(chosen.label);
      run.widths.push(choices.length);
      run.choices.push(index);
      if (waiting.includes(chosen)) waiting.splice(waiting.indexOf(chosen), 1);
      chosen.go();
    }
    verify(true);
    return run;
  } catch (error) {
    throw new ScheduleError(run, error);
  } finally {
    clock.stop();
  }
}

async function start(_name: string, work: () => unknown): Promise<void> {
  await work();
}

/** Until nothing can run any more without a step or a timer. Microtasks end before the next turn of the event loop. */
async function quiet(): Promise<void> {
  await setImmediate();
}

/** Timers that fire when the scheduler says so, whatever time they were set to. */
class VirtualClock {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #timers = new Set<Choice>();

  constructor() {
    globalThis.setTimeout = ((callback: () => void, milliseconds: number) => {
      const timer: Choice = {
        label: `${milliseconds} ms pass`,
        go: () => {
          this.#timers.delete(timer);
          callback();
        },
      };
      this.#timers.add(timer);
      return timer;
    }) as never;
    globalThis.clearTimeout = ((timer: Choice) => this.#timers.delete(timer)) as never;
  }

  choices(): Choice[] {
    return [...this.#timers];
  }

  stop(): void {
    Object.assign(globalThis, this.#real);
  }
}

/** What was explored. */
export interface Explored {
  readonly schedules: number;
  /** Whether these were all. */
  readonly complete: boolean;
}

/** Runs a program through every order of its steps, or through the first `limit` of them. */
export async function exploreAll(program: Program, limit = Number.POSITIVE_INFINITY): Promise<Explored> {
  let prefix: number[] | undefined = [];
  let schedules = 0;
  while (prefix !== undefined) {
    if (schedules === limit) return { schedules, complete: false };
    const planned: readonly number[] = prefix;
    const run = await runOnce(program, (_, depth) => planned[depth] ?? 0);
    schedules++;
    prefix = next(run);
  }
  return { schedules, complete: true };
}

/** The next order in depth-first order: the last choice that has another one after it. */
function next({ widths, choices }: Run): number[] | undefined {
  for (let depth = choices.length - 1; depth >= 0; depth--) {
    if (choices[depth] + 1 < widths[depth]) return [...choices.slice(0, depth), choices[depth] + 1];
  }
  return undefined;
}

/** Runs a program through `count` orders that follow from the seed. */
export async function exploreRandomly(program: Program, seed: number, count: number): Promise<void> {
  const random = randomFrom(seed);
  for (let n = 0; n < count; n++) await runOnce(program, (width) => Math.floor(random() * width));
}

/** Runs the one order that a `ScheduleError` has named. */
export async function replay(program: Program, choices: string): Promise<Run> {
  const planned = choices === "-" ? [] : choices.split(".").map(Number);
  return runOnce(program, (_, depth) => planned[depth] ?? 0);
}

/** Mulberry32: small, and the same on every Node. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
