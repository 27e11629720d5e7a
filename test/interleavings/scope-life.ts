/** A scope's life: who takes part in it, and what must hold in every order of what they do. */
import { ContainerDisposedError, DisposeTimeoutError } from "ambit";
import type { Program, World } from "#src/testing/scheduler.js";
import { containerOf, ROOT, Seed } from "./graph.js";
import { assertDisposal, type Life } from "./life.js";
import { PLAYERS, type PlayerName } from "./players.js";
import { Stage } from "./stage.js";

/** One scope, and around it the players. In the end its container is disposed, and all must be over. */
export function scopeLife(cast: readonly PlayerName[]): Program {
  return (world) => {
    const life = lifeIn(world);
    world.task("the life", async () => {
      await Promise.all(cast.map((name) => PLAYERS[name](life)));
      await life.container.dispose().catch(assertDisposal);
    });
    world.check((end) => {
      life.stage.verify();
      if (end) verifyEnd(life);
    });
  };
}

function lifeIn(world: World): Life {
  const stage = new Stage(world);
  const container = containerOf(stage);
  const client = new AbortController();
  const seed = new Seed();
  const times = stage.times();
  const scope = container.createScope({
    name: ROOT,
    ...times,
    signal: client.signal,
    seeds: [["seed", seed]],
  });
  return { world, stage, container, scope, witness: stage.watch(scope, times), seed, client };
}

function verifyEnd({ stage, scope, seed }: Life): void {
  stage.verifyEnd();
  if (seed.disposed) throw new Error("7: a seed was disposed");
  const unexplained = stage.reports.find((report) => !(report instanceof DisposeTimeoutError));
  if (unexplained !== undefined) throw new Error("4: a failure was reported that nobody made", { cause: unexplained });
  try {
    scope.resolve("leaf");
  } catch (error) {
    if (error instanceof ContainerDisposedError) return;
    throw error;
  }
  throw new Error("6: a scope of a disposed container has given something");
}
