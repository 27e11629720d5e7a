/** Who can take part in a scope's life, by name. */
import { ContainerDisposedError } from "ambit";
import { deferred } from "../support/deferred.js";
import { ask, askAsync, unlessDisposes } from "./asking.js";
import type { Instance } from "./instance.js";
import { assertDisposal, close, type Player } from "./life.js";
import { NESTING } from "./nesting.js";

const ASKING = {
  "resolves twice": async ({ world, witness }) => {
    for (const time of ["once", "again"]) {
      await world.step(`sync is asked for ${time}`);
      ask(witness, "sync");
    }
  },
  "resolves an alias": async ({ world, witness }) => {
    await world.step("leaf is asked for by other names");
    for (const token of ["leaf", "alias", "another's"]) ask(witness, token, "leaf");
  },
  "resolves a transient and a seed": async ({ world, scope, witness, seed }) => {
    await world.step("a transient and a seed are asked for");
    unlessDisposes(witness, () => {
      if (scope.resolve<Instance>("transient").late) throw new Error("6: a transient was built in a closing scope");
    });
    unlessDisposes(witness, () => {
      if (scope.resolve("seed") !== seed) throw new Error("the seed is another");
    });
  },
  "asks for an async build": (life) => askAsync(life, "async"),
  "asks again when it failed": async (life) => {
    const failed = await askAsync(life, "flaky");
    if (failed) await askAsync(life, "flaky");
  },
  "begins a transaction": (life) => askAsync(life, "transaction"),
  "asks for a service of all": (life) => askAsync(life, "service"),
  "begins what hears the outcome": async ({ world, witness }) => {
    await world.step("a generator is asked for");
    ask(witness, "generated");
  },
  "uses what hangs": async ({ world, witness }) => {
    await world.step("what hangs is asked for");
    ask(witness, "hanging");
  },
  "uses what fails to end": async ({ world, witness }) => {
    await world.step("what fails to end is asked for");
    ask(witness, "grumpy");
  },
  "uses what asks when it ends": async ({ world, witness }) => {
    await world.step("what asks when it ends is asked for");
    ask(witness, "curious");
  },
  "connects the pool": async ({ world, stage: { pool }, container }) => {
    await world.step("the pool is asked for");
    try {
      if ((await container.resolveAsync("pool")) !== pool) throw new Error("another pool was given");
      if (pool.disposed > 0) throw new Error("6: the pool was given after it was disposed");
    } catch (error) {
      if (!(error instanceof ContainerDisposedError)) throw error;
      const pending = pool.built > pool.disposed;
      if (pending) throw new Error("6: who waited for the pool heard before it was disposed", { cause: error });
    }
  },
} satisfies Record<string, Player>;

const ENDING = {
  "holds work": async ({ world, scope, witness }) => {
    await world.step("work is held");
    await unlessDisposes(witness, () => {
      const work = deferred();
      const held = scope.hold(work.promise);
      const release = witness.hold();
      void world.step("held work ends").then(release).then(work.resolve);
      return held;
    });
  },
  "holds a build": async (life) => {
    const { world, scope, witness } = life;
    await world.step("a build is held");
    await unlessDisposes(witness, async () => {
      if (witness.disposes) return;
      const build = scope.resolveAsync<Instance>("async").finally(witness.hold());
      const built = await scope.hold(build).catch(() => undefined);
      if (built !== undefined) witness.give("async", built);
      else if (!witness.disposes) throw new Error("13: a held build was lost");
    });
  },
  aborts: async ({ world, scope, client }) => {
    await world.step("the client leaves");
    const { state } = scope;
    client.abort(new Error("left"));
    if (state !== "closed" && !scope.signal.aborted) throw new Error("13: an abort did not fire the signal");
  },
  "fails by hand": async ({ world, scope, witness }) => {
    await world.step("the work fails");
    unlessDisposes(witness, () => {
      scope.fail(new Error("failed"));
      witness.failed();
    });
  },
  closes: async ({ world, witness }) => {
    await world.step("a success closes it");
    await close(witness, { status: "success" });
  },
  "closes in error": async ({ world, witness, scope }) => {
    await world.step("an error closes it");
    const { state } = scope;
    const closing = close(witness, { status: "error", error: new Error("wrong") });
    const silent = state === "open" && scope.state === "closing" && !scope.signal.aborted;
    await closing;
    if (silent) throw new Error("13: an error did not fire the signal");
  },
  "closes without a word": async ({ world, witness }) => {
    await world.step("it is closed without a word");
    await close(witness, undefined);
  },
  "disposes the container": async ({ world, stage, container }) => {
    await world.step("the container is disposed");
    stage.disposing = true;
    await container.dispose().catch(assertDisposal);
  },
} satisfies Record<string, Player>;

export const PLAYERS = { ...ASKING, ...NESTING, ...ENDING };

export type PlayerName = keyof typeof PLAYERS;

/** Three to eight players, of whom most often one closes. */
export function castFrom(random: () => number): PlayerName[] {
  const names = Object.keys(PLAYERS) as PlayerName[];
  const others = Array.from({ length: 2 + Math.floor(random() * 6) }, () => names[Math.floor(random() * names.length)]);
  return random() < 0.7 ? [...others, "closes"] : [...others, "disposes the container"];
}
