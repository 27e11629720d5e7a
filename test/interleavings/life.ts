/** What the players of a scope's life share. */
import { type Container, DisposalError, DisposeTimeoutError, type Outcome, type Scope } from "ambit";
import type { World } from "#src/testing/scheduler.js";
import { GRUMPY, type Seed } from "./graph.js";
import type { Stage } from "./stage.js";
import type { Witness } from "./witness.js";

/** One scope, what is around it, and who sees it. */
export interface Life {
  readonly world: World;
  readonly stage: Stage;
  readonly container: Container;
  readonly scope: Scope;
  readonly witness: Witness;
  readonly seed: Seed;
  /** Aborts the scope from outside. */
  readonly client: AbortController;
}

/** Takes part in a life; overtakes the others, and is overtaken, at its steps. */
export type Player = (life: Life) => Promise<unknown>;

/** Closes a scope, and holds what the caller hears against what its disposers did. */
export async function close(witness: Witness, outcome: Outcome | undefined): Promise<void> {
  let answer: unknown;
  try {
    await witness.close(outcome);
  } catch (error) {
    answer = error;
    assertDisposal(error);
  }
  if (witness.scope.state !== "closed") throw new Error("5: closing settled before the scope was closed");
  witness.verifyAnswer(answer);
}

/** Nothing but what the disposers of the graph can fail with. */
export function assertDisposal(error: unknown): void {
  const known = error === GRUMPY || error instanceof DisposeTimeoutError || error instanceof DisposalError;
  if (!known) throw error;
}
