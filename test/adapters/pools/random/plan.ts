/** What a play does: the same for the same seed. */
import type { Random } from "../../../support/random.js";

/** `wait` ends by its signal only, `stubborn` never does. `exit` and `crash` take their worker with them. */
export type Does = "answer" | "fail" | "wait" | "stubborn" | "exit" | "crash";

/** When a task is cancelled: before or right after it is given, when it has begun, or when the next one is over. */
export type Cancel = "before" | "at once" | "begun" | "later" | undefined;

/** When the workers go before a task is given: when all before it are over, or while some may be under way. */
export type Recycle = "idle" | "busy" | undefined;

export interface Task {
  readonly number: number;
  readonly does: Does;
  /** How many turns of the event loop it takes. */
  readonly turns: number;
  /** The value of a travelling variable. */
  readonly tenant: string;
  readonly cancel: Cancel;
  /** How many turns the end of its scope takes. */
  readonly endTurns: number;
  /** Whether memory moves to the worker with it. */
  readonly moves: boolean;
  readonly recycles: Recycle;
}

export interface Plan {
  readonly tasks: readonly Task[];
  /** How many tasks are given before the first of them is over. */
  readonly window: number;
  /** How the pool ends, and after how many tasks have been given. */
  readonly end: "close" | "destroy";
  readonly endsAfter: number;
}

/** @param deadly whether tasks take their workers with them */
export function planOf(length: number, random: Random, deadly: boolean): Plan {
  const tasks = Array.from({ length }, (_, number) => taskOf(number, random, deadly));
  const endsAfter = random.chance(0.5) ? length : random.below(length);
  return { tasks, window: 1 + random.below(10), end: random.pick(["close", "destroy"]), endsAfter };
}

function taskOf(number: number, random: Random, deadly: boolean): Task {
  const does = random.pick<Does>(["answer", "answer", "fail", "wait", "stubborn"]);
  const dies = deadly && random.chance(0.1);
  return {
    number,
    does: dies ? random.pick<Does>(["exit", "crash"]) : does,
    turns: random.below(4) * random.below(10),
    tenant: random.chance(0.2) ? "nobody" : `tenant ${number}`,
    cancel: does === "wait" && !dies ? random.pick<Cancel>(["at once", "begun"]) : cancelOf(random),
    // When a thread exits by itself, nothing is awaited.
    endTurns: deadly ? 0 : random.below(4),
    moves: random.chance(0.2),
    recycles: random.chance(0.08) ? random.pick<Recycle>(["idle", "busy"]) : undefined,
  };
}

function cancelOf(random: Random): Cancel {
  return random.chance(0.3) ? random.pick<Cancel>(["before", "at once", "begun", "later"]) : undefined;
}
