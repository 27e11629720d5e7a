/** What a scope is seen to do, and the promises that this breaks. */
import { DisposalError, DisposeTimeoutError, type Outcome, type Scope } from "ambit";
import type { World } from "#src/testing/scheduler.js";
import type { Instance } from "./instance.js";
import { TIMED_OUT, Turns } from "./turns.js";

type Status = Outcome["status"];

/** How long a scope waits, in virtual milliseconds. */
export interface Times {
  readonly disposeTimeout: number;
  readonly drainTimeout: number;
}

/** Sees what one scope builds, gives and disposes. The numbers in its errors are those of the promises. */
export class Witness {
  readonly instances: Instance[] = [];
  readonly nested: Witness[] = [];
  readonly turns: Turns;
  /** The first promise that was broken inside a disposer, whose errors the scope catches. */
  breach: Error | undefined;
  readonly #given = new Map<string, Instance>();
  readonly #closings = new Set<Promise<void>>();
  /** How its end was asked for first, and when it began. */
  #outcome: Status | undefined;
  #closingSince: number | undefined;
  #failing = false;
  #told = 0;
  /** Work that closing must wait for, and whether some of it has ended in this very step. */
  #holds = 0;
  #releasing = false;

  constructor(
    readonly world: World,
    readonly scope: Scope,
    readonly times: Times,
    readonly parent: Witness | undefined,
  ) {
    parent?.nested.push(this);
    this.turns = new Turns(world, times.disposeTimeout);
  }

  /** Called after each step, so that it knows when the end began. */
  observe(): void {
    this.#releasing = false;
    this.#noticeEnd();
    if (this.scope.state === "closing") this.turns.assertNotStuck();
  }

  #noticeEnd(): void {
    if (this.scope.state === "open" || this.#closingSince !== undefined) return;
    this.#closingSince = this.world.now;
    // Nobody closed it by hand: its parent or the container did.
    this.#outcome ??= "aborted";
  }

  /** Whether its disposers run or have run: it must build nothing more. */
  get disposes(): boolean {
    this.#noticeEnd();
    return this.scope.state !== "open" && !this.#drains;
  }

  get #drains(): boolean {
    return this.#holds > 0 && this.world.now < (this.#closingSince as number) + this.times.drainTimeout;
  }

  /** What its generators and deferred callbacks must hear. */
  get outcome(): Status | undefined {
    return this.#outcome === "success" && this.#failing ? "error" : this.#outcome;
  }

  close(outcome: Outcome | undefined): Promise<void> {
    if (this.scope.state === "open") this.#outcome = outcome?.status ?? (this.#failing ? "error" : "aborted");
    return this.#close(outcome);
  }

  #close(outcome: Outcome | undefined): Promise<void> {
    const closing = this.scope.close(outcome);
    this.#closings.add(closing);
    if (this.#closings.size > 1) throw this.#broken("5: closing again gave another promise");
    return closing;
  }

  /** Its work inside of `runInScope` has returned, or thrown. */
  returned(status: Status = "success"): void {
    if (this.scope.state === "open") this.#outcome = status;
  }

  /** Work is held from now until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      this.#releasing = true;
    };
  }

  /** `fail()` was heard. */
  failed(): void {
    this.#failing = true;
  }

  build(name: string): Instance {
    // In the step in which draining ends, nobody outside can say whether that was before or after.
    const late = this.#releasing ? undefined : this.disposes;
    const instance = { name, witness: this, late, begun: undefined, ended: false };
    this.instances.push(instance);
    return instance;
  }

  /** Something is built of these. */
  assertAlive(parts: readonly Instance[]): void {
    const over = parts.find(({ begun }) => begun !== undefined);
    if (over !== undefined) throw this.#broken(`6: something was built of ${over.name}, which was disposed`);
  }

  /** The scope gave `value` for `token`. */
  give(token: string, value: Instance): void {
    if (value.witness !== this) throw new Error(`2: ${token} was given to another scope than its own`);
    if (value.begun !== undefined) throw new Error(`6: ${token} was given after its disposer was called`);
    if (value.late) throw new Error(`6: ${token} was finished too late, and given`);
    if ((this.#given.get(token) ?? value) !== value) throw new Error(`2: there are two of ${token}`);
    this.#given.set(token, value);
  }

  /** A generator or a deferred callback was told how the scope ended; a late one hears of the abort that it is. */
  tell(status: Status, instance?: Instance): void {
    this.#told++;
    this.#noticeEnd();
    if (instance !== undefined && instance.late === undefined) return;
    const due = instance?.late ? "aborted" : this.outcome;
    if (status !== due) throw this.#broken(`12: the outcome was told as ${status}, and is ${due}`);
  }

  /** The disposer of `instance` was called. */
  begin(instance: Instance): void {
    if (instance.begun !== undefined) throw this.#broken(`1: ${instance.name} was disposed twice`);
    instance.begun = this.world.now;
    if (instance.late !== false) return;
    this.#keepBreach(() => this.turns.begin(instance));
    this.#assertTurnOf(instance);
  }

  /** A disposer asks for what is `older` than what it ends, for that itself, and for the end that is under way. */
  askWhileDisposing(older: string, itself: string): void {
    void this.scope.resolve<Instance>(older);
    this.#close(undefined).catch(() => {});
    try {
      this.scope.resolve(itself);
    } catch {
      return;
    }
    throw this.#broken(`6: ${itself} was given while it was disposed`);
  }

  /** The disposer of `instance` has settled. */
  end(instance: Instance, failure?: unknown): void {
    instance.ended = true;
    this.turns.end(instance, failure);
  }

  /** What closing was answered by must be what the disposers did, and nothing else. */
  verifyAnswer(answer: unknown): void {
    const heard = answer instanceof DisposalError ? [...answer.errors] : answer === undefined ? [] : [answer];
    const own = this.turns.failures;
    const unheard = own.find((failure) => !heard.some((error) => isSame(error, failure)));
    if (unheard !== undefined) throw new Error(`4: nobody heard of ${String(unheard)}`);
    // Of a nested scope that was closed before it hears only who closed that.
    if (heard.length > this.#mostFailures()) throw new Error("4: closing told of failures that nobody made");
  }

  /** All is over. */
  verifyEnd(): void {
    if (this.scope.state !== "closed") throw new Error("4: a scope was never closed");
    if (this.#told === 0) throw new Error("12: nobody was told of the outcome");
    const left = this.instances.find(({ begun }) => begun === undefined);
    if (left !== undefined) throw new Error(`4: ${left.name} was never disposed`);
  }

  #assertTurnOf(instance: Instance): void {
    const { name } = instance;
    this.#noticeEnd();
    if (this.scope.state === "open") throw this.#broken(`${name} was disposed in an open scope`);
    if (this.#drains) throw this.#broken(`13: ${name} was disposed before held work was done`);
    const newest = this.instances.findLast(({ late, begun }) => late === false && begun === undefined);
    if (newest !== undefined && this.instances.indexOf(newest) > this.instances.indexOf(instance))
      throw this.#broken(`3: ${name} was disposed before the newer ${newest.name}`);
    if (this.nested.some(({ scope }) => scope.state !== "closed"))
      throw this.#broken(`3: ${name} was disposed before a nested scope was closed`);
  }

  #mostFailures(): number {
    const below = this.nested.reduce((sum, nested) => sum + nested.#mostFailures(), 0);
    return this.turns.mostFailures + below;
  }

  #broken(message: string): Error {
    this.breach ??= new Error(message);
    return this.breach;
  }

  #keepBreach(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw this.#broken((error as Error).message);
    }
  }
}

function isSame(error: unknown, failure: unknown): boolean {
  return failure === TIMED_OUT ? error instanceof DisposeTimeoutError : error === failure;
}
