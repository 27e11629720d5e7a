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
  readonly #pending = new Set<VirtualTimer>();

  /** @throws Error while another one is in place */
  constructor() {
    if (globalThis.setTimeout !== REAL.setTimeout)
      throw new Error("the clock is everybody's: run one program after the other");
    const set = (callback: (...args: unknown[]) => void, delay?: unknown, ...args: unknown[]) =>
      new VirtualTimer(this, this.#pending, delayOf(delay), () => callback(...args));
    // A pool may have set it before.
    const clear = (timer: NodeJS.Timeout | VirtualTimer | undefined) =>
      timer instanceof VirtualTimer ? void timer.close() : REAL.clearTimeout(timer);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  /** The timer that is due first, if there is one: no other can overtake it. Of several, the one that was set first. */
  next(): Choice[] {
    let first: VirtualTimer | undefined;
    for (const timer of this.#pending) if (first === undefined || timer.due < first.due) first = timer;
    return first === undefined ? [] : [first];
  }

  stop(): void {
    Object.assign(globalThis, REAL);
  }
}

/** As long as a timer of Node can wait; longer ones fire at once there. */
const LONGEST = 2 ** 31 - 1;

function delayOf(given: unknown): number {
  const delay = Number(given);
  return delay > 0 && delay <= LONGEST ? delay : 0;
}

/** What `setTimeout` gives, with the methods of Node's. */
class VirtualTimer implements Choice {
  due = 0;
  #keepsAlive = true;

  constructor(
    readonly clock: VirtualClock,
    readonly pending: Set<VirtualTimer>,
    readonly delay: number,
    readonly callback: () => void,
  ) {
    this.refresh();
  }

  get label(): string {
    return `${this.delay} ms pass`;
  }

  go(): void {
    this.pending.delete(this);
    this.clock.now = this.due;
    this.callback();
  }

  /** Begins anew, behind those that were set meanwhile. */
  refresh(): this {
    this.pending.delete(this);
    this.pending.add(this);
    this.due = this.clock.now + this.delay;
    return this;
  }

  close(): this {
    this.pending.delete(this);
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  ref(): this {
    this.#keepsAlive = true;
    return this;
  }

  unref(): this {
    this.#keepsAlive = false;
    return this;
  }

  hasRef(): boolean {
    return this.#keepsAlive;
  }
}
