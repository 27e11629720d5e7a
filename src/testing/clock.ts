/** Time that passes only when the scheduler lets a timer fire. */

/** Something that can happen next. */
export interface Choice {
  readonly label: string;
  go(): void;
  /** Asked before each step. Default: always. */
  possible?(): boolean;
}

const REAL = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

/** Takes the place of the global timeouts until it is stopped. Intervals stay real: no program with one would end. */
export class VirtualClock {
  now = 0;
  readonly #timers = new Set<VirtualTimer>();

  /** @throws Error while another one is in place */
  constructor() {
    if (globalThis.setTimeout !== REAL.setTimeout)
      throw new Error("the clock is everybody's: run one program after the other");
    const set = (callback: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
      const timer = new VirtualTimer(`${milliseconds} ms pass`, this.now + milliseconds, () => {
        this.#timers.delete(timer);
        this.now = timer.due;
        callback(...args);
      });
      this.#timers.add(timer);
      return timer;
    };
    const clear = (timer: VirtualTimer) => void this.#timers.delete(timer);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  /** The timer that is due first, if there is one: no other can overtake it. Of several, the one that was set first. */
  next(): Choice[] {
    let first: VirtualTimer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.due < first.due) first = timer;
    return first === undefined ? [] : [first];
  }

  stop(): void {
    Object.assign(globalThis, REAL);
  }
}

class VirtualTimer implements Choice {
  constructor(
    readonly label: string,
    readonly due: number,
    readonly go: () => void,
  ) {}

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
