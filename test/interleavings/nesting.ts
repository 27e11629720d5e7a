/** Players that open more scopes: inside of the one that is played with, or beside it. */
import { type Container, ContainerDisposedError, type Scope, ScopeClosedError } from "ambit";
import { ask, askAsync, assertLateOnesEnded } from "./asking.js";
import type { Instance } from "./instance.js";
import { assertDisposal, close, type Life, type Player } from "./life.js";
import type { Stage } from "./stage.js";
import type { Times, Witness } from "./witness.js";

export const NESTING = {
  "nests a scope": async (life) => {
    await life.world.step("a scope is nested");
    await unlessClosing(life, async () => {
      const witness = nest(life);
      ask(witness, "sync");
      await life.world.step("the nested scope closes");
      await close(witness, { status: "success" });
    });
  },
  "nests work with an override": async (life) => {
    await life.world.step("work is nested");
    const { scope, stage, container } = life;
    const times = stage.times();
    const work = () => container.runInScope(times, (nested) => overriding(life, nested, times));
    await unlessClosing(life, () => scope.run(work));
  },
  "builds late in a nested scope": async (life) => {
    await life.world.step("a scope is nested for a build");
    await unlessClosing(life, async () => {
      const witness = nest(life);
      await Promise.all([askAsync({ ...life, scope: witness.scope, witness }, "async"), close(witness, undefined)]);
    });
  },
  "asks from inside for what lives around": async (life) => {
    await life.world.step("a scope is nested that asks for what lives around it");
    await unlessClosing(life, async () => {
      const witness = nest(life);
      const asked = askFromInside(life, witness);
      await life.world.step("the asking scope closes");
      await close(witness, { status: "success" });
      await asked;
    });
  },
  "works beside and throws": async ({ world, stage, container, client }) => {
    await world.step("work begins beside");
    const wrong = new Error("wrong");
    const { signal } = client;
    const times = stage.times();
    const work = container.runInScope({ parent: null, signal, ...times }, async (scope) => {
      const witness = stage.watch(scope, times);
      ask(witness, "generated");
      await world.step("work beside fails");
      witness.returned("error");
      throw wrong;
    });
    await work.catch((error: unknown) => {
      if (error !== wrong && !(error instanceof ContainerDisposedError && stage.disposing)) throw error;
    });
  },
  "uses a child container": async ({ world, stage, container }) => {
    await world.step("a child container is made");
    try {
      const child = container.createChildContainer();
      const witness = beside(stage, child);
      ask(witness, "sync");
      await world.step("the child container is disposed");
      await child.dispose().catch(assertDisposal);
      if (witness.scope.state !== "closed") throw new Error("4: a container was disposed before its scopes");
    } catch (error) {
      if (!(error instanceof ContainerDisposedError) || !stage.disposing) throw error;
    }
  },
  "holds work in a nested scope": async (life) => {
    await life.world.step("a scope is nested for held work");
    await unlessClosing(life, async () => {
      const witness = nest(life);
      ask(witness, "leaf");
      await witness.scope.hold(life.world.step("held nested work ends").then(witness.hold()));
    });
  },
  "opens a scope beside": async ({ world, stage, container }) => {
    await world.step("another scope is opened");
    try {
      const witness = beside(stage, container);
      ask(witness, "sync");
      await world.step("the other scope closes");
      await close(witness, { status: "success" });
    } catch (error) {
      if (!(error instanceof ContainerDisposedError) || !stage.disposing) throw error;
    }
  },
} satisfies Record<string, Player>;

/** The instance belongs to the scope around, whatever becomes of the one that asks. */
async function askFromInside({ witness: around }: Life, { scope }: Witness): Promise<void> {
  try {
    around.give("named", await scope.resolveAsync<Instance>("named"));
  } catch (error) {
    if (!(error instanceof ScopeClosedError) && !(error instanceof ContainerDisposedError)) throw error;
    if (!around.disposes) throw new Error("6: a scope that may still build has refused", { cause: error });
    assertLateOnesEnded(around, "named");
  }
}

function nest({ stage, container, scope, witness: parent }: Life): Witness {
  const times = stage.times();
  const { state } = scope;
  const nested = container.createScope({ parent: scope, ...times });
  if (state !== "open") throw new Error(`6: a ${state} scope has opened one`);
  return stage.watch(nested, times, parent);
}

function beside(stage: Stage, container: Container): Witness {
  const times = stage.times();
  return stage.watch(container.createScope({ parent: null, ...times }), times);
}

async function overriding({ world, stage, witness: parent, seed }: Life, nested: Scope, times: Times): Promise<void> {
  // A scope that has closed is no parent any more, and what is opened in its Context stands alone.
  const around = nested.parent === undefined ? undefined : parent;
  const witness = stage.watch(nested, times, around);
  nested.override("sync", { deps: ["leaf"], useFactory: (leaf: Instance) => leaf });
  ask(witness, "sync", "leaf");
  if (around !== undefined && nested.resolve("seed") !== seed) throw new Error("the seed around it is not seen");
  await world.step("the nested work ends");
  witness.returned();
}

/** Nothing is opened inside a scope that is closing, or in a container that is. */
async function unlessClosing({ scope, stage }: Life, work: () => unknown): Promise<void> {
  const { state } = scope;
  try {
    await work();
  } catch (error) {
    if (error instanceof ScopeClosedError && state !== "open") return;
    if (error instanceof ContainerDisposedError && stage.disposing) return;
    assertDisposal(error);
  }
}
