/**
 * Random graphs of sync and async nodes, asked for side by side in two scopes that close at any time, in random orders.
 *
 * AMBIT_GRAPHS=20000 runs so many graphs, AMBIT_SEED=7 those that follow from that seed.
 */
import { AsyncDependencyError, ContainerDisposedError, type Scope, ScopeClosedError } from "ambit";
import { expect, test } from "vitest";
import { exploreRandomly, randomFrom } from "#src/testing/orders.js";
import { type Program, ScheduleError } from "#src/testing/scheduler.js";
import { SEED } from "../support/random.js";
import { type Instance, type Node, Observed, Planned, randomGraph } from "./async-graph.js";

const GRAPHS = Number(process.env.AMBIT_GRAPHS ?? 300);
const ORDERS = 6;

/** What must have happened often, or the test shows little. */
const seen = { given: 0, failed: 0, tooLate: 0, notYet: 0, retried: 0 };

/** What a scope, or the container, has one of. */
class Shared {
  readonly #kept = new Map<string, Instance>();
  readonly #holders = new Map<Instance, unknown>();

  /** Looks at what `home` was given, and at all that it is built of. */
  observe(home: Scope, given: Instance, holder: unknown): void {
    const { node, parts } = given;
    if (parts.some((part, index) => part.node !== node.deps[index])) throw new Error(`${given.name} has other parts`);
    const key = `${node.token} of ${node.lifetime === "singleton" ? "the container" : home.name}`;
    if (node.lifetime === "transient") this.#belongsTo(holder, given);
    else if (this.#kept.get(key) === undefined) this.#kept.set(key, given);
    else if (this.#kept.get(key) !== given) throw new Error(`2: there are two ${key}`);
    if (node.lifetime === "context-scoped" && given.home !== home) throw new Error(`2: ${key} is ${given.name}`);
    for (const part of parts) this.observe(home, part, given);
  }

  #belongsTo(holder: unknown, transient: Instance): void {
    if (this.#holders.has(transient) && this.#holders.get(transient) !== holder) {
      throw new Error(`2: two hold the transient ${transient.name}`);
    }
    this.#holders.set(transient, holder);
  }
}

/** Asks a scope, sync or async; gives whether there was an answer. */
async function ask(observed: Observed, shared: Shared, scope: Scope, { token }: Node, sync: boolean): Promise<boolean> {
  try {
    const given = await scope.run(() => (sync ? scope.resolve<Instance>(token) : scope.resolveAsync<Instance>(token)));
    if (given.ended !== undefined) throw new Error(`6: ${given.name} was given when it had ended`);
    seen.given++;
    shared.observe(scope, given, {});
    return true;
  } catch (error) {
    judge(error, observed, scope, sync);
    return false;
  }
}

function judge(error: unknown, observed: Observed, scope: Scope, sync: boolean): void {
  if (error instanceof Planned && observed.thrown.has(error)) return void seen.failed++;
  if (error instanceof AsyncDependencyError && sync) return void seen.notYet++;
  const isOver = error instanceof ScopeClosedError || error instanceof ContainerDisposedError;
  if (!isOver || scope.state === "open") throw error;
  seen.tooLate++;
}

function program(graph: readonly Node[], random: () => number): Program {
  // Drawn once: a program must be the same in every order.
  const asks = Array.from({ length: 6 }, () => ({
    at: random() < 0.5 ? 0 : 1,
    node: graph[Math.floor(random() * graph.length)],
    sync: random() < 0.25,
  }));
  const closes = [0, 1].filter(() => random() < 0.6).flatMap((at) => (random() < 0.3 ? [at, at] : [at]));
  return (world) => {
    const observed = new Observed(world, graph);
    const shared = new Shared();
    const scopes = ["one", "two"].map((name) => observed.container.createScope({ name }));
    world.check(() => expect(observed.broken).toEqual([]));
    world.task("all", async () => {
      const asking = asks.map(async ({ at, node, sync }, index) => {
        await observed.step(`ask ${index}`);
        await ask(observed, shared, scopes[at], node, sync);
      });
      const closing = closes.map(async (at) => {
        await observed.step(`close ${at}`);
        await scopes[at].close({ status: "success" });
      });
      await Promise.all([...asking, ...closing]);
      for (const scope of scopes) if (scope.state === "open") await askForAll(observed, shared, scope, graph);
      await observed.container.dispose();
      const left = observed.instances.filter(({ ended }) => ended === undefined);
      expect(left.map(({ name }) => name)).toEqual([]);
    });
  };
}

/** No failure is kept: sooner or later everything is there. */
async function askForAll(observed: Observed, shared: Shared, scope: Scope, graph: readonly Node[]): Promise<void> {
  const tries = 1 + graph.reduce((sum, { failures }) => sum + failures, 0);
  for (const node of graph) {
    let tried = 1;
    while (!(await ask(observed, shared, scope, node, false)) && tried <= tries) tried++;
    if (tried > tries) throw new Error(`11: ${node.token} still fails`);
    if (tried > 1) seen.retried++;
    if (!(await ask(observed, shared, scope, node, node.lifetime !== "transient"))) {
      throw new Error(`${node.token} is built, and cannot be asked for`);
    }
  }
}

test(
  `${GRAPHS} random graphs of sync and async nodes, each in ${ORDERS} orders: one of each, ended once, newest first, nothing left (AMBIT_SEED=${SEED} AMBIT_GRAPHS=${GRAPHS})`,
  async () => {
    for (let graph = 0; graph < GRAPHS; graph++) {
      const seed = SEED + graph;
      const random = randomFrom(seed);
      const nodes = randomGraph(random, 2 + Math.floor(random() * 6));
      await exploreRandomly(program(nodes, random), seed, ORDERS, "last").catch((error: unknown) => {
        if (!(error instanceof ScheduleError)) throw error;
        throw new Error(`${error.message}\n  AMBIT_SEED=${seed} AMBIT_GRAPHS=1`, { cause: error });
      });
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(GRAPHS / 10);
  },
  30_000 + GRAPHS * 200,
);
