/** Which orders of a program are run: every one, random ones, or one that is known. */
import { type Pick, type Program, type Run, runOnce, ScheduleError, type Timers } from "./scheduler.js";

/** How far to go. */
export interface Bounds {
  /** How many orders at most. */
  readonly limit?: number;
  readonly timers?: Timers;
}

/** What was explored. */
export interface Explored {
  readonly schedules: number;
  /** Whether these were all. */
  readonly complete: boolean;
}

/** Runs a program in every order of its steps, or in the first `limit` of them, depth first. @throws ScheduleError */
export async function exploreAll(program: Program, { limit, timers }: Bounds = {}): Promise<Explored> {
  let planned: readonly number[] | undefined = [];
  for (let schedules = 0; ; schedules++) {
    if (planned === undefined) return { schedules, complete: true };
    if (schedules === limit) return { schedules, complete: false };
    planned = next(await runQuickly(program, follow(planned), timers));
  }
}

/** The next order: it differs in the last choice that has another one after it. */
export function next({ widths, choices }: Run): number[] | undefined {
  for (let depth = choices.length - 1; depth >= 0; depth--) {
    if (choices[depth] + 1 < widths[depth]) return [...choices.slice(0, depth), choices[depth] + 1];
  }
  return undefined;
}

/** Picks what is planned, and from there on the first. */
export function follow(choices: readonly number[]): Pick {
  return (_, depth) => choices[depth] ?? 0;
}

/** Runs a program in `count` orders that follow from the seed. @returns how many ran. @throws ScheduleError */
export async function exploreRandomly(program: Program, seed: number, count: number, timers?: Timers): Promise<number> {
  const random = randomFrom(seed);
  for (let n = 0; n < count; n++) await runQuickly(program, moodOf(random), timers);
  return count;
}

/**
 * A random way to pick. Fair coins alone keep all tasks abreast of each other, so each order has a mood of its own: how
 * often it prefers what has waited longest, or what has just come.
 */
export function moodOf(random: () => number): Pick {
  const bias = random() ** 2;
  const newest = random() < 0.5;
  return (width) => {
    if (random() >= bias) return Math.floor(random() * width);
    return newest ? width - 1 : 0;
  };
}

/** Runs the one order that a `ScheduleError` has named. */
export function replay(program: Program, choices: string, timers?: Timers): Promise<Run> {
  return runOnce(program, follow(choicesOf(choices)), timers);
}

/** What `nameOf` has made a string of. */
export function choicesOf(name: string): number[] {
  return name === "-" ? [] : name.split(".").map(Number);
}

/** Without stacks, which are most of the cost where much is refused; an order that fails is run again with them. */
async function runQuickly(program: Program, pick: Pick, timers: Timers | undefined): Promise<Run> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await runOnce(program, pick, timers);
  } catch (error) {
    Error.stackTraceLimit = stackTraceLimit;
    if (error instanceof ScheduleError) await replay(program, error.replay, timers);
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Mulberry32: small, and the same on every Node. From 0 up to, but not including, 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
