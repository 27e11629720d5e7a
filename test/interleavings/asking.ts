/** Asking a scope: what it gives must be right, and what it refuses must be refused for a reason. */
import { ContainerDisposedError, ScopeClosedError } from "ambit";
import { NO_ANSWER } from "./graph.js";
import type { Instance } from "./instance.js";
import type { Life } from "./life.js";
import type { Witness } from "./witness.js";

/** Resolves `token`, by which the instance named `gives` is given. */
export function ask(witness: Witness, token: string, gives = token): void {
  unlessDisposes(witness, () => witness.give(gives, witness.scope.resolve<Instance>(token)));
}

/** The same, asynchronously. @returns whether the build itself failed */
export async function askAsync({ world, scope, witness }: Life, token: string): Promise<boolean> {
  await world.step(`${token} is asked for`);
  const asksLate = witness.disposes;
  try {
    witness.give(token, await scope.resolveAsync<Instance>(token));
  } catch (error) {
    if (error === NO_ANSWER) return true;
    assertRefusal(error, witness);
    if (!asksLate) assertLateOnesEnded(witness, token);
  }
  return false;
}

/** 6: who waited for what came too late hears of it when that has been disposed. */
export function assertLateOnesEnded(witness: Witness, token: string): void {
  const pending = witness.instances.find(({ name, late, ended }) => name === token && late && !ended);
  if (pending !== undefined && !witness.turns.isOverdue(pending))
    throw new Error(`6: who waited for ${token} heard before it was disposed`);
}

/** Does what a scope refuses once it disposes. */
export function unlessDisposes<R>(witness: Witness, work: () => R): R | undefined {
  try {
    return work();
  } catch (error) {
    assertRefusal(error, witness);
    return undefined;
  }
}

function assertRefusal(error: unknown, witness: Witness): void {
  if (!isRefusal(error)) throw error;
  if (!witness.disposes) throw new Error("6: a scope that may still build has refused", { cause: error });
}

export function isRefusal(error: unknown): boolean {
  return error instanceof ScopeClosedError || error instanceof ContainerDisposedError;
}
