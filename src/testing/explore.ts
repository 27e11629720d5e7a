/** Plays an application's requests in every order of their steps, up to a bound, and in random ones beyond it. */
import { player } from "./director.js";
import { keyOf, Ledger } from "./ledger.js";
import { type ExploreOptions, refusal, type Settings, settingsOf } from "./options.js";
import { endOrder, orderOf } from "./order.js";
import { choicesOf, follow, moodOf, next, randomFrom } from "./orders.js";
import { described, type Finding, type Found, type Report } from "./report.js";
import { NeverEnded, nameOf, type Pick, type Run, runOnce, ScheduleError } from "./scheduler.js";

/** With so many findings an exploration stops: there is enough to do. */
const ENOUGH = 20;

/**
 * Plays requests at the same time in every order of their steps, up to a bound, then in random ones, and reports what
 * lives in one scope and is seen in another, used after its end, disposed twice or never.
 *
 * Steps are: `step` and `io` where the code or its fakes say them, the arrival of each request, async factories, async
 * generators and async disposers of the container, timers that were set with the global `setTimeout`, and, where it is
 * allowed, aborts and failures. What waits for anything else, a socket or a file, is not scheduled.
 *
 * The container has a guard for as long as it takes, the global timeouts are virtual, and stacks are left out until
 * something is found. Explorations wait for each other; other tests of the same process should not run beside one.
 *
 * @throws ScopeStateError ERR_AMBIT_SCOPE_STATE for options that cannot mean what they say
 */
export async function explore(options: ExploreOptions): Promise<Report> {
  const settings = settingsOf(options);
  if (player.get() !== undefined) throw refusal("an exploration is under way here", "explore one after the other.");
  const turn = last.then(() => new Exploration(settings).report());
  last = turn.catch(() => {});
  return turn;
}

/** They share the clock. */
let last: Promise<unknown> = Promise.resolve();

/** One order that was played. */
interface Played {
  readonly run: Run;
  readonly found: readonly Found[];
}

class Exploration {
  readonly #settings: Settings;
  readonly #findings = new Map<string, Finding>();
  #orders = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async report(): Promise<Report> {
    const { replay, seed } = this.#settings;
    const complete = replay === undefined ? await this.#playAll() : await this.#playAgain(replay);
    return { orders: this.#orders, complete, seed, findings: [...this.#findings.values()] };
  }

  /** Whether these were all orders. */
  async #playAll(): Promise<boolean> {
    const { bound, random, seed } = this.#settings;
    let planned: readonly number[] | undefined = [];
    while (planned !== undefined && this.#orders < bound) {
      const { run } = await this.#play(follow(planned));
      if (this.#findings.size >= ENOUGH) return false;
      planned = next(run);
    }
    if (planned === undefined) return true;
    const chance = randomFrom(seed);
    for (let n = 0; n < random && this.#findings.size < ENOUGH; n++) await this.#play(moodOf(chance));
    return false;
  }

  async #playAgain(replay: string): Promise<boolean> {
    const played = await this.#playOnce(follow(choicesOf(replay)));
    this.#orders = 1;
    for (const found of played.found) this.#keep(found, played.run, true);
    return false;
  }

  async #play(pick: Pick): Promise<Played> {
    const played = await withoutStacks(() => this.#playOnce(pick));
    this.#orders++;
    if (played.found.length > 0) await this.#confirm(played);
    return played;
  }

  /** What is new is looked at again, with stacks. */
  async #confirm({ run, found }: Played): Promise<void> {
    const isKnown = (each: Found) => this.#findings.has(keyOf(each));
    const again = found.every(isKnown) ? [] : (await this.#playOnce(follow(run.choices))).found;
    for (const each of found) {
      const same = again.find((other) => keyOf(other) === keyOf(each));
      this.#keep(same ?? each, run, same !== undefined);
    }
  }

  #keep(found: Found, run: Run, repeatable: boolean): void {
    const key = keyOf(found);
    const known = this.#findings.get(key);
    if (known !== undefined) return void this.#findings.set(key, { ...known, orders: known.orders + 1 });
    const replay = nameOf(run);
    const message = described(found, run.steps, replay);
    this.#findings.set(key, { ...found, message, steps: run.steps, replay, orders: 1, repeatable });
  }

  async #playOnce(pick: Pick): Promise<Played> {
    const { timers, ignore } = this.#settings;
    const ledger = new Ledger();
    const run = await runOnce(orderOf(this.#settings, ledger), pick, timers)
      .catch((error: unknown) => cutShort(error, ledger))
      .finally(endOrder);
    return { run, found: ledger.found.filter((found) => ignore?.(found) !== true) };
  }
}

/** An order that did not come to its end: what it had found by then, and why. */
function cutShort(error: unknown, ledger: Ledger): Run {
  if (!(error instanceof ScheduleError)) throw error;
  const { cause, run } = error;
  if (cause instanceof NeverEnded) for (const task of cause.tasks) ledger.add(neverEnded(task));
  else ledger.cutShort(cause);
  return run;
}

function neverEnded(name: string): Found {
  const message = `${name} never ended: it waits for what an exploration does not bring, such as a socket or a file. Let a fake answer it: io("the query", () => rows).`;
  return { kind: "failed", name: `${name} never ended`, message };
}

/** Which are most of the cost where much is refused. */
async function withoutStacks<R>(work: () => Promise<R>): Promise<R> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
