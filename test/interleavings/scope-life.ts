/** A scope's life as a program of tasks that overtake each other, and the promises that hold in every order. */
import {
  Container,
  DisposalError,
  DisposeTimeoutError,
  Lifecycle,
  type Outcome,
  type Scope,
  ScopeClosedError,
} from "ambit";
import type { Program, World } from "./scheduler.js";

/** Which tasks take part; each of them multiplies the orders. */
export interface Cast {
  readonly resolvesSync?: boolean;
  readonly resolvesAsync?: boolean;
  /** The first async build fails, the second succeeds. */
  readonly failsOnce?: boolean;
  readonly holds?: boolean;
  readonly aborts?: boolean;
  readonly closes?: number;
  readonly nests?: boolean;
  readonly hangs?: boolean;
}

interface Instance {
  readonly name: string;
  readonly built: number;
  disposed: number;
}

/** What happened, for the invariants. */
class Record {
  clock = 0;
  readonly instances: Instance[] = [];
  readonly outcomes: Outcome["status"][] = [];
  closed = 0;

  build(name: string): Instance {
    const instance = { name, built: ++this.clock, disposed: 0 };
    this.instances.push(instance);
    return instance;
  }

  dispose(instance: Instance): void {
    if (instance.disposed !== 0) throw new Error(`${instance.name} was disposed twice`);
    instance.disposed = ++this.clock;
  }
}

/** The program: one scope, and around it the tasks of `cast`. */
export function scopeLife(cast: Cast): Program {
  return (world) => {
    const record = new Record();
    const container = containerOf(world, record, cast);
    const scope = container.createScope({ disposeTimeout: 1_000, drainTimeout: 2_000 });
    const closings: Promise<void>[] = [];
    scope.defer((outcome) => void record.outcomes.push(outcome.status));

    if (cast.resolvesSync) world.task("sync", () => useSync(world, scope, record));
    if (cast.resolvesAsync) {
      world.task("async 1", () => useAsync(world, scope, record, "first asks"));
      world.task("async 2", () => useAsync(world, scope, record, "second asks"));
    }
    if (cast.holds) world.task("hold", () => hold(world, scope));
    if (cast.aborts) {
      world.task("abort", async () => {
        await world.step("the client leaves");
        scope.abort(new Error("left"));
      });
    }
    if (cast.nests) world.task("nested", () => nest(world, container, scope, record));
    for (let n = 1; n <= (cast.closes ?? 1); n++) {
      world.task(`close ${n}`, async () => {
        await world.step(`close ${n}`);
        const closing = scope.close({ status: "success" });
        closings.push(closing);
        await closing.catch(unlessTimedOut);
        record.closed++;
      });
    }
    world.check((end) => verify(record, scope, closings, cast, end));
  };
}

function containerOf(world: World, record: Record, cast: Cast): Container {
  const container = new Container({ onDisposalError: () => {} });
  const own = (name: string, options: { slow?: boolean; hangs?: boolean } = {}) => {
    const instance = record.build(name);
    return Object.assign(instance, {
      async [Symbol.asyncDispose]() {
        record.dispose(instance);
        if (options.slow) await world.step(`${name} is disposed`);
        if (options.hangs) await new Promise(() => {});
      },
    });
  };
  const { ContextScoped } = Lifecycle;
  let attempts = 0;
  container.register(
    "leaf",
    { useFactory: () => own("leaf", { hangs: cast.hangs === true }) },
    { lifecycle: ContextScoped },
  );
  container.register(
    "sync",
    { deps: ["leaf"], useFactory: () => own("sync", { slow: true }) },
    { lifecycle: ContextScoped },
  );
  container.register(
    "async",
    {
      deps: ["leaf"],
      useAsyncFactory: async () => {
        attempts++;
        const mine = attempts;
        await world.step(`build ${mine} answers`);
        if (cast.failsOnce && mine === 1) throw new Error("no answer");
        return own("async", { slow: true });
      },
    },
    { lifecycle: ContextScoped },
  );
  return container;
}

async function useSync(world: World, scope: Scope, record: Record): Promise<void> {
  await world.step("sync resolve");
  await unlessClosed(() => assertAlive(scope.resolve<Instance>("sync"), record));
  await world.step("sync resolve again");
  await unlessClosed(() => assertAlive(scope.resolve<Instance>("sync"), record));
}

async function useAsync(world: World, scope: Scope, record: Record, label: string): Promise<void> {
  await world.step(label);
  await unlessClosed(async () => assertAlive(await scope.resolveAsync<Instance>("async"), record));
}

async function hold(world: World, scope: Scope): Promise<void> {
  await world.step("background work begins");
  await unlessClosed(async () => {
    await scope.hold(world.step("background work ends"));
  });
}

async function nest(world: World, container: Container, parent: Scope, record: Record): Promise<void> {
  await world.step("a scope is nested");
  await unlessClosed(async () => {
    const nested = container.createScope({ parent });
    assertAlive(nested.resolve<Instance>("sync"), record);
    await world.step("the nested scope closes");
    await nested.close({ status: "success" }).catch(unlessTimedOut);
  });
}

/** Late is refused, by name; everything else is a failure. */
async function unlessClosed(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ScopeClosedError || (error as Error).message === "no answer") return;
    throw error;
  }
}

/** What a scope gives is built, and not disposed. */
function assertAlive(instance: Instance, record: Record): void {
  if (!record.instances.includes(instance)) throw new Error("an unknown instance was given");
  if (instance.disposed !== 0) throw new Error(`${instance.name} was given after it was disposed`);
}

/** Time may pass before a slow disposer has settled: then that is what closing reports. */
function unlessTimedOut(error: unknown): void {
  if (error instanceof DisposeTimeoutError || error instanceof DisposalError) return;
  throw error;
}

/** The promises, by their numbers. */
function verify(record: Record, scope: Scope, closings: readonly Promise<void>[], cast: Cast, end: boolean): void {
  // 5: closing again gives the same promise.
  if (new Set(closings).size > 1) throw new Error("closing again gave another promise");
  if (record.outcomes.length > 1) throw new Error("the outcome was told twice");
  if (scope.state === "closed") {
    // 1 and 4: everything that the scope built and gave is disposed; nothing is built for it any more.
    for (const { name, disposed } of record.instances) {
      if (disposed === 0 && name !== "async") throw new Error(`${name} outlived its scope`);
    }
  }
  if (!end) return;
  if (record.closed !== (cast.closes ?? 1)) throw new Error(`${record.closed} closings settled`);
  if (record.outcomes.length !== 1) throw new Error("the outcome was not told");
  for (const { name, disposed } of record.instances) if (disposed === 0) throw new Error(`${name} was never disposed`);
}
