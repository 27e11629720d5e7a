/** Everything that is seen in one schedule. */
import type { Scope } from "ambit";
import type { World } from "#src/testing/scheduler.js";
import { type Times, Witness } from "./witness.js";

export class Stage {
  readonly pool = new Pool(this);
  /** Whether somebody has called `container.dispose()`. */
  disposing = false;
  /** What the container was told of failures that nobody waits for. */
  readonly reports: unknown[] = [];
  #timed = 0;
  readonly #witnesses = new Map<Scope, Witness>();

  constructor(readonly world: World) {}

  get witnesses(): Witness[] {
    return [...this.#witnesses.values()];
  }

  /** Other times for each scope, so that no two of them give up in the same moment. */
  times(): Times {
    this.#timed++;
    return { disposeTimeout: 1_000 + 7 * this.#timed, drainTimeout: 2_300 + 17 * this.#timed };
  }

  watch(scope: Scope, times: Times, parent?: Witness): Witness {
    const witness = new Witness(this.world, scope, times, parent);
    this.#witnesses.set(scope, witness);
    scope.defer((outcome) => witness.tell(outcome.status));
    return witness;
  }

  /** The scope that is played with. */
  get root(): Scope {
    return this.witnesses[0].scope;
  }

  of(scope: Scope | undefined): Witness {
    const witness = scope && this.#witnesses.get(scope);
    if (witness === undefined) throw new Error("something was built in an unknown scope");
    return witness;
  }

  /** Called after each step. @throws what was broken where nobody could be told */
  verify(): void {
    for (const witness of this.witnesses) witness.observe();
    const broken = [this.pool, ...this.witnesses].find(({ breach }) => breach !== undefined);
    if (broken !== undefined) throw broken.breach;
  }

  verifyEnd(): void {
    for (const witness of this.witnesses) witness.verifyEnd();
    if (this.pool.built !== this.pool.disposed) throw new Error("4: the pool was never disposed");
  }
}

/** A singleton: it outlives every scope. */
class Pool {
  built = 0;
  disposed = 0;
  breach: Error | undefined;

  constructor(readonly stage: Stage) {}

  open(): this {
    this.built++;
    return this;
  }

  dispose(): void {
    this.disposed++;
    const alive = this.stage.witnesses.flatMap(({ instances }) => instances).find(({ begun }) => begun === undefined);
    if (this.disposed > 1) this.breach = new Error("1: the pool was disposed twice");
    if (alive !== undefined) this.breach = new Error(`3: the pool was disposed before the shorter-lived ${alive.name}`);
  }
}
