/** A small graph of everything that can be registered, whose instances are seen by their scope's witness. */
import { Container, Lifecycle, type Outcome, type Scope } from "ambit";
import type { Instance } from "./instance.js";
import type { Stage } from "./stage.js";
import type { Witness } from "./witness.js";

const { ContextScoped, Singleton, Transient } = Lifecycle;

/** What the flaky factory throws the first time, and the grumpy disposer always. */
export const NO_ANSWER = new Error("no answer");
export const GRUMPY = new Error("grumpy");

/** The name of the scope that is played with. */
export const ROOT = "request";

type Ending = "at once" | "slowly" | "with an error" | "never";

/** A seed: its disposer is nobody's business but its owner's. */
export class Seed {
  disposed = false;
  dispose(): void {
    this.disposed = true;
  }
}

/** The container of one schedule. */
export function containerOf(stage: Stage): Container {
  const container = new Container({ onDisposalError: (error) => void stage.reports.push(error) });
  const builder = new Builder(stage);
  registerSync(container, builder);
  registerAsync(container, builder);
  registerGenerators(container, builder);
  registerSingleton(container, stage);
  container.register("seed", { useSeed: true });
  return container;
}

/** Makes instances that tell their witness when they are disposed. */
class Builder {
  constructor(readonly stage: Stage) {}

  build(name: string, witness: Witness, ending: Ending): Instance {
    const instance = witness.build(name);
    const dispose = async () => {
      witness.begin(instance);
      if (ending === "slowly") await this.stage.world.step(`${name} is disposed`);
      if (ending === "never") await new Promise(() => {});
      witness.end(instance);
    };
    const disposeNow = () => {
      witness.begin(instance);
      witness.end(instance, ending === "with an error" ? GRUMPY : undefined);
      if (ending === "with an error") throw GRUMPY;
    };
    const isSync = ending === "at once" || ending === "with an error";
    return Object.assign(instance, isSync ? { dispose: disposeNow } : { [Symbol.asyncDispose]: dispose });
  }
}

function registerSync(container: Container, builder: Builder): void {
  // The others learn from it whose they are.
  container.register(
    "leaf",
    { useFactory: (_, scope?: Scope) => builder.build("leaf", builder.stage.of(scope), "at once") },
    { lifecycle: ContextScoped },
  );
  for (const [token, ending] of [
    ["sync", "slowly"],
    ["hanging", "never"],
    ["grumpy", "with an error"],
  ] as const) {
    const useFactory = ({ witness }: Instance) => builder.build(token, witness, ending);
    container.register(token, { deps: ["leaf"], useFactory }, { lifecycle: ContextScoped });
  }
  container.register(
    "transient",
    { deps: ["leaf"], useFactory: ({ witness }: Instance) => builder.build("transient", witness, "at once") },
    { lifecycle: Transient },
  );
  container.register(
    "curious",
    { deps: ["leaf"], useFactory: ({ witness }: Instance) => curious(witness) },
    { lifecycle: ContextScoped },
  );
  container.register("alias", { useToken: "leaf" });
  container.register(
    "another's",
    { deps: ["leaf"], useFactory: (leaf: Instance) => leaf },
    { lifecycle: ContextScoped },
  );
}

/** Its disposer asks for what is older, which is still there, for what is over, and for the end that is under way. */
function curious(witness: Witness): Instance {
  const instance = witness.build("curious");
  const dispose = () => {
    witness.begin(instance);
    if (!instance.late) witness.askWhileDisposing("leaf", "curious");
    witness.end(instance);
  };
  return Object.assign(instance, { dispose });
}

function registerAsync(container: Container, builder: Builder): void {
  const { stage } = builder;
  const { world } = stage;
  const useAsyncFactory = async ({ witness }: Instance) => {
    await world.step("the async build answers");
    return builder.build("async", witness, "slowly");
  };
  container.register("async", { deps: ["leaf"], useAsyncFactory }, { lifecycle: ContextScoped });
  const named = async () => {
    const witness = stage.of(stage.root);
    await world.step("the build for the scope around answers");
    return builder.build("named", witness, "slowly");
  };
  container.register("named", { useAsyncFactory: named }, { lifecycle: ContextScoped, scopeName: ROOT });
  const attempts = new Set<Witness>();
  const flaky = async ({ witness }: Instance) => {
    const first = !attempts.has(witness);
    attempts.add(witness);
    await world.step(first ? "the first attempt fails" : "the second attempt answers");
    if (first) throw NO_ANSWER;
    return builder.build("flaky", witness, "at once");
  };
  container.register("flaky", { deps: ["leaf"], useAsyncFactory: flaky }, { lifecycle: ContextScoped });
  container.register(
    "service",
    {
      deps: ["leaf", "async", "transaction"],
      useFactory: (leaf: Instance, ...others: Instance[]) => {
        leaf.witness.assertAlive([leaf, ...others]);
        return builder.build("service", leaf.witness, "at once");
      },
    },
    { lifecycle: ContextScoped },
  );
}

function registerGenerators(container: Container, builder: Builder): void {
  const { world } = builder.stage;
  const useGenerator = async function* ({ witness }: Instance): AsyncGenerator<Instance, void, Outcome> {
    await world.step("BEGIN answers");
    const transaction = witness.build("transaction");
    const outcome = yield transaction;
    witness.begin(transaction);
    witness.tell(outcome.status, transaction);
    await world.step(outcome.status === "success" ? "COMMIT answers" : "ROLLBACK answers");
    witness.end(transaction);
  };
  container.register("transaction", { deps: ["leaf"], useGenerator }, { lifecycle: ContextScoped });
  const sync = function* ({ witness }: Instance): Generator<Instance, void, Outcome> {
    const instance = witness.build("generated");
    const outcome = yield instance;
    witness.begin(instance);
    witness.tell(outcome.status, instance);
    witness.end(instance);
  };
  container.register("generated", { deps: ["leaf"], useGenerator: sync }, { lifecycle: ContextScoped });
}

function registerSingleton(container: Container, stage: Stage): void {
  const useAsyncFactory = async () => {
    await stage.world.step("the pool connects");
    return stage.pool.open();
  };
  container.register("pool", { useAsyncFactory }, { lifecycle: Singleton });
}
